// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QMimeData>
#include <QSurfaceFormat>
#include <QtTest>

#include "fixture_study.h"
#include "panels/film_panel.h"
#include "ui/widget_in.h"
#include "widgets/look.h"
#include "window/main_window.h"

namespace cortexscope::test {

/// A window on the fixture study, shown and ready for clicks. Actions do nothing unless a test gives some.
class WindowStage {
 public:
  explicit WindowStage(StudyActions actions = {}, WindowOptions options = {}, bool usualSize = true)
      : window(std::move(actions), std::move(options)) {
    if (usualSize) window.resize(1280, 800);
    window.show();
  }

  void showFixture() {
    window.controller().setLoaded(fixture.loaded());
    QCoreApplication::processEvents();
  }

  StudyController& controller() { return window.controller(); }

  template <class Widget = QWidget>
  Widget& find(const char* name) {
    return widgetIn<Widget>(window, name);
  }
  QString textOf(const char* name) { return find(name).property("text").toString(); }
  void click(const char* name) { QTest::mouseClick(&find(name), Qt::LeftButton); }
  /// Chooses an entry of a drop-down list as a person does.
  void choose(const char* name, const QString& text) {
    auto& choice = find<QComboBox>(name);
    choice.setCurrentText(text);
    emit choice.activated(choice.currentIndex());
  }
  /// Drops a file or folder on the window, which may refuse it.
  void drop(const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&window, &enter);
    if (!enter.isAccepted()) return;
    QDropEvent event({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&window, &event);
  }
  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(window.focusWidget() ? window.focusWidget() : &window, key, modifiers);
  }

  FixtureStudy fixture;
  MainWindow window;
};

/// The second that the fixture's film shows as its picture.
inline int secondShown(const PictureView& view) {
  const QImage image = view.picture().convertToFormat(QImage::Format_RGB888);
  VideoFrame frame;
  frame.width = image.width();
  frame.height = image.height();
  for (int y = 0; y < image.height(); ++y)
    frame.rgb.insert(frame.rgb.end(), image.constScanLine(y), image.constScanLine(y) + 3 * image.width());
  return numberIn(frame);
}

/// What the fixture predicts at the moment between two samples.
inline float mixed(int person, const BrainFrame& frame, Index vertex) {
  return FixtureStudy::predicted(person, frame.sample, vertex) * (1 - frame.mix) +
         FixtureStudy::predicted(person, frame.next, vertex) * frame.mix;
}

/// main() of tests that draw.
template <class Application = QApplication>
int runWindowTest(QObject& test, int argc, char** argv) {
  QSurfaceFormat format;
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setStencilBufferSize(8);
  QSurfaceFormat::setDefaultFormat(format);
  Application application(argc, argv);
  look::apply(application);
  return QTest::qExec(&test, argc, argv);
}

}  // namespace cortexscope::test
