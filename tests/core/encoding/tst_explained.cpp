// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/encoding/synthetic.h"
#include "encoding/ceiling.h"
#include "encoding/split_scores.h"
#include "stats/correlation.h"
#include "stats/permutation.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

class TestExplained : public QObject {
  Q_OBJECT

 private slots:
  void ceilingAgreesWithSimulation_data() {
    QTest::addColumn<double>("share");
    QTest::addColumn<int>("repeats");
    for (const double share : {0.0, 0.1, 0.5, 0.9})
      for (const int repeats : {2, 5, 10})
        QTest::addRow("signal %g, %d repeats", share, repeats) << share << repeats;
  }

  void ceilingAgreesWithSimulation() {
    // The true signal is the best prediction there is: its R2 and r against the mean of the repeats are the
    // ceiling.
    QFETCH(double, share);
    QFETCH(int, repeats);
    constexpr Index kSamples = 400, kTargets = 300;
    const MatrixF signal = gaussian(kSamples, kTargets, 1);
    std::vector<MatrixF> responses;
    MatrixF mean = MatrixF::Zero(kSamples, kTargets);
    for (int i = 0; i < repeats; ++i) {
      responses.push_back(std::sqrt(float(share)) * signal +
                          std::sqrt(float(1 - share)) * gaussian(kSamples, kTargets, unsigned(i + 2)));
      mean += responses.back() / float(repeats);
    }
    const NoiseCeiling ceiling = noiseCeiling(responses);
    QVERIFY(std::abs(double(ceiling.explainableVariance.mean()) - share) < 0.02);
    if (share < 0.05) return;
    const VectorF r = columnwisePearson(mean, signal),
                  r2 = columnwiseR2(mean, std::sqrt(float(share)) * signal);
    QVERIFY(std::abs(ceiling.maxR2.mean() - r2.mean()) < 0.02f);
    QVERIFY(std::abs(ceiling.maxR.mean() - r.mean()) < 0.03f);
    QVERIFY(std::abs(normalizedR(r, ceiling).mean() - 1) < (share < 0.2 ? 0.12f : 0.03f));
  }

  void noiseHasNoCeiling_data() {
    QTest::addColumn<int>("repeats");
    QTest::addColumn<bool>("shuffled");
    QTest::newRow("noise, 2 repeats") << 2 << false;
    QTest::newRow("noise, 10 repeats") << 10 << false;
    QTest::newRow("a strong signal at other times in each of 2 repeats") << 2 << true;
    QTest::newRow("a strong signal at other times in each of 10 repeats") << 10 << true;
  }

  void noiseHasNoCeiling() {
    QFETCH(int, repeats);
    QFETCH(bool, shuffled);
    constexpr Index kSamples = 300, kTargets = 400;
    const MatrixF signal = gaussian(kSamples, kTargets, 1);
    std::vector<MatrixF> responses, together;
    for (int i = 0; i < repeats; ++i) {
      MatrixF moved(kSamples, kTargets);
      const Index shift = shuffled ? 37 * (i + 1) % kSamples : 0;
      moved << signal.bottomRows(kSamples - shift), signal.topRows(shift);
      const MatrixF noise = gaussian(kSamples, kTargets, unsigned(i + 2));
      responses.push_back(shuffled ? MatrixF(3 * moved + noise) : noise);
      together.push_back(3 * signal + noise);
    }
    const NoiseCeiling none = noiseCeiling(responses), strong = noiseCeiling(together);
    // The mean of kTargets unbiased estimates, each with a standard error of about 1 / sqrt(samples pairs of
    // repeats).
    const double error = 1 / std::sqrt(double(kTargets * kSamples * repeats) * (repeats - 1) / 2);
    QVERIFY2(std::abs(double(none.explainableVariance.mean())) < 5 * error,
             qPrintable(QString::number(none.explainableVariance.mean())));
    QVERIFY((none.explainableVariance.array() > 0).count() < 0.65 * kTargets);
    QVERIFY(none.maxR2.mean() < 0.12f && none.maxR2.minCoeff() >= 0);
    QVERIFY(std::abs(strong.explainableVariance.mean() - 0.9f) < 0.01f);
  }

