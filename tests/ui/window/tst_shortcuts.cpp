// SPDX-License-Identifier: GPL-3.0-or-later
#include <QToolButton>
#include <QtTest>

#include "panels/brains_panel.h"
#include "surface_view/surface_view.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

QPointF placeOf(const CortexScene& scene, Index vertex) {
  const auto [x, y] = scene.pixelOf({0, vertex}).value();
  return {x, y};
}

bool isNear(QPointF a, QPointF b) {
  return (a - b).manhattanLength() < 0.1;
}

}  // namespace

class TestShortcuts : public QObject {
  Q_OBJECT

 private slots:
  void shiftAndArrowsTurnByTenDegrees_data();
  void shiftAndArrowsTurnByTenDegrees();
  void numbersChooseTheView();
  void soundIsSwitchedOnceAPress();
  void spacePlaysOnceAPress();
};

void TestShortcuts::shiftAndArrowsTurnByTenDegrees_data() {
  QTest::addColumn<QString>("focus");
  QTest::addColumn<Qt::Key>("key");
  QTest::addColumn<float>("right");
  QTest::addColumn<float>("up");
  for (const QString focus : {"brains", "film"}) {
    QTest::addRow("left, focus on %s", qPrintable(focus)) << focus << Qt::Key_Left << -10.0f << 0.0f;
    QTest::addRow("right, focus on %s", qPrintable(focus)) << focus << Qt::Key_Right << 10.0f << 0.0f;
  }
  QTest::newRow("up") << QString("brains") << Qt::Key_Up << 0.0f << 10.0f;
  QTest::newRow("down") << QString("brains") << Qt::Key_Down << 0.0f << -10.0f;
}

void TestShortcuts::shiftAndArrowsTurnByTenDegrees() {
  QFETCH(QString, focus);
  QFETCH(Qt::Key, key);
  QFETCH(float, right);
  QFETCH(float, up);
  WindowStage stage;
  stage.showFixture();
  SurfaceView& view = stage.window.brains().view();
  CortexScene& scene = view.scene();
  QWidget& focused = focus == "brains" ? static_cast<QWidget&>(view) : stage.find("filmPanel");
  const Index vertex = vertexTowards(stage.fixture.results.anatomical.left, {-1, 0.5f, 0.3f});
  const QPointF before = placeOf(scene, vertex);
  const double time = stage.controller().timeSec();
  scene.rotate(right, up);
  const QPointF turned = placeOf(scene, vertex);
  QVERIFY(!isNear(before, turned));
  scene.resetCamera();
  QVERIFY(isNear(placeOf(scene, vertex), before));
  QTest::keyClick(&focused, key, Qt::ShiftModifier);
  QVERIFY(isNear(placeOf(scene, vertex), turned));
  QCOMPARE(stage.controller().timeSec(), time);  // arrows alone step through samples
  QTest::keyClick(&focused, Qt::Key_Return);
  QVERIFY(isNear(placeOf(scene, vertex), before));
}

void TestShortcuts::numbersChooseTheView() {
  WindowStage stage;
  stage.showFixture();
  const CortexScene& scene = stage.window.brains().view().scene();
  const std::pair<Qt::Key, View> views[] = {
      {Qt::Key_1, View::Anterior}, {Qt::Key_7, View::Dorsal}, {Qt::Key_3, View::Lateral}};
  for (const auto& [key, view] : views) {
    stage.key(key);
    QCOMPARE(scene.view(), view);
  }
}

void TestShortcuts::soundIsSwitchedOnceAPress() {
  WindowStage stage;
  stage.showFixture();
  const auto& button = stage.find<QToolButton>("muteButton");
  QVERIFY(!button.isChecked());
  stage.key(Qt::Key_M);
  QVERIFY(button.isChecked());
  stage.key(Qt::Key_M);
  QVERIFY(!button.isChecked());
}

void TestShortcuts::spacePlaysOnceAPress() {
  WindowStage stage;
  stage.showFixture();
  for (QWidget* focused : {static_cast<QWidget*>(&stage.window.brains().view()),
                           &stage.find("distanceMatrix"), &stage.find("tracesPlot")}) {
    QTest::keyClick(focused, Qt::Key_Space);
    QVERIFY2(stage.controller().clock().isPlaying(), qPrintable(focused->objectName()));
    QTest::keyClick(focused, Qt::Key_Space);
    QVERIFY2(!stage.controller().clock().isPlaying(), qPrintable(focused->objectName()));
  }
}

int main(int argc, char** argv) {
  TestShortcuts test;
  return runWindowTest(test, argc, argv);
}
#include "tst_shortcuts.moc"
