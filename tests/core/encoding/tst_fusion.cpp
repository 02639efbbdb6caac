// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Cholesky>
#include <cmath>

#include "core/encoding/synthetic.h"
#include "encoding/fusion.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

double objective(const MatrixD& gram, const VectorD& rightSide, const VectorD& weights) {
  return weights.dot(gram * weights) - 2 * rightSide.dot(weights);
}

/// Tries every set of weights that are allowed to differ from zero.
VectorD bruteForce(const MatrixD& gram, const VectorD& rightSide) {
  const Index count = rightSide.size();
  VectorD best = VectorD::Zero(count);
  for (unsigned set = 1; set < (1u << count); ++set) {
    std::vector<Index> active;
    for (Index s = 0; s < count; ++s)
      if (set >> s & 1u) active.push_back(s);
    const VectorD part =
        Eigen::LDLT<MatrixD>(MatrixD(gram(active, active))).solve(VectorD(rightSide(active)));
    if (part.minCoeff() < 0) continue;
    VectorD weights = VectorD::Zero(count);
    for (std::size_t i = 0; i < active.size(); ++i) weights[active[i]] = part[Index(i)];
    if (objective(gram, rightSide, weights) < objective(gram, rightSide, best)) best = weights;
  }
  return best;
}

/// Series that share a common part, as predictions of neighbouring layers do.
MatrixD alike(Index rows, Index cols, double shared, unsigned seed) {
  const MatrixD own = gaussian(rows, cols, seed).cast<double>();
  const VectorD common = gaussian(rows, 1, seed + 1000).cast<double>().col(0);
  return (std::sqrt(1 - shared) * own).colwise() + std::sqrt(shared) * common;
}

}  // namespace

class TestFusion : public QObject {
  Q_OBJECT
 private slots:
  void equalsBruteForce_data() {
    QTest::addColumn<double>("shared");
    QTest::newRow("independent") << 0.0;
    QTest::newRow("alike") << 0.9;
    QTest::newRow("very alike") << 0.99;
    QTest::newRow("nearly the same") << 0.9999;
  }

  void equalsBruteForce() {
    QFETCH(double, shared);
    int held = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
      const MatrixD x = alike(60, 5, shared, seed);
      const VectorD y = x * gaussian(5, 1, seed + 50).cast<double>().col(0) +
                        2 * gaussian(60, 1, seed + 90).cast<double>().col(0);
      const MatrixD gram = x.transpose() * x;
      const VectorD rightSide = x.transpose() * y;
      const VectorD weights = solveNonNegative(gram, rightSide), twin = bruteForce(gram, rightSide);
      QVERIFY(weights.minCoeff() >= 0);
      QVERIFY2(
          objective(gram, rightSide, weights) <= objective(gram, rightSide, twin) + 1e-6 * y.squaredNorm(),
          qPrintable(QString("seed %1").arg(seed)));
      if (shared <= 0.9) QVERIFY(test::largestDifference(weights, twin) < 1e-6);
      held += int((twin.array() == 0.0).count());
    }
    QVERIFY2(held > 20, "the bounds at zero were not put to the test");
  }

  void degenerateSystems() {
    const MatrixD zero = MatrixD::Zero(3, 3);
    QVERIFY((solveNonNegative(zero, VectorD::Zero(3)).array() == 0.0).all());
    const MatrixD twins = MatrixD::Constant(2, 2, 4.0);  // the same prediction twice
    const VectorD weights = solveNonNegative(twins, VectorD::Constant(2, 6.0));
    QVERIFY(weights.minCoeff() >= 0);
    QVERIFY(std::abs(weights.sum() - 1.5) < 1e-9);
    QVERIFY((solveNonNegative(MatrixD::Identity(2, 2), VectorD::Constant(2, -1.0)).array() == 0.0).all());
  }

  void uselessSpaceGetsNoWeight() {
    const Runs folds = runsOf({100, 150, 150});
    const MatrixF useful = gaussian(400, 3, 1), useless = gaussian(400, 3, 2), noise = gaussian(400, 3, 3);
    const MatrixF truth = useful + 0.5f * noise;
    const FusionFit fit = fitFusion({useful, useless}, truth, folds);
    for (Index t = 0; t < 3; ++t) {
      QVERIFY(std::abs(fit.weights(0, t) - 1.0f) < 0.08f);
      QVERIFY(fit.weights(1, t) >= 0.0f && fit.weights(1, t) < 0.08f);
    }
  }

  void twoHalvesAreAddedUp() {
    const Runs folds = runsOf({40, 60});
    const MatrixF a = gaussian(100, 1, 4), b = gaussian(100, 1, 5);
    const FusionFit fit = fitFusion({a, b}, 0.75f * a + 2.0f * b, folds);
    QVERIFY(std::abs(fit.weights(0, 0) - 0.75f) < 1e-5f);
    QVERIFY(std::abs(fit.weights(1, 0) - 2.0f) < 1e-5f);
    QVERIFY(test::largestDifference(fit.outOfFold, (0.75f * a + 2.0f * b)) < 1e-5f);
  }

  void aRunIsFusedByTheOthers() {
    const Runs folds = runsOf({20, 30, 25});
    const std::vector<MatrixF> predictions{gaussian(75, 2, 6), gaussian(75, 2, 7)};
    const MatrixF truth = predictions[0] + predictions[1] + gaussian(75, 2, 8);
    const FusionFit before = fitFusion(predictions, truth, folds);
    for (const Run& run : folds) {
      MatrixF changed = truth;
      changed.middleRows(run.firstSample, run.sampleCount) *= -10.0f;
      const FusionFit after = fitFusion(predictions, changed, folds);
      for (const Run& other : folds) {
        const MatrixF difference =
            (before.outOfFold - after.outOfFold).middleRows(other.firstSample, other.sampleCount);
        QCOMPARE(difference.cwiseAbs().maxCoeff() < 1e-4f, other.id == run.id);
      }
    }
  }
};

QTEST_APPLESS_MAIN(TestFusion)
#include "tst_fusion.moc"
