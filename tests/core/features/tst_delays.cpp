// SPDX-License-Identifier: GPL-3.0-or-later
#include <climits>

#include "features/delays.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {
Runs runsOf(const std::vector<Index>& counts) {
  Runs runs;
  for (const Index count : counts) {
    Run run;
    run.id = "run";
    run.firstSample = sampleCount(runs);
    run.sampleCount = count;
    runs.push_back(run);
  }
  return runs;
}
}  // namespace

class TestDelays : public QObject {
  Q_OBJECT
 private slots:
  void laysOutByHand() {
    MatrixF features(5, 2), expected(5, 6);
    features << 1, 10, 2, 20, 3, 30, 4, 40, 5, 50;
    expected << 0, 0, 1, 10, 2, 20,  // run of rows 0..2, delays 1, 0, -1
        1, 10, 2, 20, 3, 30,         //
        2, 20, 3, 30, 0, 0,          // nothing of the next run looks in
        0, 0, 4, 40, 5, 50,          // nothing of the run before leaks in
        4, 40, 5, 50, 0, 0;
    QVERIFY(withDelays(features, {1, 0, -1}, runsOf({3, 2})) == expected);
  }

  void everyValueIsTheOneDelaysAgo() {
    const Runs runs = runsOf({7, 1, 12});
    const MatrixF features = test::gaussian(20, 3, 1);
    const std::vector<int> delays{3, -2, 0, 6, 40};
    const MatrixF delayed = withDelays(features, delays, runs);
    for (Index row = 0; row < 20; ++row)
      for (std::size_t block = 0; block < delays.size(); ++block)
        for (Index col = 0; col < 3; ++col) {
          const Index source = row - delays[block];
          const bool inside =
              source >= 0 && source < 20 && runOfSample(runs, source) == runOfSample(runs, row);
          QCOMPARE(delayed(row, static_cast<Index>(block) * 3 + col), inside ? features(source, col) : 0.0f);
        }
  }

  void roundTripsThroughBlocks() {
    const MatrixF features = test::gaussian(10, 4, 1);
    const MatrixF delayed = withDelays(features, {2, 0}, runsOf({10}));
    QVERIFY(delayBlock(delayed, 1, 2) == features);
    QVERIFY(delayBlock(delayed, 0, 2).bottomRows(8) == features.topRows(8));
  }

  void extremeDelaysGiveZeros() {
    const MatrixF features = test::gaussian(6, 2, 1);
    QVERIFY((withDelays(features, {6, INT_MAX, INT_MIN}, runsOf({6})).array() == 0.0f).all());
  }

  void refusesBadInput() {
    const MatrixF features = MatrixF::Zero(6, 2);
    EXPECT_ERROR(ErrorCode::BadShape, withDelays(features, {1}, runsOf({3, 2})), "5 samples", "6");
    EXPECT_ERROR(ErrorCode::BadShape, withDelays(features, {1}, {}), "no runs");
    EXPECT_ERROR(ErrorCode::BadValue, withDelays(features, {}, runsOf({6})), "empty");
    EXPECT_ERROR(ErrorCode::BadValue, withDelays(features, {1, 2, 1}, runsOf({6})), "delay 1 ");
    EXPECT_ERROR(ErrorCode::BadShape, delayBlock(features, 2, 2), "delay block 2 of 2");
    EXPECT_ERROR(ErrorCode::BadShape, delayBlock(features, 0, 0), "of 0");
    EXPECT_ERROR(ErrorCode::BadShape, delayBlock(features, 0, 3), "2 columns");
  }
};

QTEST_APPLESS_MAIN(TestDelays)
#include "tst_delays.moc"
