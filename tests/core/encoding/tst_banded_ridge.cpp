// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <cmath>

#include "base/parallel.h"
#include "core/encoding/synthetic.h"
#include "encoding/banded_ridge.h"
#include "io/arrays/npy.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

constexpr Index kSamples = 80, kTargets = 60;

/// Two spaces; the first half of the targets follow the first, the rest the second.
struct Data {
  std::vector<MatrixF> spaces;
  MatrixF y = gaussian(kSamples, kTargets, 3);
  BandedSetup setup;

  explicit Data(Index features) {
    spaces = {gaussian(kSamples, features, 1), gaussian(kSamples, features, 2)};
    const MatrixF weights = gaussian(features, kTargets, 4) * (3.0f / std::sqrt(float(features)));
    for (Index t = 0; t < kTargets; ++t) y.col(t) += spaces[t < kTargets / 2 ? 0 : 1] * weights.col(t);
    setup.ridge.folds = ridgeFolds(runsOf({30, 25, 25}), kSamples, 0);
    setup.ridge.penalties.resize(10);
    for (Index a = 0; a < 10; ++a) setup.ridge.penalties[a] = std::pow(10.0, 0.5 * double(a) - 1);
    setup.gammas = drawCandidates(2, 8, 1);
  }
  BandedFit fit() const { return fit(targetsIn(y)); }
  BandedFit fit(const TargetSource& targets) const {
    return fitBanded(spaces, setup, planBanded(spaces, setup, targets), targets, Job{});
  }
};

/// Ridge on one space.
MemorySink plainRidge(const MatrixF& x, const RidgeSetup& setup, const MatrixF& y) {
  const TargetSource targets = targetsIn(y);
  MemorySink plain(x.cols(), y.cols(), setup.weights);
  StreamOptions options;
  options.weights = setup.weights;
  fitStreamed(x, setup, planRidge(x.rows(), x.cols(), y.cols(), setup), targets, options, plain, Job{});
  return plain;
}

MatrixF sideBySide(const std::vector<MatrixF>& spaces) {
  MatrixF all(kSamples, spaces[0].cols() + spaces[1].cols());
  all << spaces[0], spaces[1];
  return all;
}

}  // namespace

