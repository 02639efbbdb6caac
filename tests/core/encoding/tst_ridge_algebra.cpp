// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/LU>
#include <cmath>
#include <functional>

#include "core/encoding/synthetic.h"
#include "encoding/band_product.h"
#include "encoding/dual_design.h"
#include "encoding/dual_form.h"
#include "encoding/primal_design.h"
#include "encoding/primal_form.h"
#include "encoding/ridge_plan.h"
#include "encoding/ridge_score.h"
#include "support/expect.h"

// The parts that both forms of ridge are made of, each against its formula written out.
using namespace cortexscope;
using test::gaussian;
using test::logGrid;
using test::runsOf;

namespace {

RidgeSetup setupFor(const std::vector<Index>& folds, Index gap, bool intercept) {
  RidgeSetup setup;
  const Runs runs = runsOf(folds);
  setup.folds = ridgeFolds(runs, sampleCount(runs), gap);
  setup.penalties = logGrid(0.1, 1e4, 12);
  setup.intercept = intercept;
  return setup;
}

MatrixD gaussianD(Index rows, Index cols, unsigned seed) {
  return gaussian(rows, cols, seed).cast<double>();
}

MatrixD trainingRows(const MatrixD& values, const RidgeFold& fold) {
  const Index end = fold.heldFirst + fold.heldCount;
  MatrixD rest(values.rows() - fold.heldCount, values.cols());
  rest << values.topRows(fold.heldFirst), values.bottomRows(values.rows() - end);
  return rest;
}

MatrixD centred(const MatrixD& values, bool wanted) {
  return wanted ? MatrixD(values.rowwise() - values.colwise().mean()) : values;
}

/// Targets in panels with room for `rows` rows.
template <class Scalar>
Panels<Scalar> loaded(const MatrixD& values, Index rows, AlignedArray<Scalar>& memory) {
  const Panels<Scalar> panels = panelsIn(memory, rows, panelCount<Scalar>(values.cols()));
  loadPanels<Scalar>(MatrixF(values.cast<float>()), VectorD::Zero(values.cols()), panels);
  return panels;
}

/// Every node's rows of a band product, and the same by one product per node.
template <class Scalar>
double bandProductError(const MatrixD& matrix, const VectorD& values, const VectorD& nodes, const MatrixD& x,
                        const MatrixD& rest, bool triangular, bool identity) {
  const BandProduct<Scalar> product(planBands(values, nodes, 1e-9), nodes, identity);
  AlignedArray<Scalar> in, other, copies, memory, scratch;
  const Panels<Scalar> panels = loaded(x, roundedUp(x.rows(), kOperatorRows), in);
  const Panels<Scalar> restPanels = loaded(rest, rest.rows(), other);
  const PackedOperator<Scalar> packed(matrix);
  const Index stride = packed.paddedRows() + kOperatorRows;
  const Panels<Scalar> out = product.apply(packed, triangular, product.scale(panels, copies), restPanels, 2,
                                           stride, memory, scratch);
  double worst = 0;
  for (Index node = 0; node < nodes.size(); ++node) {
    MatrixD expected = matrix * (values.array() + nodes[node]).inverse().matrix().asDiagonal() * x;
    if (identity) expected += (rest.middleRows(2, matrix.rows()) - matrix * x) / nodes[node];
    MatrixF found(matrix.rows(), x.cols());
    storePanels<Scalar>(out, node * stride, found);
    worst = std::max(worst, test::largestDifference(found, expected) / expected.cwiseAbs().maxCoeff());
  }
  return worst;
}

double scoreOf(const VectorD& truth, const VectorD& predicted, RidgeMetric metric) {
  const double error = (truth - predicted).squaredNorm();
  if (metric == RidgeMetric::NegativeMse) return -error / double(truth.size());
  if (metric == RidgeMetric::R2) return 1 - error / (truth.array() - truth.mean()).matrix().squaredNorm();
  return test::correlation(truth, predicted);
}

/// Inner products of series, as the kernels lay them out for one lane.
std::vector<double> momentsOf(const std::vector<VectorD>& series) {
  std::vector<double> moments;
  for (std::size_t i = 0; i < series.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) moments.push_back(series[i].dot(series[j]));
  return moments;
}

}  // namespace

class TestRidgeAlgebra : public QObject {
  Q_OBJECT

