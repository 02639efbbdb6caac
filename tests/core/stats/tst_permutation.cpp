// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "stats/correlation.h"
#include "stats/permutation.h"
#include "stats/shuffle.h"
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

/// The contract spelled out: shuffle each run's blocks, correlate all columns afresh, count.
PermutationReport bruteForce(const MatrixF& truth, const MatrixF& predicted, const Runs& runs,
                             const PermutationOptions& options) {
  std::mt19937 generator(options.seed);
  const VectorF observed = columnwisePearson(truth, predicted);
  Eigen::ArrayXf reached = Eigen::ArrayXf::Ones(truth.cols()), reachedByMaximum = reached;
  for (int i = 0; i < options.permutations; ++i) {
    std::vector<Index> rows;
    for (const Run& run : runs) {
      std::vector<std::vector<Index>> blocks;
      for (Index row = run.firstSample; row < run.endSample(); ++row) {
        if ((row - run.firstSample) % options.blockSamples == 0) blocks.emplace_back();
        blocks.back().push_back(row);
      }
      shuffle(blocks, generator);
      for (const auto& block : blocks) rows.insert(rows.end(), block.begin(), block.end());
    }
    const VectorF null = columnwisePearson(truth, rowsOf(predicted, rows));
    reached += (null.array() >= observed.array() - 1e-6f).cast<float>();
    reachedByMaximum += (null.maxCoeff() >= observed.array() - 1e-6f).cast<float>();
  }
  const float total = static_cast<float>(options.permutations + 1);
  return {reached / total, reachedByMaximum / total};
}

double kolmogorovDistance(VectorF p) {
  std::sort(p.data(), p.data() + p.size());
  const auto count = static_cast<float>(p.size());
  return (p.array() - Eigen::ArrayXf::LinSpaced(p.size(), 1.0f, count) / count).abs().maxCoeff();
}

}  // namespace

class TestPermutation : public QObject {
  Q_OBJECT
 private slots:
  void equalsBruteForce_data() {
    QTest::addColumn<std::vector<Index>>("runs");
    QTest::addColumn<int>("blockSamples");
    QTest::addColumn<int>("targets");
    QTest::newRow("one run") << std::vector<Index>{40} << 5 << 20;
    QTest::newRow("short last blocks") << std::vector<Index>{23, 17, 4} << 5 << 20;
    QTest::newRow("single samples") << std::vector<Index>{20, 20} << 1 << 1;
    QTest::newRow("two blocks, so the identity comes up") << std::vector<Index>{10} << 5 << 3;
    QTest::newRow("more than one unit of work") << std::vector<Index>{15, 15} << 4 << 150;
  }
  void equalsBruteForce() {
    QFETCH(std::vector<Index>, runs);
    QFETCH(int, blockSamples);
    QFETCH(int, targets);
    const Runs list = runsOf(runs);
    const MatrixF truth = test::gaussian(sampleCount(list), targets, 1);
    const MatrixF predicted = test::gaussian(sampleCount(list), targets, 2) + 0.3f * truth;
    const PermutationOptions options{
        .permutations = 200, .blockSamples = blockSamples, .seed = 7, .threads = 2};
    const PermutationReport report = permutationTest(truth, predicted, list, options, Job{});
    const PermutationReport expected = bruteForce(truth, predicted, list, options);
    QVERIFY(report.p == expected.p);
    QVERIFY(report.pMaxT == expected.pMaxT);
  }

  void pIsUniformUnderTheNull() {
    const Runs runs = runsOf({60, 60});
    const MatrixF truth = test::gaussian(120, 500, 1), predicted = test::gaussian(120, 500, 2);
    const PermutationReport report = permutationTest(truth, predicted, runs, {.permutations = 499}, Job{});
    const double distance = kolmogorovDistance(report.p);
    QVERIFY2(distance < 1.63 / std::sqrt(500.0), qPrintable(QString::number(distance)));  // 1 % level
    // Corrected for 500 targets, nothing is left but chance once in twenty.
    QVERIFY(report.pMaxT.minCoeff() > 0.01f);
    QVERIFY((report.pMaxT.array() >= report.p.array()).all());
  }