  void ceilingOfTheMeanGrowsWithRepeats_data() {
    QTest::addColumn<double>("share");
    QTest::addColumn<double>("repeats");
    QTest::addColumn<double>("best");
    QTest::newRow("one repeat is what there is") << 0.3 << 1.0 << 0.3;
    QTest::newRow("two halves of noise") << 0.5 << 2.0 << 2.0 / 3;
    QTest::newRow("no signal") << 0.0 << 5.0 << 0.0;
    QTest::newRow("less than none") << -0.1 << 5.0 << 0.0;
    QTest::newRow("no noise") << 1.0 << 5.0 << 1.0;
  }

  void ceilingOfTheMeanGrowsWithRepeats() {
    // Signal s and noise (1 - s) / N in the mean of N repeats.
    QFETCH(double, share);
    QFETCH(double, repeats);
    QFETCH(double, best);
    QVERIFY(std::abs(bestR2(share, repeats) - best) < 1e-12);
    if (share > 0)
      QVERIFY(std::abs(bestR2(share, repeats) - share / (share + (1 - share) / repeats)) < 1e-12);
  }

  void ceilingEdges() {
    const MatrixF x = gaussian(50, 3, 1);
    MatrixF flat = x;
    flat.col(1).setConstant(2);
    const NoiseCeiling ceiling = noiseCeiling({x, flat, x});
    QVERIFY(std::abs(ceiling.explainableVariance[0] - 1) < 1e-5f);
    QCOMPARE(ceiling.explainableVariance[1], 0.0f);
    QCOMPARE(normalizedR(VectorF::Ones(3), ceiling)[1], 0.0f);
    EXPECT_ERROR(ErrorCode::BadShape, noiseCeiling({x}), "at least 2 repeats");
    EXPECT_ERROR(ErrorCode::BadShape, noiseCeiling({x, x.topRows(49)}), "differ in size");
    flat(0, 0) = std::nanf("");
    EXPECT_ERROR(ErrorCode::BadValue, noiseCeiling({x, flat}), "NaN");
  }

  void splitsSumToTheWhole() {
    const MatrixF noise = gaussian(120, 20, 1);
    const std::vector<MatrixF> parts{gaussian(120, 20, 2), 0.3f * gaussian(120, 20, 3),
                                     MatrixF::Zero(120, 20)};
    const MatrixF sum = parts[0] + parts[1];
    MatrixF y = sum + noise;
    y.col(7).setConstant(1);
    const SplitScores scores = splitScores(y, parts);
    QVERIFY(test::largestDifference(scores.r2.colwise().sum().transpose(), scores.wholeR2) < 1e-5f);
    QVERIFY(test::largestDifference(scores.r.colwise().sum().transpose(), scores.wholeR) < 1e-5f);
    QVERIFY(test::largestDifference(scores.wholeR, columnwisePearson(y, sum)) < 1e-5f);
    const MatrixF centredY = y.rowwise() - y.colwise().mean(),
                  centredSum = sum.rowwise() - sum.colwise().mean();
    QVERIFY(test::largestDifference(scores.wholeR2, columnwiseR2(centredY, centredSum)) < 1e-5f);
    QVERIFY(scores.r2.row(2).isZero(0) && scores.r2.col(7).isZero(0));
    QVERIFY(scores.r2.row(0).mean() > scores.r2.row(1).mean());
    EXPECT_ERROR(ErrorCode::BadShape, splitScores(y, {parts[0].topRows(3)}), "differ in size");
  }

  void sharesAreFair_data() {
    QTest::addColumn<std::vector<double>>("strengths");  // of the spaces' parts of the truth
    QTest::newRow("one space") << std::vector<double>{1};
    QTest::newRow("two alike") << std::vector<double>{1, 1};
    QTest::newRow("one is noise") << std::vector<double>{1, 0};
    QTest::newRow("four") << std::vector<double>{2, 1, 0.5, 0};
  }

