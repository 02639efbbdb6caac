// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time_axis.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

Run run(const std::string& id, Index firstSample, Index count, bool heldOut = false) {
  return {id, "film", 12.5, firstSample, count, heldOut};
}

const Runs kRuns = {run("run-01", 0, 3), run("run-02", 3, 2, true), run("run-03", 5, 1),
                    run("run-04", 6, 2, true)};

}  // namespace

class TestTimeAxis : public QObject {
  Q_OBJECT

 private slots:
  void samplesCoverTheirPeriod();
  void wrongRunsAreRefused_data();
  void wrongRunsAreRefused();
  void rowsFollowHeldOut();
  void trainingRunsFitTheirRows();
  void runOfEachSample();
  void rowsOfAMatrix();
};

void TestTimeAxis::samplesCoverTheirPeriod() {
  const TimeAxis axis{10, 1.5, 4};
  QCOMPARE(axis.endSec(), 16.0);
  QCOMPARE(axis.centreSec(0), 10.75);
  QCOMPARE(axis.centreSec(3), 15.25);
  QVERIFY(axis == (TimeAxis{10, 1.5, 4}));
  QVERIFY(!(axis == TimeAxis{10, 1.5, 5}));
}

void TestTimeAxis::wrongRunsAreRefused_data() {
  QTest::addColumn<int>("which");
  QTest::addColumn<QString>("reason");
  QTest::newRow("none") << 0 << "there are no runs";
  QTest::newRow("starts late") << 1 << "run \"run-01\" starts at sample 1, expected 0";
  QTest::newRow("hole") << 2 << "run \"run-02\" starts at sample 4, expected 3";
  QTest::newRow("overlap") << 3 << "run \"run-02\" starts at sample 2, expected 3";
  QTest::newRow("empty") << 4 << "run \"run-02\" has no samples";
  QTest::newRow("negative") << 5 << "run \"run-01\" has no samples";
}

void TestTimeAxis::wrongRunsAreRefused() {
  QFETCH(int, which);
  QFETCH(QString, reason);
  const std::vector<Runs> wrong = {{},
                                   {run("run-01", 1, 3)},
                                   {run("run-01", 0, 3), run("run-02", 4, 2)},
                                   {run("run-01", 0, 3), run("run-02", 2, 2)},
                                   {run("run-01", 0, 3), run("run-02", 3, 0)},
                                   {run("run-01", 0, -3)}};
  checkRuns(kRuns);
  EXPECT_ERROR(ErrorCode::BadShape, checkRuns(wrong[static_cast<std::size_t>(which)]), reason.toStdString());
}

void TestTimeAxis::rowsFollowHeldOut() {
  QCOMPARE(sampleCount(kRuns), Index{8});
  QCOMPARE(sampleCount({}), Index{0});
  QCOMPARE(rowsOf(kRuns, false), (std::vector<Index>{0, 1, 2, 5}));
  QCOMPARE(rowsOf(kRuns, true), (std::vector<Index>{3, 4, 6, 7}));
}

void TestTimeAxis::trainingRunsFitTheirRows() {
  const Runs training = trainingRuns(kRuns);
  checkRuns(training);
  QCOMPARE(training, (Runs{run("run-01", 0, 3), run("run-03", 3, 1)}));
  QCOMPARE(sampleCount(training), static_cast<Index>(rowsOf(kRuns, false).size()));
  QVERIFY(trainingRuns({run("run-01", 0, 3, true)}).empty());
}

void TestTimeAxis::runOfEachSample() {
  const std::vector<std::size_t> expected = {0, 0, 0, 1, 1, 2, 3, 3};
  for (Index sample = 0; sample < 8; ++sample)
    QCOMPARE(runOfSample(kRuns, sample), expected[static_cast<std::size_t>(sample)]);
  EXPECT_ERROR(ErrorCode::BadValue, runOfSample(kRuns, 8), "sample 8");
  EXPECT_ERROR(ErrorCode::BadValue, runOfSample(kRuns, -1), "sample -1");
}

void TestTimeAxis::rowsOfAMatrix() {
  const MatrixF values = gaussian(6, 4, 1);
  const MatrixF chosen = rowsOf(values, {5, 0, 0});
  QCOMPARE(chosen.rows(), Index{3});
  QVERIFY(chosen.row(0) == values.row(5) && chosen.row(1) == values.row(0) && chosen.row(2) == values.row(0));
  QCOMPARE(rowsOf(values, {}).rows(), Index{0});
}

QTEST_APPLESS_MAIN(TestTimeAxis)
#include "tst_time_axis.moc"
