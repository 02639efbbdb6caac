// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "base/parallel.h"
#include "core/encoding/synthetic.h"
#include "encoding/banded_refit.h"
#include "encoding/encoder.h"
#include "encoding/ridge_form.h"
#include "support/expect.h"

// What was not to be fitted to moves nothing, and what holds no signal predicts nothing; each beside a
// control that shows that the test can see.
using namespace cortexscope;
using test::gaussian;
using test::logGrid;
using test::runsOf;

namespace {

constexpr Index kSamples = 96, kTargets = 40;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kHuge = 1e30f;

RidgeSetup setupFor(const Runs& runs, Index gap = 0) {
  RidgeSetup setup;
  setup.folds = ridgeFolds(runs, sampleCount(runs), gap);
  setup.penalties = logGrid(0.1, 1e4, 12);
  setup.intercept = setup.predictions = true;
  return setup;
}

TileFit fitAll(const MatrixF& x, const MatrixF& y, const RidgeSetup& setup) {
  TileWants wants;
  wants.weights = wants.predictions = true;
  return makeRidgeForm(x, setup, planRidge(x.rows(), x.cols(), y.cols(), setup), Job{})->fit(y, wants);
}

/// Responses that follow the features, and an offset.
MatrixF responsesTo(const MatrixF& x, float strength) {
  const MatrixF weights = gaussian(x.cols(), kTargets, 6) * (strength / std::sqrt(float(x.cols())));
  return (x * weights + gaussian(x.rows(), kTargets, 5)).array() + 1.5f;
}

bool within(Index row, Index first, Index count) {
  return row >= first && row < first + count;
}

/// Predictions of a fold's scored rows by ridge on the rows that are not held out, intercept included.
MatrixD predictedFold(const MatrixD& x, const MatrixD& y, const RidgeFold& fold, double penalty) {
  std::vector<Index> rows;
  for (Index i = 0; i < x.rows(); ++i)
    if (!within(i, fold.heldFirst, fold.heldCount)) rows.push_back(i);
  const MatrixD xt = x(rows, Eigen::all), yt = y(rows, Eigen::all);
  const Eigen::RowVectorXd xMean = xt.colwise().mean(), yMean = yt.colwise().mean();
  MatrixD gram = (xt.rowwise() - xMean).transpose() * (xt.rowwise() - xMean);
  gram.diagonal().array() += penalty;
  const MatrixD weights =
      Eigen::LDLT<MatrixD>(gram).solve((xt.rowwise() - xMean).transpose() * (yt.rowwise() - yMean));
  const MatrixD scored = x.middleRows(fold.first, fold.count).rowwise() - xMean;
  return (scored * weights).rowwise() + yMean;
}

/// Shuffles runs' rows as a whole, so that what the responses are by themselves stays.
MatrixF shuffledRows(const MatrixF& values, unsigned seed) {
  std::vector<Index> order(static_cast<std::size_t>(values.rows()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = Index(i);
  std::mt19937 generator(seed);
  std::shuffle(order.begin(), order.end(), generator);
  return rowsOf(values, order);
}

struct Cohort {
  Runs runs = runsOf({32, -32, 32, 32});
  std::vector<EncodingSpace> spaces{{"visual/a", "visual", gaussian(128, 6, 1)},
                                    {"auditory/b", "auditory", gaussian(128, 150, 2)}};
  MatrixF responses = responsesTo(spaces[0].features, 3) + 0.5f * responsesTo(spaces[1].features, 3);

  Encoder fit() const { return fitEncoder(EncodingDesign(spaces, runs, 10, Job{}), responses, 2, Job{}); }
};

bool sameBits(const Encoder& a, const Encoder& b) {
  return a.weights == b.weights && a.intercept == b.intercept && a.fusionWeights == b.fusionWeights &&
         a.penalties == b.penalties && a.outOfFold == b.outOfFold && a.spaceR == b.spaceR &&
         a.crossValidatedR == b.crossValidatedR;
}

/// Keeps weights and counts how often strips were written.
class CountingStore final : public WeightStore {
 public:
  CountingStore(Index features, Index targets) : weights(MatrixF::Constant(features, targets, kNaN)) {}
  MatrixF read(Index first, Index count) const override { return weights.middleCols(first, count); }
  void write(Index first, const MatrixF& values) override {
    weights.middleCols(first, values.cols()) = values;
    ++writes[first];
  }
  MatrixF weights;
  std::map<Index, int> writes;
};

}  // namespace

class TestLeakage : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void foldsArePredictedByTheirTrainingRows_data() {
    QTest::addColumn<int>("features");
    QTest::addColumn<int>("gap");
    QTest::addColumn<int>("metric");
    for (const int features : {7, 150})
      for (const int gap : {0, 5})
        for (const int metric : {0, 1, 2})
          QTest::addRow("%d features, gap %d, metric %d", features, gap, metric) << features << gap << metric;
  }

  void foldsArePredictedByTheirTrainingRows() {
    QFETCH(int, features);
    QFETCH(int, gap);
    QFETCH(int, metric);
    RidgeSetup setup = setupFor(runsOf({30, 26, 40}), gap);
    setup.metric = RidgeMetric(metric);
    setup.tolerance = 1e-6;
    const MatrixF x = gaussian(kSamples, features, 1), y = responsesTo(x, 2);
    const TileFit fit = fitAll(x, y, setup);
    for (Index t = 0; t < kTargets; t += 7)
      for (const RidgeFold& fold : setup.folds) {
        const double penalty = setup.penalties[fit.best[std::size_t(t)]];
        const MatrixD expected = predictedFold(x.cast<double>(), y.col(t).cast<double>(), fold, penalty);
        const double missed =
            test::largestDifference(fit.outOfFold.col(t).segment(fold.first, fold.count), expected.col(0));
        QVERIFY2(missed < 5e-4, qPrintable(QString::number(missed)));
      }
  }

  void rowsInAGapAreNotFittedTo_data() {
    QTest::addColumn<int>("features");
    QTest::newRow("primal") << 7;
    QTest::newRow("dual") << 150;
  }

  void rowsInAGapAreNotFittedTo() {
    QFETCH(int, features);
    RidgeSetup setup = setupFor(runsOf({30, 26, 40}), 5);
    setup.penalties = VectorD::Constant(1, 5);
    const MatrixF x = gaussian(kSamples, features, 1), y = responsesTo(x, 2);
    MatrixF changed = y;
    changed.middleRows(25, 5) += 100 * gaussian(5, kTargets, 9);  // of run 1, in the gap before run 2
    const MatrixF moved = (fitAll(x, changed, setup).outOfFold - fitAll(x, y, setup).outOfFold).cwiseAbs();
    QVERIFY2(moved.topRows(56).maxCoeff() < 2e-3f, qPrintable(QString::number(moved.topRows(56).maxCoeff())));
    QVERIFY(moved.bottomRows(40).colwise().maxCoeff().minCoeff() > 0.1f);  // run 3 is fitted to them
  }

  void heldOutRowsMoveNoFittedBit_data() {
    QTest::addColumn<float>("poison");
    QTest::addColumn<bool>("ofFeatures");
    QTest::newRow("features not finite") << kNaN << true;
    QTest::newRow("features huge") << kHuge << true;
    QTest::newRow("responses huge") << kHuge << false;
  }

  void heldOutRowsMoveNoFittedBit() {
    QFETCH(float, poison);
    QFETCH(bool, ofFeatures);
    const Cohort clean;
    Cohort poisoned;
    for (const Index row : rowsOf(clean.runs, true)) {
      if (!ofFeatures) poisoned.responses.row(row).setConstant(poison);
      for (std::size_t s = 0; ofFeatures && s < 2; ++s)
        poisoned.spaces[s].features.row(row).setConstant(poison);
    }
    QVERIFY(sameBits(clean.fit(), poisoned.fit()));
    Cohort touched;
    touched.responses.row(rowsOf(clean.runs, false)[40]) *= 1.01f;
    const Encoder moved = touched.fit();
    QVERIFY(!sameBits(clean.fit(), moved));
    QVERIFY(moved.weights.allFinite());
  }

  void penaltiesAreChosenByTrainingRunsAlone() {
    // Without the held-out run altogether the same penalties are chosen, of the same grid, with the same
    // weights.
    const Cohort whole;
    Cohort without = whole;
    const std::vector<Index> rows = rowsOf(whole.runs, false);
    without.runs = runsOf({32, 32, 32});
    without.responses = rowsOf(whole.responses, rows);
    for (EncodingSpace& space : without.spaces) space.features = rowsOf(space.features, rows);
    const Encoder a = whole.fit(), b = without.fit();
    QVERIFY(sameBits(a, b));
    QVERIFY(a.penalties.row(0).minCoeff() < a.penalties.row(0).maxCoeff());
  }

  void shuffledResponsesArePredictedByNoForm_data() {
    QTest::addColumn<int>("features");
    QTest::addColumn<int>("metric");
    for (const int features : {7, 150})
      for (const int metric : {0, 1, 2})
        QTest::addRow("%d features, metric %d", features, metric) << features << metric;
  }

  void shuffledResponsesArePredictedByNoForm() {
    QFETCH(int, features);
    QFETCH(int, metric);
    RidgeSetup setup = setupFor(runsOf({32, 32, 32}));
    setup.metric = RidgeMetric(metric);
    const MatrixF x = gaussian(kSamples, features, 1), y = responsesTo(x, 6);
    const auto accuracy = [&](const MatrixF& responses) {
      const TileFit fit = fitAll(x, responses, setup);
      const MatrixF residuals = responses - fit.outOfFold,
                    around = responses.rowwise() - responses.colwise().mean();
      return 1 - double(residuals.squaredNorm() / around.squaredNorm());
    };
    const double signal = accuracy(y);
    QVERIFY2(signal > (features < 50 ? 0.9 : 0.2), qPrintable(QString::number(signal)));
    double shuffled = 0;
    for (unsigned seed = 1; seed <= 5; ++seed) shuffled += accuracy(shuffledRows(y, seed)) / 5;
    // r does not punish predictions that are too large, so a penalty chosen by it may predict worse than the
    // mean.
    QVERIFY2(shuffled < 0.02 && shuffled > (metric == 2 ? -2.0 : -0.2),
             qPrintable(QString::number(shuffled)));
  }

  void searchesFindNothingInShuffledResponses_data() {
    QTest::addColumn<int>("features");
    QTest::newRow("primal") << 5;
    QTest::newRow("dual") << 90;
  }

  void searchesFindNothingInShuffledResponses() {
    // Weightings and penalties are chosen on 96 rows; 96 others say what they are worth.
    QFETCH(int, features);
    const std::vector<MatrixF> spaces{gaussian(kSamples, features, 1), gaussian(kSamples, features, 2)},
        later{gaussian(kSamples, features, 3), gaussian(kSamples, features, 4)};
    MatrixF x(kSamples, 2 * features), unseen(kSamples, 2 * features);
    x << spaces[0], spaces[1];
    unseen << later[0], later[1];
    const MatrixF y = responsesTo(x, 6), truth = responsesTo(unseen, 6);
    BandedSetup setup;
    setup.ridge = setupFor(runsOf({32, 32, 32}));
    setup.ridge.predictions = false;
    setup.gammas = drawCandidates(2, 10, 1);
    const auto accuracy = [&](const MatrixF& responses) {
      const TargetSource targets = targetsIn(responses);
      const BandedFit fit = fitBanded(spaces, setup, planBanded(spaces, setup, targets), targets, Job{});
      const MatrixF predicted = (unseen * fit.weights).rowwise() + fit.intercept.transpose();
      std::vector<Index> all(kSamples);
      for (Index i = 0; i < kSamples; ++i) all[std::size_t(i)] = i;
      return test::meanCorrelation(predicted, truth, all);
    };
    const double signal = accuracy(y);
    QVERIFY2(signal > (features < 50 ? 0.9 : 0.3), qPrintable(QString::number(signal)));
    double shuffled = 0;
    for (unsigned seed = 1; seed <= 5; ++seed) shuffled += accuracy(shuffledRows(y, seed)) / 5;
    QVERIFY2(std::abs(shuffled) < 0.08, qPrintable(QString::number(shuffled)));
  }

  void refitsFollowTheirFormula_data() {
    QTest::addColumn<int>("features");
    QTest::addColumn<bool>("intercept");
    for (const int features : {5, 90})
      for (const bool intercept : {false, true})
        QTest::addRow("%d features, intercept %d", features, int(intercept)) << features << intercept;
  }

  void refitsFollowTheirFormula() {
    // weights_s = gamma_s X_s' (K + a I)^-1 y for choices that differ from target to target; none, half or
    // all of the decompositions are still there.
    QFETCH(int, features);
    QFETCH(bool, intercept);
    const std::vector<MatrixF> given{gaussian(kSamples, features, 1).array() + 1.0f,
                                     gaussian(kSamples, features + 3, 2)};
    const MatrixF y = gaussian(kSamples, kTargets, 3).array() + 2.0f;
    const TargetSource targets = targetsIn(y);
    BandedSetup setup;
    setup.ridge = setupFor(runsOf({32, 32, 32}));
    setup.ridge.intercept = intercept;
    setup.gammas = drawCandidates(2, 5, 1);
    const BandedSpaces spaces(given, setup.ridge, planBanded(given, setup, targets), Job{});
    BandedState choices(setup.gammas, 0, kTargets, 1);
    for (Index t = 0; t < kTargets; ++t)
      choices.candidate[std::size_t(t)] = t % 4, choices.penalty[t] = 0.5 + double(t);
    for (const Index keptCount : {0, 2, 4}) {
      std::map<Index, KeptVectors> kept;
      for (Index c = 0; c < keptCount && !spaces.plan.primal; ++c) {
        const SymmetricEigen eigen = spaces.decompose(setup.gammas.row(c), intercept, Job{});
        kept[c] = {eigen.values, eigen.vectors.cast<float>()};
      }
      CountingStore store(2 * features + 3, kTargets);
      VectorF intercepts = VectorF::Constant(kTargets, kNaN);
      refitBanded(spaces, setup, targets, choices, kept, store, intercepts, Job{});
      for (Index t = 0; t < kTargets; ++t) {
        const auto [weights, own] =
            refitByHand(given, setup.gammas.row(t % 4), y.col(t), choices.penalty[t], intercept);
        const double missed = test::largestDifference(store.weights.col(t), weights);
        QVERIFY2(missed < 1e-5, qPrintable(QString::number(missed)));
        QVERIFY(std::abs(double(intercepts[t]) - own) < 1e-4);
      }
      QCOMPARE(store.writes.size(), std::size_t(spaces.plan.stripCount()));
      QVERIFY(std::ranges::all_of(store.writes, [](const auto& write) { return write.second == 1; }));
    }
  }

 private:
  static std::pair<VectorD, double> refitByHand(const std::vector<MatrixF>& spaces,
                                                const Eigen::RowVectorXd& gammas, const VectorF& given,
                                                double penalty, bool intercept) {
    const VectorD exact = given.cast<double>();
    const double mean = intercept ? exact.mean() : 0.0;
    MatrixD gram = penalty * MatrixD::Identity(kSamples, kSamples),
            all(kSamples, spaces[0].cols() + spaces[1].cols());
    all << spaces[0].cast<double>(), spaces[1].cast<double>();
    const Eigen::RowVectorXd featureMean =
        intercept ? Eigen::RowVectorXd(all.colwise().mean()) : Eigen::RowVectorXd::Zero(all.cols());
    VectorD scale(all.cols());
    scale << VectorD::Constant(spaces[0].cols(), gammas[0]), VectorD::Constant(spaces[1].cols(), gammas[1]);
    const MatrixD centred = all.rowwise() - featureMean;
    gram += centred * scale.asDiagonal() * centred.transpose();
    const VectorD own = exact.array() - mean, dual = Eigen::LDLT<MatrixD>(gram).solve(own);
    const VectorD weights = scale.asDiagonal() * (centred.transpose() * dual);
    return {weights, mean - featureMean.dot(weights)};
  }
};

QTEST_APPLESS_MAIN(TestLeakage)
#include "tst_leakage.moc"