  void sharesAreFair() {
    // Independent parts of known variance: each space's share is its variance's, whatever the order of
    // spaces.
    QFETCH(std::vector<double>, strengths);
    constexpr Index kSamples = 4000, kTargets = 5;
    MatrixF y = gaussian(kSamples, kTargets, 50);
    std::vector<MatrixF> parts;
    double total = 1;
    for (std::size_t s = 0; s < strengths.size(); ++s) {
      parts.push_back(float(strengths[s]) * gaussian(kSamples, kTargets, unsigned(60 + s)));
      y += parts.back();
      total += strengths[s] * strengths[s];
      if (strengths[s] == 0) parts.back() = 0.05f * gaussian(kSamples, kTargets, 70);
    }
    const SplitScores scores = splitScores(y, parts);
    const auto spaces = static_cast<Index>(parts.size());
    for (Index s = 0; s < spaces; ++s) {
      const double share = strengths[std::size_t(s)] * strengths[std::size_t(s)] / total;
      QVERIFY2(std::abs(double(scores.r2.row(s).mean()) - share) < 0.03,
               qPrintable(QString::number(scores.r2.row(s).mean())));
      QVERIFY(std::abs(double(scores.r.row(s).mean()) - share / std::sqrt(1 - 1 / total)) < 0.03);
    }
    QVERIFY(test::largestDifference(scores.r2.colwise().sum().transpose(), scores.wholeR2) < 1e-5f);
    QVERIFY(test::largestDifference(scores.r.colwise().sum().transpose(), scores.wholeR) < 1e-5f);
    const SplitScores turned = splitScores(y, {parts.rbegin(), parts.rend()});
    QVERIFY(test::largestDifference(turned.r2.colwise().reverse(), scores.r2) < 1e-6f);
    // The same numbers twice, each half as large, share what they explain.
    const SplitScores twins = splitScores(y, {0.5f * parts[0], 0.5f * parts[0]});
    QVERIFY(twins.r2.row(0) == twins.r2.row(1));
    QVERIFY(test::largestDifference(2 * twins.r2.row(0), splitScores(y, {parts[0]}).r2) < 1e-6f);
  }

  void uniqueVarianceIsADifference() {
    MatrixF without(2, 2);
    without << 0.1f, 0.2f, 0.3f, 0.5f;
    const MatrixF unique = uniqueVariance(VectorF::Constant(2, 0.4f), without);
    QVERIFY(std::abs(unique(0, 0) - 0.3f) < 1e-6f && std::abs(unique(1, 1) + 0.1f) < 1e-6f);
    EXPECT_ERROR(ErrorCode::BadShape, uniqueVariance(VectorF::Ones(3), without), "length");
  }

  void componentsOfWeights() {
    // Two hidden directions, the first stronger; targets without R2 hold a third that must not show.
    constexpr Index kFeatures = 12, kTargets = 200;
    MatrixF directions = MatrixF::Zero(3, kFeatures);
    directions(0, 1) = directions(1, 4) = directions(2, 9) = 1;
    const MatrixF strength = gaussian(3, kTargets, 1);
    MatrixF weights(2 * kFeatures, kTargets);
    VectorF r2 = VectorF::Constant(kTargets, 0.3f);
    for (Index t = 0; t < kTargets; ++t) {
      const bool silent = t % 4 == 0;
      const VectorF own = silent ? VectorF(100 * directions.row(2).transpose())
                                 : VectorF(3 * strength(0, t) * directions.row(0).transpose() +
                                           strength(1, t) * directions.row(1).transpose());
      weights.col(t) << own, 0.5f * own;
      if (silent) r2[t] = -0.1f;
    }
    const WeightComponents found = weightComponents(weights, 2, r2, 2);
    QVERIFY(std::abs(found.components(0, 1) - 1) < 0.05f && std::abs(found.components(1, 4) - 1) < 0.05f);
    QVERIFY(found.share[0] > found.share[1] && std::abs(found.share.sum() - 1) < 1e-5);
    QCOMPARE(found.projections(0, 0), 0.0f);
    EXPECT_ERROR(ErrorCode::BadShape, weightComponents(weights, 5, r2, 2), "24 weights", "5 delays");
    EXPECT_ERROR(ErrorCode::BadValue, weightComponents(weights, 2, r2, 13), "13");
  }

  void permutationPIsUniformUnderTheNull() {
    // Truth and prediction share nothing: every level is reached as often as it says, within chance.
    constexpr Index kTargets = 2000;
    const MatrixF truth = gaussian(120, kTargets, 11), predicted = gaussian(120, kTargets, 12);
    PermutationOptions options;
    options.permutations = 199;
    const PermutationReport report = permutationTest(truth, predicted, runsOf({60, 60}), options, Job{});
    for (const float level : {0.05f, 0.25f, 0.5f, 0.75f}) {
      const double share = double((report.p.array() <= level).count()) / double(kTargets);
      QVERIFY2(std::abs(share - double(level)) <
                   4 * std::sqrt(double(level * (1 - level)) / double(kTargets)) + 0.01,
               qPrintable(QString("%1 at %2").arg(share).arg(double(level))));
    }
    QVERIFY((report.pMaxT.array() >= report.p.array()).all());
  }
};

QTEST_APPLESS_MAIN(TestExplained)
#include "tst_explained.moc"