  void blocksKeepSlowSeriesHonest() {
    // Slow series: single-sample shuffling finds too much, blocks far less.
    MatrixF truth = test::gaussian(300, 400, 1), predicted = test::gaussian(300, 400, 2);
    for (Index row = 1; row < 300; ++row) {
      truth.row(row) += 0.9f * truth.row(row - 1);
      predicted.row(row) += 0.9f * predicted.row(row - 1);
    }
    const auto foundWith = [&](int blockSamples) {
      const PermutationOptions options{.permutations = 199, .blockSamples = blockSamples};
      return (permutationTest(truth, predicted, runsOf({300}), options, Job{}).p.array() <= 0.05f).count();
    };
    QVERIFY2(foundWith(1) > 80, qPrintable(QString::number(foundWith(1))));
    QVERIFY2(foundWith(30) < 40, qPrintable(QString::number(foundWith(30))));
  }

  void findsSignal() {
    const Runs runs = runsOf({60});
    const MatrixF truth = test::gaussian(60, 70, 1);
    MatrixF predicted = test::gaussian(60, 70, 2);
    predicted.col(66) += 2.0f * truth.col(66);
    const PermutationReport report = permutationTest(truth, predicted, runs, {.permutations = 999}, Job{});
    QCOMPARE(report.p(66), 0.001f);
    QCOMPARE(report.pMaxT(66), 0.001f);
    QVERIFY((report.p.array() > 0.05f).count() > 55);
  }

  void scaleAndOffsetDoNotMatter() {
    const Runs runs = runsOf({30, 20});
    const MatrixF truth = test::gaussian(50, 10, 1), predicted = test::gaussian(50, 10, 2);
    const PermutationReport plain = permutationTest(truth, predicted, runs, {}, Job{});
    const MatrixF scaled = predicted.array() * 512.0f + 256.0f;
    const PermutationReport other = permutationTest(truth, scaled, runs, {}, Job{});
    QVERIFY(test::largestDifference(plain.p, other.p) <= 0.002f);
  }

  void constantSeriesFindNothing() {
    MatrixF truth = test::gaussian(40, 3, 1), predicted = truth;
    truth.col(0).setConstant(0.1f);
    predicted.col(1).setConstant(0.1f);
    const PermutationReport report = permutationTest(truth, predicted, runsOf({40}), {}, Job{});
    for (Index target : {0, 1}) {
      QCOMPARE(report.p(target), 1.0f);
      QCOMPARE(report.pMaxT(target), 1.0f);
    }
    QVERIFY(report.p(2) < 0.01f);
  }

  void sameBitsForEveryThreadCount() {
    const MatrixF truth = test::gaussian(50, 333, 1), predicted = test::gaussian(50, 333, 2);
    const auto withThreads = [&](int threads) {
      return permutationTest(truth, predicted, runsOf({30, 20}), {.permutations = 100, .threads = threads},
                             Job{});
    };
    const PermutationReport one = withThreads(1);
    for (int threads : {2, 5}) {
      QVERIFY(withThreads(threads).p == one.p);
      QVERIFY(withThreads(threads).pMaxT == one.pMaxT);
    }
  }

  void stopsWhenAsked() {
    std::stop_source stop;
    std::atomic<int> reports{0};
    const Job job(stop.get_token(), [&](double, std::string_view) {
      if (++reports == 3) stop.request_stop();
    });
    const MatrixF values = test::gaussian(50, 2000, 1);
    QVERIFY_THROWS_EXCEPTION(Cancelled, permutationTest(values, values, runsOf({50}), {}, job));
    QVERIFY(reports < 10);
  }

  void acceptsNoTargets() {
    QCOMPARE(permutationTest(MatrixF(20, 0), MatrixF(20, 0), runsOf({20}), {}, Job{}).p.size(), Index{0});
  }

  void refusesBadInput() {
    MatrixF values = test::gaussian(20, 3, 1);
    EXPECT_ERROR(ErrorCode::BadShape, permutationTest(values, MatrixF(20, 4), runsOf({20}), {}, Job{}),
                 "20 x 3", "20 x 4");
    EXPECT_ERROR(ErrorCode::BadShape, permutationTest(values, values, runsOf({10, 9}), {}, Job{}), "19",
                 "20");
    EXPECT_ERROR(ErrorCode::BadShape, permutationTest(values, values, {}, {}, Job{}), "no runs");
    EXPECT_ERROR(ErrorCode::BadValue,
                 permutationTest(values, values, runsOf({20}), {.permutations = 0}, Job{}), "got 0");
    EXPECT_ERROR(ErrorCode::BadValue,
                 permutationTest(values, values, runsOf({20}), {.blockSamples = 0}, Job{}), "blocks",
                 "got 0");
    values(3, 1) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_ERROR(ErrorCode::BadValue, permutationTest(values, values, runsOf({20}), {}, Job{}),
                 "targets 0 to 2");
  }
};

QTEST_APPLESS_MAIN(TestPermutation)
#include "tst_permutation.moc"
