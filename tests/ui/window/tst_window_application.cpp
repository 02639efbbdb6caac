// SPDX-License-Identifier: GPL-3.0-or-later
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTimer>
#include <QtTest>
#include <stdexcept>

#include "ui/window_stage.h"
#include "window/window_application.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

[[noreturn]] void fail() {
  throw Error(ErrorCode::BadShape, "3 of 4 values are there");
}

}  // namespace

/// Handlers that throw, and a window that goes on.
class TestWindowApplication : public QObject {
  Q_OBJECT

 private slots:
  void clicksTimersAndQueuedCallsMayThrow();
  void whatIsNoExceptionIsCaughtAsWell();
  void theWindowSaysItAndGoesOn();
  void whoShowsItMayFailToo();

 private:
  static WindowApplication& application() { return *static_cast<WindowApplication*>(qApp); }
};

void TestWindowApplication::clicksTimersAndQueuedCallsMayThrow() {
  QSignalSpy caught(&application(), &WindowApplication::caught);
  QPushButton button;
  connect(&button, &QPushButton::clicked, this, fail);
  QTest::mouseClick(&button, Qt::LeftButton);
  QTRY_COMPARE(caught.count(), 1);
  QCOMPARE(caught.first().first().value<Failure>().message, QString("3 of 4 values are there"));
  QCOMPARE(caught.first().first().value<Failure>().code, ErrorCode::BadShape);
  QTimer::singleShot(0, this, fail);
  QTRY_COMPARE(caught.count(), 2);
  QMetaObject::invokeMethod(this, fail, Qt::QueuedConnection);
  QTRY_COMPARE(caught.count(), 3);
}

void TestWindowApplication::whatIsNoExceptionIsCaughtAsWell() {
  QSignalSpy caught(&application(), &WindowApplication::caught);
  QTimer::singleShot(0, this, [] { throw 7; });
  QTRY_COMPARE(caught.count(), 1);
  QVERIFY(!caught.first().first().value<Failure>().message.isEmpty());
}

void TestWindowApplication::theWindowSaysItAndGoesOn() {
  WindowStage stage;
  stage.showFixture();
  connect(&application(), &WindowApplication::caught, &stage.window, &MainWindow::showCaught);
  const auto connection = connect(&stage.controller(), &StudyController::timeChanged, this, fail);
  stage.key(Qt::Key_Right);
  QTRY_VERIFY(stage.find("problemPanel").isVisible());
  QCOMPARE(stage.textOf("problemHeadline"),
           QString("The last action could not be done. What was open is still there."));
  QCOMPARE(stage.find<QPlainTextEdit>("problemDetails").toPlainText(), QString("3 of 4 values are there"));
  disconnect(connection);
  QCOMPARE(stage.textOf("studyTitle"), QString("Fixture"));
  stage.key(Qt::Key_Right);
  QCOMPARE(stage.controller().timeSec(), 2.5);
}

void TestWindowApplication::whoShowsItMayFailToo() {
  QSignalSpy caught(&application(), &WindowApplication::caught);
  QObject shower;
  connect(&application(), &WindowApplication::caught, &shower, fail);
  QTimer::singleShot(0, this, fail);
  QTRY_COMPARE(caught.count(), 1);
  for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
  QCOMPARE(caught.count(), 1);
}

int main(int argc, char** argv) {
  TestWindowApplication test;
  return runWindowTest<WindowApplication>(test, argc, argv);
}
#include "tst_window_application.moc"
