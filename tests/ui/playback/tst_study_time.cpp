// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "control/study_controller.h"

using namespace cortexscope;

namespace {
StudyTime threeRuns(double periodSec = 1.0) {
  return StudyTime({{"run-01", "a", 0, 0, 20, false},
                    {"run-02", "a", 20, 20, 20, false},
                    {"run-03", "b", 3, 40, 20, true}},
                   periodSec);
}
}  // namespace

class TestStudyTime : public QObject {
  Q_OBJECT

 private slots:
  void moment_data();
  void moment();
  void brainFrame_data();
  void brainFrame();
  void everyStepIsExact();
  void shownTexts_data();
  void shownTexts();
};

void TestStudyTime::moment_data() {
  QTest::addColumn<double>("timeSec");
  QTest::addColumn<int>("run");
  QTest::addColumn<int>("sample");
  QTest::addColumn<double>("filmSec");
  QTest::newRow("start") << 0.0 << 0 << 0 << 0.0;
  QTest::newRow("inside") << 7.25 << 0 << 7 << 7.25;
  QTest::newRow("border belongs to the next run") << 20.0 << 1 << 20 << 20.0;
  QTest::newRow("second run") << 25.5 << 1 << 25 << 25.5;
  QTest::newRow("other film, from 3 s") << 41.5 << 2 << 41 << 4.5;
  QTest::newRow("the end") << 60.0 << 2 << 59 << 23.0;
  QTest::newRow("behind the end") << 99.0 << 2 << 59 << 23.0;
  QTest::newRow("before the start") << -4.0 << 0 << 0 << 0.0;
}

void TestStudyTime::moment() {
  QFETCH(double, timeSec);
  const StudyMoment found = threeRuns().at(timeSec);
  QTEST(static_cast<int>(found.run), "run");
  QTEST(static_cast<int>(found.sample), "sample");
  QTEST(found.filmSec, "filmSec");
}

void TestStudyTime::brainFrame_data() {
  QTest::addColumn<double>("timeSec");
  QTest::addColumn<double>("lagSec");
  QTest::addColumn<int>("sample");
  QTest::addColumn<int>("next");
  QTest::addColumn<float>("mix");
  QTest::newRow("middle of a sample") << 4.5 << 0.0 << 4 << 5 << 0.0f;
  QTest::newRow("between two middles") << 5.25 << 0.0 << 4 << 5 << 0.75f;
  QTest::newRow("with lag") << 4.5 << 5.0 << 9 << 10 << 0.0f;
  QTest::newRow("half a sample of lag") << 4.5 << 2.5 << 6 << 7 << 0.5f;
  QTest::newRow("before the first middle") << 0.1 << 0.0 << 0 << 1 << 0.0f;
  QTest::newRow("lag stops at the run's end") << 18.5 << 5.0 << 19 << 19 << 0.0f;
  QTest::newRow("negative lag stops at the run's start") << 20.5 << -5.0 << 20 << 21 << 0.0f;
  QTest::newRow("end of the study") << 60.0 << 5.0 << 59 << 59 << 0.0f;
}

void TestStudyTime::brainFrame() {
  QFETCH(double, timeSec);
  QFETCH(double, lagSec);
  const BrainFrame frame = threeRuns().brainAt(timeSec, lagSec);
  QTEST(static_cast<int>(frame.sample), "sample");
  QTEST(static_cast<int>(frame.next), "next");
  QTEST(frame.mix, "mix");
}

void TestStudyTime::everyStepIsExact() {
  const StudyTime time = threeRuns(1.49);  // a period without a finite binary form
  for (Index i = 0; i < 60; ++i) {
    const BrainFrame frame = time.brainAt(time.centreSec(i), 0);
    QCOMPARE(frame.sample, i);
    QCOMPARE(frame.mix, 0.0f);
    QCOMPARE(time.at(time.centreSec(i)).sample, i);
  }
}

void TestStudyTime::shownTexts_data() {
  QTest::addColumn<QString>("shown");
  QTest::addColumn<QString>("expected");
  QTest::newRow("time") << shownTime(187.46) << "3:07.4";
  QTest::newRow("never 60 seconds") << shownTime(59.99, 0) << "0:59";
  QTest::newRow("whole") << shownTime(60, 0) << "1:00";
  QTest::newRow("minus") << shownNumber(-0.417) << QStringLiteral("−0.42");
  QTest::newRow("no minus zero") << shownNumber(-0.001) << "0.00";
  QTest::newRow("unknown") << shownNumber(std::nan("")) << QStringLiteral("–");
}

void TestStudyTime::shownTexts() {
  QFETCH(QString, shown);
  QTEST(shown, "expected");
}

QTEST_GUILESS_MAIN(TestStudyTime)
#include "tst_study_time.moc"