 private slots:
  void nodesStandForAllPenalties_data() {
    QTest::addColumn<int>("penalties");
    QTest::addColumn<double>("tolerance");
    QTest::addColumn<bool>("relative");
    QTest::newRow("20, coarse") << 20 << 1e-2 << false;
    QTest::newRow("20") << 20 << 1e-4 << false;
    QTest::newRow("100") << 100 << 1e-4 << false;
    QTest::newRow("100, fine") << 100 << 1e-6 << false;
    QTest::newRow("20, relative") << 20 << 1e-4 << true;
  }

  void nodesStandForAllPenalties() {
    QFETCH(int, penalties);
    QFETCH(double, tolerance);
    QFETCH(bool, relative);
    const VectorD grid = logGrid(1, 1e6, penalties), spectrum = logGrid(1e-3, 1e4, 300);
    const NodePenalties nodes = chooseNodes(grid, spectrum, tolerance, relative);
    QVERIFY(nodes.penalties.size() <= 20 && (relative || nodes.coefficients.cwiseAbs().maxCoeff() <= 10));
    for (Index a = 0; a < grid.size(); ++a) {
      const double scale = relative ? 1e4 / (1e4 + grid[a]) : 1.0;
      for (const double l : spectrum) {
        double sum = 0;
        for (Index j = 0; j < nodes.penalties.size(); ++j)
          sum += nodes.coefficients(a, j) * l / (l + nodes.penalties[j]);
        QVERIFY(std::abs(sum - l / (l + grid[a])) < 2 * tolerance * scale);
      }
    }
    QCOMPARE(chooseNodes(grid, spectrum, 0).penalties, grid);
  }