class TestBandedRidge : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void sides_data() {
    QTest::addColumn<int>("features");
    QTest::newRow("primal") << 5;
    QTest::newRow("dual") << 100;
  }

  void oneBandEqualsPlainRidge_data() { sides_data(); }
  void oneBandEqualsPlainRidge() {
    QFETCH(int, features);
    for (const bool intercept : {false, true}) {
      Data data(features);
      data.setup.ridge.intercept = intercept;
      data.spaces.pop_back();
      data.setup.gammas = MatrixD::Ones(1, 1);
      const BandedFit banded = data.fit();
      const MemorySink plain = plainRidge(data.spaces[0], data.setup.ridge, data.y);
      QVERIFY(banded.penalty == plain.penalty);
      QVERIFY(test::largestDifference(banded.score.cast<float>(), plain.score) < 1e-4f);
      QVERIFY(test::largestDifference(banded.weights, plain.weights) < 1e-4f);
      QVERIFY(test::largestDifference(banded.intercept, plain.intercept) < 1e-4f);
    }
  }

  void uniformWeightsEqualRidgeOnAllAtAScaledPenalty() {
    Data data(100);
    data.setup.gammas = MatrixD::Constant(1, 2, 0.5);
    const BandedFit banded = data.fit();
    RidgeSetup ridge = data.setup.ridge;
    ridge.penalties *= 2;
    const MemorySink plain = plainRidge(sideBySide(data.spaces), ridge, data.y);
    QVERIFY(test::largestDifference(2 * banded.penalty, plain.penalty) < 1e-9);
    QVERIFY(test::largestDifference(banded.weights, plain.weights) < 1e-4f);
  }

  void cornersAreSingleSpaces_data() { sides_data(); }
  void cornersAreSingleSpaces() {
    QFETCH(int, features);
    Data data(features);
    const BandedFit fit = data.fit();
    for (Index s = 0; s < 2; ++s) {
      RidgeSetup ridge = data.setup.ridge;
      ridge.weights = false;
      const MemorySink alone = plainRidge(data.spaces[std::size_t(s)], ridge, data.y);
      QVERIFY(test::largestDifference(fit.candidateScore.row(1 + s).transpose(), alone.score) < 1e-3f);
    }
    // Each half of the targets finds its own space.
    Index right = 0;
    for (Index t = 0; t < kTargets; ++t) {
      const auto gamma = data.setup.gammas.row(fit.candidate[std::size_t(t)]);
      right += gamma[t < kTargets / 2 ? 0 : 1] > 0.6 ? 1 : 0;
    }
    QVERIFY2(right > kTargets * 8 / 10, qPrintable(QString::number(right)));
  }

  void threadsDoNotMatter() {
    Data data(100);
    data.setup.ridge.threads = 1;
    const BandedFit one = data.fit();
    data.setup.ridge.threads = 2;
    const BandedFit two = data.fit();
    QVERIFY(one.candidate == two.candidate && one.penalty == two.penalty && one.score == two.score &&
            one.weights == two.weights);
  }

  void weightsInAFileAreTheSame_data() { sides_data(); }
  void weightsInAFileAreTheSame() {
    QFETCH(int, features);
    Data data(features);
    data.setup.ridge.intercept = true;
    const BandedFit inMemory = data.fit();
    QTemporaryDir folder;
    data.setup.weightsFile = folder.filePath("weights.npy").toStdString();
    const BandedFit inFile = data.fit();
    QCOMPARE(inFile.weights.size(), Index{0});
    QVERIFY(readNpy(data.setup.weightsFile) == inMemory.weights);
    QVERIFY(inFile.intercept == inMemory.intercept);
  }

  void stoppedSearchGoesOn_data() { sides_data(); }
  void stoppedSearchGoesOn() {
    QFETCH(int, features);
    Data data(features);
    data.setup.refinements = 2;
    data.setup.gammas = drawCandidates(2, 6, 1);
    const BandedFit whole = data.fit();
    QTemporaryDir folder;
    data.setup.checkpoint = folder.filePath("search").toStdString();
    data.setup.key = "key";
    int reads = 0;
    const TargetSource counting{kSamples, kTargets, [&](Index first, Index count) {
                                  if (++reads == 4) throw Cancelled{};
                                  return MatrixF(data.y.middleCols(first, count));
                                }};
    QVERIFY_THROWS_EXCEPTION(Cancelled, data.fit(counting));
    const BandedFit resumed = data.fit(counting);
    QCOMPARE(reads, 4 + 5 + 1);  // three of eight weightings were kept; one more read for the refit
    QVERIFY(resumed.candidate == whole.candidate && resumed.penalty == whole.penalty &&
            resumed.score == whole.score);
    QVERIFY(test::largestDifference(resumed.weights, whole.weights) < 1e-5f);
    QCOMPARE(resumed.report.form, whole.report.form);
    QCOMPARE(resumed.report.flops, whole.report.flops);
    data.setup.key = "yek";
    data.fit(counting);
    QCOMPARE(reads, 4 + 5 + 1 + 8 + 1);
  }

  void racingAndStoppingSpareWork() {
    Data data(100);
    const BandedFit all = data.fit();
    QCOMPARE(all.skippedFits, Index{0});
    data.setup.racingMargin = kUsualRacingMargin;
    const BandedFit raced = data.fit();
    QVERIFY(raced.skippedFits > 0);
    QVERIFY((all.score - raced.score).minCoeff() > -1e-9);
    QVERIFY((all.score - raced.score).mean() < 0.05 * -all.score.mean());
    data.setup.racingMargin = 0;
    data.setup.gammas = data.setup.gammas.row(0).replicate(6, 1).eval();
    data.setup.stopAfter = 2;
    QCOMPARE(data.fit().candidatesTried, Index{3});
  }

  void refinementsComeNearerToTheBestWeighting_data() { sides_data(); }
  void refinementsComeNearerToTheBestWeighting() {
    QFETCH(int, features);
    Data data(features);
    for (Index t = 0; t < kTargets; ++t) {  // all follow both spaces, four parts to one
      data.y.col(t) = gaussian(kSamples, 1, unsigned(100 + t));
      for (int s = 0; s < 2; ++s)
        data.y.col(t) += data.spaces[std::size_t(s)] * gaussian(features, 1, unsigned(300 + 2 * t + s)) *
                         ((s == 0 ? 2.0f : 1.0f) / std::sqrt(float(features)));
    }
    data.setup.gammas = drawCandidates(2, 3, 1);
    const BandedFit coarse = data.fit();
    data.setup.refinements = 16;
    const BandedFit refined = data.fit();
    data.setup.refinements = 0;
    data.setup.gammas.resize(41, 2);
    for (Index c = 0; c < 41; ++c) data.setup.gammas.row(c) << double(c) / 40, 1 - double(c) / 40;
    const BandedFit best = data.fit();
    QVERIFY((refined.score - coarse.score).minCoeff() >= 0);
    const double won = (refined.score - coarse.score).mean() / (best.score - coarse.score).mean();
    QVERIFY2(won > 0.5 && won < 1.01, qPrintable(QString::number(won)));
  }

  void refinementsAreWeightingsLikeOthers() {
    Data data(100);
    data.setup.refinements = 5;
    const BandedFit refined = data.fit();
    QCOMPARE(refined.gammas.rows(), Index{13});
    QCOMPARE(refined.candidatesTried, Index{13});
    QVERIFY((refined.gammas.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12 &&
            refined.gammas.minCoeff() >= 0);
    QVERIFY(refined.gammas.topRows(8) == data.setup.gammas);
    QVERIFY(refined.candidateScore.row(12).array().isNaN().any());  // not for everybody
    data.setup.refinements = 0;
    data.setup.gammas = refined.gammas;
    const BandedFit given = data.fit();
    for (Index t = 0; t < kTargets; ++t)
      QCOMPARE(given.candidateScore(Index(refined.candidate[std::size_t(t)]), t), float(refined.score[t]));
    data.setup.gammas = drawCandidates(2, 8, 1);
    data.setup.refinements = 5;
    data.setup.stopAfter = 1;
    data.setup.stopTolerance = 1e9;  // nothing is an improvement
    QCOMPARE(data.fit().candidatesTried,
             Index{3});  // two given (the first is always better than none), one refinement
  }

  void masksAndRefuses() {
    Data data(100);
    data.y(0, 3) = std::nanf("");
    data.y.col(5).setConstant(1);
    const BandedFit fit = data.fit();
    QCOMPARE(fit.report.nanTargets, Index{1});
    QCOMPARE(fit.report.constantTargets, Index{1});
    QVERIFY(std::isnan(fit.score[3]) && fit.weights.col(3).isZero(0) && fit.weights.col(5).isZero(0));
    data.setup.gammas = MatrixD::Constant(1, 2, 0.7);
    EXPECT_ERROR(ErrorCode::BadValue, data.fit(), "sum to 1");
    data.setup.gammas = MatrixD::Constant(1, 3, 1.0 / 3);
    EXPECT_ERROR(ErrorCode::BadShape, data.fit(), "3 spaces", "2");
    data.setup.gammas = MatrixD::Constant(1, 2, 0.5);
    data.setup.memoryLimitBytes = 1e4;
    EXPECT_ERROR(ErrorCode::OutOfMemory, data.fit(), "banded");
    data.spaces[1] = gaussian(kSamples - 1, 4, 1);
    EXPECT_ERROR(ErrorCode::BadShape, data.fit(), "79", "80");
  }
};

QTEST_APPLESS_MAIN(TestBandedRidge)
#include "tst_banded_ridge.moc"
