// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QtTest>
#include <atomic>
#include <chrono>
#include <stdexcept>

#include "control/job_runner.h"

using namespace cortexscope;

namespace {

/// Goes on until it is stopped, with a checkpoint every millisecond.
int runForever(const Job& job) {
  for (;;) {
    job.checkpoint(0.5, "waiting");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

class TestJobRunner : public QObject {
  Q_OBJECT

 private slots:
  void resultArrivesOnTheGuiThread();
  void workWithoutResultIsReported();
  void cancelEndsTheJobAndDeliversNothing();
  void newStartReplacesTheOldOne();
  void errorArrivesOnceWithItsContext();
  void foreignErrorsBecomeFailures_data();
  void foreignErrorsBecomeFailures();
  void whatDeliveryThrowsIsTheJobsFailure_data();
  void whatDeliveryThrowsIsTheJobsFailure();
  void destroyingTheOwnerWhileItRunsIsSafe();
  void partsGiveRightFractions();
  void reportsAreLimited();
  void timeLeft_data();
  void timeLeft();
};

void TestJobRunner::resultArrivesOnTheGuiThread() {
  JobRunner runner;
  QThread* workThread = nullptr;
  QThread* doneThread = nullptr;
  int value = 0;
  runner.start(
      "sum",
      [&](const Job&) {
        workThread = QThread::currentThread();
        return 42;
      },
      [&](int result) {
        doneThread = QThread::currentThread();
        value = result;
      });
  QVERIFY(runner.isRunning());
  QTRY_COMPARE(value, 42);
  QCOMPARE(doneThread, QThread::currentThread());
  QVERIFY(workThread != doneThread);
  QVERIFY(!runner.isRunning());
}

void TestJobRunner::workWithoutResultIsReported() {
  JobRunner runner;
  QSignalSpy finished(&runner, &JobRunner::finished);
  bool done = false;
  runner.start(
      "nothing", [](const Job&) {}, [&] { done = true; });
  QTRY_VERIFY(done);
  QCOMPARE(finished.count(), 1);
}

void TestJobRunner::cancelEndsTheJobAndDeliversNothing() {
  JobRunner runner;
  QSignalSpy cancelled(&runner, &JobRunner::cancelled), failed(&runner, &JobRunner::failed),
      finished(&runner, &JobRunner::finished);
  QSignalSpy progressed(&runner, &JobRunner::progressed);
  bool delivered = false;
  runner.start("long", runForever, [&](int) { delivered = true; });
  QTRY_VERIFY(progressed.count() > 0);
  runner.cancel();
  QVERIFY(runner.isCancelling());
  QTRY_COMPARE(cancelled.count(), 1);
  QVERIFY(!delivered);
  QCOMPARE(failed.count() + finished.count(), 0);
  QVERIFY(!runner.isRunning());
}

void TestJobRunner::newStartReplacesTheOldOne() {
  JobRunner runner;
  QSignalSpy cancelled(&runner, &JobRunner::cancelled);
  int value = 0;
  runner.start("old", runForever, [&](int) { value = 1; });
  runner.start(
      "new", [](const Job&) { return 2; }, [&](int result) { value = result; });
  QCOMPARE(runner.title(), QString("new"));
  QTRY_COMPARE(value, 2);
  QCOMPARE(cancelled.count(), 1);
}

void TestJobRunner::errorArrivesOnceWithItsContext() {
  JobRunner runner;
  QSignalSpy failed(&runner, &JobRunner::failed);
  runner.start(
      "bad",
      [](const Job&) -> int { throw Error(ErrorCode::BadShape, "expects 2, got 3").within("subject S01"); },
      [](int) { QFAIL("a failed job delivered"); });
  QTRY_COMPARE(failed.count(), 1);
  const auto failure = failed.first().first().value<Failure>();
  QCOMPARE(failure.message, QString("subject S01: expects 2, got 3"));
  QCOMPARE(failure.code, ErrorCode::BadShape);
  QVERIFY(!runner.isRunning());
}

void TestJobRunner::foreignErrorsBecomeFailures_data() {
  QTest::addColumn<QString>("what");
  QTest::addColumn<bool>("isMemory");
  QTest::newRow("memory") << "memory" << true;
  QTest::newRow("standard") << "standard" << false;
  QTest::newRow("a number") << "number" << false;
}

void TestJobRunner::foreignErrorsBecomeFailures() {
  QFETCH(QString, what);
  QFETCH(bool, isMemory);
  JobRunner runner;
  QSignalSpy failed(&runner, &JobRunner::failed);
  const auto fail = [what](const Job&) {
    if (what == "memory") throw std::bad_alloc();
    if (what == "standard") throw std::out_of_range("place 7");
    throw 7;
  };
  runner.start("foreign", fail, [] { QFAIL("a failed job delivered"); });
  QTRY_COMPARE(failed.count(), 1);
  QCOMPARE(failed.first().first().value<Failure>().code, isMemory ? ErrorCode::OutOfMemory : ErrorCode::Io);
}

void TestJobRunner::whatDeliveryThrowsIsTheJobsFailure_data() {
  QTest::addColumn<bool>("fromDone");
  QTest::newRow("done") << true;
  QTest::newRow("a slot of finished") << false;
}

void TestJobRunner::whatDeliveryThrowsIsTheJobsFailure() {
  QFETCH(bool, fromDone);
  const auto fail = [] {
    throw Error(ErrorCode::BadShape, "the inflated surface has 9 vertices, the other 7");
  };
  JobRunner runner;
  QSignalSpy failed(&runner, &JobRunner::failed);
  if (!fromDone) connect(&runner, &JobRunner::finished, this, fail);
  runner.start(
      "show", [](const Job&) { return 1; },
      [&](int) {
        if (fromDone) fail();
      });
  QTRY_COMPARE(failed.count(), 1);
  const auto failure = failed.first().first().value<Failure>();
  QCOMPARE(failure.message, QString("the inflated surface has 9 vertices, the other 7"));
  QCOMPARE(failure.code, ErrorCode::BadShape);
  QVERIFY(!runner.isRunning());
  int next = 0;
  runner.disconnect(this);
  runner.start(
      "next", [](const Job&) { return 2; }, [&](int value) { next = value; });
  QTRY_COMPARE(next, 2);
}

void TestJobRunner::destroyingTheOwnerWhileItRunsIsSafe() {
  std::atomic<bool> stopped = false;
  auto runner = std::make_unique<JobRunner>();
  QSignalSpy progressed(runner.get(), &JobRunner::progressed);
  runner->start(
      "long",
      [&](const Job& job) {
        try {
          return runForever(job);
        } catch (const Cancelled&) {
          stopped = true;
          throw;
        }
      },
      [](int) { QFAIL("delivered to a dead owner"); });
  QTRY_VERIFY(progressed.count() > 0);
  runner.reset();
  QVERIFY(stopped);
  QCoreApplication::processEvents();
}

void TestJobRunner::partsGiveRightFractions() {
  JobRunner runner;
  QSignalSpy progressed(&runner, &JobRunner::progressed), finished(&runner, &JobRunner::finished);
  runner.start(
      "parts", [](const Job& job) { job.part(0.5, 1.0).part(0.0, 0.5).checkpoint(0.5, "inner"); }, [] {});
  QTRY_COMPARE(finished.count(), 1);
  QCOMPARE(progressed.count(), 1);
  QCOMPARE(progressed.first().at(0).toDouble(), 0.625);
  QCOMPARE(progressed.first().at(1).toString(), QString("inner"));
}

void TestJobRunner::reportsAreLimited() {
  JobRunner runner;
  QSignalSpy progressed(&runner, &JobRunner::progressed), finished(&runner, &JobRunner::finished);
  QElapsedTimer timer;
  timer.start();
  runner.start(
      "fast",
      [](const Job& job) {
        for (int i = 0; i < 20000; ++i) job.checkpoint(i / 20000.0, "step");
      },
      [] {});
  QTRY_COMPARE(finished.count(), 1);
  QVERIFY(progressed.count() >= 1);
  QVERIFY(progressed.count() <= 2 + timer.elapsed() / 50);
}

void TestJobRunner::timeLeft_data() {
  QTest::addColumn<double>("elapsedSec");
  QTest::addColumn<double>("fraction");
  QTest::addColumn<double>("leftSec");
  QTest::newRow("too early") << 0.5 << 0.5 << -1.0;
  QTest::newRow("nothing done") << 10.0 << 0.001 << -1.0;
  QTest::newRow("a quarter") << 10.0 << 0.25 << 30.0;
  QTest::newRow("done") << 10.0 << 1.0 << 0.0;
}

void TestJobRunner::timeLeft() {
  QFETCH(double, elapsedSec);
  QFETCH(double, fraction);
  QFETCH(double, leftSec);
  QCOMPARE(estimatedSecondsLeft(elapsedSec, fraction).value_or(-1), leftSec);
}

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_job_runner.moc"