  void bandsStandForAllNodes_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("zeros");
    QTest::addColumn<double>("tolerance");
    QTest::addColumn<int>("mostBands");
    QTest::newRow("wide, with zeros") << 1e-2 << 1e4 << 60 << 1e-4 << 20;
    QTest::newRow("wide, fine") << 1e-2 << 1e4 << 0 << 1e-8 << 20;
    QTest::newRow("below all nodes") << 1e-9 << 1e-6 << 10 << 1e-4 << 1;
    QTest::newRow("above all nodes") << 1e12 << 1e13 << 0 << 1e-4 << 1;
    QTest::newRow("all the same") << 7.0 << 7.0 << 0 << 1e-4 << 1;
  }

  void bandsStandForAllNodes() {
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, zeros);
    QFETCH(double, tolerance);
    QFETCH(int, mostBands);
    VectorD values = logGrid(low, high, 500);
    values.head(zeros).setZero();
    const VectorD nodes = logGrid(1, 1e6, 11);
    const std::vector<SpectralBand> bands = planBands(values, nodes, tolerance);
    QVERIFY(std::ssize(bands) <= mostBands);
    Index next = 0, pairs = 0, depth = 0;
    for (const SpectralBand& band : bands) {
      QCOMPARE(band.first, next);
      QCOMPARE(band.firstPair, pairs);
      next += band.count;
      pairs += band.basis.rows();
      depth += band.basis.rows() * band.count;
      const MatrixD curves = band.mix * band.basis;
      for (Index i = 0; i < band.count; ++i)
        for (Index node = 0; node < nodes.size(); ++node)
          QVERIFY(std::abs(curves(node, i) * (values[band.first + i] + nodes[node]) - 1) < 1.01 * tolerance);
    }
    QCOMPARE(next, values.size());
    QCOMPARE(pairCount(bands), pairs);
    QCOMPARE(pairDepth(bands), depth);
    QVERIFY2(depth < (tolerance < 1e-6 ? 9 : 5) * values.size(), qPrintable(QString::number(depth)));
    if (mostBands == 1) QCOMPARE(pairs, Index{1});
    QVERIFY(planBands(VectorD(), nodes, tolerance).empty());
  }

  void panelsHoldTargets_data() {
    QTest::addColumn<int>("targets");
    for (const int targets : {1, 15, 16, 17, 31, 32, 33, 101})
      QTest::addRow("%d targets", targets) << targets;
  }

  void panelsHoldTargets() {
    QFETCH(int, targets);
    holdsTargets<float>(targets, 1e-6);
    holdsTargets<double>(targets, 2e-7);  // both sides are rounded to float32
  }

  void meansAreSummedInFloat64() {
    MatrixF large = gaussian(5000, 3, 8);
    large.array() += 1e5f;
    const VectorD expected = large.cast<double>().colwise().mean().transpose();
    QVERIFY(test::largestDifference(columnMeans(large, true), expected) < 1e-9);
    QVERIFY(columnMeans(large, false).isZero(0) && columnMeans(MatrixF(0, 3), true).isZero(0));
  }

  void workspacesGoBack() {
    struct Workspace {
      int mark = 0;
    };
    WorkspacePool<Workspace> pool;
    const Workspace* first = nullptr;
    try {
      const auto one = pool.lend(), two = pool.lend();
      one->mark = 1;
      first = &*one;
      QVERIFY(&*one != &*two && two->mark == 0);
      throw Cancelled{};
    } catch (const Cancelled&) {
    }
    const auto again = pool.lend(), other = pool.lend(), fresh = pool.lend();
    QVERIFY(&*again == first || &*other == first);
    QCOMPARE(again->mark + other->mark, 1);
    QCOMPARE(fresh->mark, 0);
  }

  void bandProductEqualsItsFormula_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<bool>("triangular");
    QTest::addColumn<bool>("identity");
    QTest::newRow("one number") << 1 << 1 << false << false;
    QTest::newRow("small") << 13 << 37 << false << false;
    QTest::newRow("small, with the rest") << 13 << 37 << false << true;
    QTest::newRow("deeper than a block") << 30 << 700 << false << false;
    QTest::newRow("deeper than a block, with the rest") << 30 << 700 << false << true;
    QTest::newRow("more rows than a block") << 150 << 20 << false << true;
    QTest::newRow("triangular") << 90 << 90 << true << false;
    QTest::newRow("nothing but the rest") << 14 << 0 << false << true;
  }

  void bandProductEqualsItsFormula() {
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(bool, triangular);
    QFETCH(bool, identity);
    MatrixD matrix = gaussianD(rows, columns, 1);
    if (triangular) matrix = matrix.triangularView<Eigen::Upper>().toDenseMatrix();
    VectorD values = columns > 1 ? logGrid(1e-3, 1e4, columns) : VectorD::Constant(columns, 3.0);
    const VectorD nodes = logGrid(0.1, 1e3, 5);
    const MatrixD x = gaussianD(columns, 37, 2), rest = gaussianD(rows + 2, 37, 3);
    const double inFloat = bandProductError<float>(matrix, values, nodes, x, rest, triangular, identity);
    const double inDouble = bandProductError<double>(matrix, values, nodes, x, rest, triangular, identity);
    QVERIFY2(inFloat < 1e-5, qPrintable(QString::number(inFloat)));
    QVERIFY2(inDouble < 2e-7,
             qPrintable(QString::number(inDouble)));  // values are given and taken in float32
  }

  void scoresFollowFromMoments_data() {
    QTest::addColumn<int>("metric");
    QTest::addColumn<bool>("residuals");
    for (const int metric : {0, 1, 2})
      for (const bool residuals : {false, true})
        QTest::addRow("metric %d from %s", metric, residuals ? "residuals" : "predictions")
            << metric << residuals;
  }

  void scoresFollowFromMoments() {
    QFETCH(int, metric);
    QFETCH(bool, residuals);
    const NodePenalties nodes{logGrid(1, 100, 3), gaussianD(6, 3, 4)};
    const VectorD penalties = logGrid(1, 1000, 6);
    const ScoreRule rule(nodes, penalties, RidgeMetric(metric), residuals);
    ScoreRule::Sum sum(rule, 1);
    VectorD expected = VectorD::Zero(6);
    double plain = 0;
    for (const Index rows : {40, 25}) {
      const VectorD y = gaussianD(rows, 1, unsigned(rows)).col(0).array() + 0.3;
      const MatrixD predicted = gaussianD(rows, 3, unsigned(rows) + 1) + 0.4 * y.replicate(1, 3);
      std::vector<VectorD> series{VectorD::Ones(rows), y};
      for (Index node = 0; node < 3; ++node)
        series.emplace_back(residuals ? VectorD(y - predicted.col(node)) : VectorD(predicted.col(node)));
      sum.add(momentsOf(series).data(), rows);
      for (Index a = 0; a < 6; ++a)
        expected[a] += scoreOf(y, predicted * nodes.coefficients.row(a).transpose(), RidgeMetric(metric)) / 2;
      plain += y.squaredNorm() / double(rows) / 2;
    }
    const TileFit fit = chooseAll({sum}, 1);
    Index best = 0;
    const double score = expected.maxCoeff(&best);
    QCOMPARE(fit.best[0], best);
    QVERIFY(std::abs(fit.score[0] - score) < 1e-9);
    const double gain = metric == 0 ? 1 + score / plain : metric == 1 ? score : std::max(0.0, score) * score;
    QVERIFY(std::abs(fit.gain[0] - gain) < 1e-9);
  }

  void designs_data() {
    QTest::addColumn<int>("gap");
    QTest::addColumn<bool>("intercept");
    for (const int gap : {0, 3})
      for (const bool intercept : {false, true})
        QTest::addRow("gap %d, intercept %d", gap, int(intercept)) << gap << intercept;
  }

  void heldOutBlocksAreInverses_data() { designs_data(); }
  void heldOutBlocksAreInverses() {
    QFETCH(int, gap);
    QFETCH(bool, intercept);
    const RidgeSetup setup = setupFor({20, 15, 25}, gap, intercept);
    const MatrixF x = gaussian(60, 90, 5);
    const MatrixD xc = centred(x.cast<double>(), intercept);
    const VectorD mean = (x.cast<double>() - xc).row(0).transpose();
    const DualDesign design =
        designDual(decomposeGram(xc * xc.transpose(), intercept, Job{}), x, mean, setup, Job{});
    const MatrixD& vectors = design.eigen.vectors;
    QVERIFY(test::largestDifference(vectors * design.eigen.values.asDiagonal() * vectors.transpose(),
                                    xc * xc.transpose()) < 1e-10);
    if (intercept)
      QVERIFY(vectors.colwise().sum().cwiseAbs().maxCoeff() < 1e-12);  // the constant is left out
    QVERIFY(test::largestDifference(design.toFeatures,
                                    xc.transpose() * vectors.rightCols(design.keptCount())) < 1e-4);
    for (std::size_t f = 0; f < setup.folds.size(); ++f)
      for (Index node = 0; node < design.nodes.penalties.size(); ++node) {
        const RidgeFold& fold = setup.folds[f];
        const VectorD curve = (design.eigen.values.array() + design.nodes.penalties[node]).inverse();
        const MatrixD q = vectors * curve.asDiagonal() * vectors.transpose();
        const MatrixD block = q.block(fold.heldFirst, fold.heldFirst, fold.heldCount, fold.heldCount);
        const MatrixD found = design.blocks[f][std::size_t(node)] * block;
        const MatrixD rows = MatrixD::Identity(fold.heldCount, fold.heldCount)
                                 .middleRows(fold.first - fold.heldFirst, fold.count);
        QVERIFY(test::largestDifference(found, rows) < 1e-8);
      }
  }

  void foldsAreDecomposedByTheirTrainingRows_data() { designs_data(); }
  void foldsAreDecomposedByTheirTrainingRows() {
    QFETCH(int, gap);
    QFETCH(bool, intercept);
    const RidgeSetup setup = setupFor({20, 15, 25}, gap, intercept);
    const MatrixD x = centred(gaussianD(60, 7, 6), intercept);
    const PrimalDesign design = designPrimal(x, setup, Job{});
    const auto gramOf = [](const SymmetricEigen& eigen) {
      return MatrixD(eigen.vectors * eigen.values.asDiagonal() * eigen.vectors.transpose());
    };
    QVERIFY(test::largestDifference(gramOf(design.whole), x.transpose() * x) < 1e-10);
    for (const PrimalFoldDesign& fold : design.folds) {
      const MatrixD training = trainingRows(x, fold.rows), own = centred(training, intercept);
      QVERIFY(test::largestDifference(gramOf(fold.eigen), own.transpose() * own) < 1e-10);
      QVERIFY(test::largestDifference(fold.trainingMean, (training - own).row(0).transpose()) < 1e-12);
      QVERIFY(test::largestDifference(
                  fold.scoredSum,
                  x.middleRows(fold.rows.first, fold.rows.count).colwise().sum().transpose()) < 1e-10);
    }
  }

  void stripsCoverEveryTargetOnce_data() {
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("targets");
    QTest::newRow("none") << 100 << 0;
    QTest::newRow("one") << 100 << 1;
    QTest::newRow("one tile") << 100 << 256;
    QTest::newRow("one more") << 100 << 257;
    QTest::newRow("a cortex") << 3600 << 20484;
    QTest::newRow("all voxels") << 3600 << 80001;
    QTest::newRow("very long") << 10000000 << 3000;
  }

  void stripsCoverEveryTargetOnce() {
    QFETCH(int, samples);
    QFETCH(int, targets);
    const RidgePlan plan = planRidge(samples, 10, targets, setupFor({20, 20}, 0, false));
    Index next = 0;
    for (Index s = 0; s < plan.stripCount(); ++s) {
      const TargetStrip strip = plan.strip(s);
      QCOMPARE(strip.first, next);
      QVERIFY(strip.count > 0 && strip.count <= plan.stripTargets);
      next += strip.count;
    }
    QCOMPARE(next, Index(targets));
    QVERIFY(plan.stripTargets == 256 ||
            4.0 * double(samples) * double(plan.stripTargets) <= 16.1 * (1 << 20));
  }

  void planTakesTheCheaperForm_data() {
    QTest::addColumn<int>("features");
    QTest::addColumn<int>("targets");
    QTest::addColumn<bool>("primal");
    QTest::addColumn<double>("offBy");  // plans count on a wide spectrum, which a few features do not have
    QTest::newRow("few features") << 10 << 20000 << true << 8.0;
    QTest::newRow("as many as a fold's rows") << 60 << 20000 << true << 2.0;
    QTest::newRow("more features than samples") << 400 << 20000 << false << 2.0;
    QTest::newRow("more features than samples, no targets") << 400 << 0 << false << 2.0;
  }

  void planTakesTheCheaperForm() {
    QFETCH(int, features);
    QFETCH(int, targets);
    QFETCH(bool, primal);
    QFETCH(double, offBy);
    const RidgeSetup setup = setupFor({60, 60, 60}, 0, false);
    const RidgePlan plan = planRidge(180, features, targets, setup);
    QCOMPARE(plan.primal, primal);
    // What was planned is what the forms count, as far as it can be known before eigenvalues are.
    const MatrixF x = gaussian(180, features, 7);
    const MatrixD exact = x.cast<double>();
    const VectorD mean = VectorD::Zero(features);
    const auto dual =
        makeDualForm(decomposeGram(exact * exact.transpose(), false, Job{}), x, mean, setup, Job{});
    const auto form = primal ? makePrimalForm(exact, mean, setup, Job{}) : nullptr;
    const double counted = primal ? form->flopsPerTarget() : dual->flopsPerTarget();
    QVERIFY2(std::abs(std::log2(plan.flopsPerTarget / counted)) < std::log2(offBy),
             qPrintable(QString::number(plan.flopsPerTarget / counted)));
    if (primal) QVERIFY(counted < dual->flopsPerTarget());
  }

 private:
  template <class Scalar>
  void holdsTargets(Index targets, double tolerance) {
    const MatrixF y = gaussian(9, targets, 3);
    const VectorD means = gaussianD(targets, 1, 4).col(0), values = logGrid(1e-2, 10, 9),
                  penalties = logGrid(0.1, 10, std::max<Index>(targets, 2)).head(targets);
    AlignedArray<Scalar> memory, other;
    const Panels<Scalar> panels = panelsIn(memory, 11, panelCount<Scalar>(targets));
    const Panels<Scalar> filtered = panelsIn(other, 11, panels.count);
    QCOMPARE(panels.count, (targets + kPanelTargets<Scalar> - 1) / kPanelTargets<Scalar>);
    loadPanels(y, means, panels);
    MatrixF back(4, targets),
        expected = (y.cast<double>().rowwise() - means.transpose()).template cast<float>();
    storePanels<Scalar>(panels, 3, back);
    QVERIFY(back == expected.middleRows(3, 4));
    for (Index lane = targets % kPanelTargets<Scalar>; lane > 0 && lane < kPanelTargets<Scalar>; ++lane)
      QCOMPARE(panels.at(panels.count - 1, 8)[lane], Scalar(0));
    filterPanels(panels, values, penalties, filtered);
    storePanels<Scalar>(filtered, 3, back);
    for (Index i = 0; i < 4; ++i)
      for (Index t = 0; t < targets; ++t)
        QVERIFY(std::abs(double(back(i, t)) - double(expected(3 + i, t)) / (values[3 + i] + penalties[t])) <
                tolerance * std::abs(double(back(i, t))));
  }
};

QTEST_APPLESS_MAIN(TestRidgeAlgebra)
#include "tst_ridge_algebra.moc"
