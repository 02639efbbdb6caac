#pragma once

#include <QApplication>
#include <QSurfaceFormat>
#include <QtTest>

#include "fixture_study.h"
#include "look.h"
#include "main_window.h"

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
    auto* found = window.findChild<Widget*>(QString::fromLatin1(name));
    if (found == nullptr) qFatal("no widget is named %s", name);
    return *found;
  }
  QString textOf(const char* name) { return find(name).property("text").toString(); }
  void click(const char* name) { QTest::mouseClick(&find(name), Qt::LeftButton); }
  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(window.focusWidget() ? window.focusWidget() : &window, key, modifiers);
  }

  FixtureStudy fixture;
  MainWindow window;
};

/// main() of tests that draw.
inline int runWindowTest(QObject& test, int argc, char** argv) {
  QSurfaceFormat format;
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setStencilBufferSize(8);
  QSurfaceFormat::setDefaultFormat(format);
  QApplication application(argc, argv);
  look::apply(application);
  return QTest::qExec(&test, argc, argv);
}

}  // namespace cortexscope::test
