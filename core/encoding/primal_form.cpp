// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/primal_form.h"

#include <algorithm>
#include <vector>

#include "base/dense.h"
#include "encoding/band_product.h"
#include "encoding/primal_design.h"
#include "encoding/ridge_score.h"

namespace cortexscope {
namespace {

template <class Scalar>
struct PrimalFold {
  RidgeFold rows;
  Index trainingCount = 0;
  VectorD values, trainingMean, scoredSum;
  BandProduct<Scalar> filter;
  PackedOperator<Scalar> scoredRows,
      heldRows;                          // (features + a row of ones) x rows; held only where there is a gap
  PackedOperator<Scalar> toCoordinates;  // eigenvectors transposed
  PackedOperator<Scalar> triangle;       // R of the scored rows in the eigenbasis: |X_F b| = |R z|
  PackedOperator<Scalar> curves;         // nodes x features: 1 / (values + node)
  VectorD columnSums;                    // of the scored rows in the eigenbasis
  PackedOperator<Scalar> predictor, toFeatures;  // scored rows x features, eigenvectors; only for predictions
};

/// Memory that a thread works in. What lies in it is known only by the values that point there.
template <class Scalar>
struct PrimalWorkspace {
  AlignedArray<Scalar> targets, scored, held, total, training, right, coordinates, rightCoordinates, scaled,
      filtered, sums, scratch, weights;
  std::vector<AlignedArray<Scalar>> kept;
  std::vector<double> moments, plain;
};

template <class Scalar>
class PrimalForm final : public RidgeForm {
 public:
  PrimalForm(const PrimalDesign& design, const VectorD& featureMean, const RidgeSetup& setup);
  TileFit fit(const ConstMatrixRefF& targets, const TileWants& wants) const override;
  TileWeights refit(const ConstMatrixRefF& targets, const VectorD& penalties) const override;
  std::string name() const override { return sizeof(Scalar) == 4 ? "primal" : "primal, float64"; }
  Index nodeCount() const override { return m_nodes.penalties.size(); }
  double flopsPerTarget() const override;
  Index tileTargets() const override { return 128; }

 private:
  using Workspace = PrimalWorkspace<Scalar>;
  /// Targets without their means, and X' y of rows with the sum of y below.
  struct Loaded {
    VectorD means;
    Panels<Scalar> targets;
    Panels<Scalar> scored,
        held;              // of each fold's rows, from row fold * stride on; held only where there is a gap
    Panels<Scalar> total;  // of all rows
  };
  /// X' y of a fold's training and of its scored rows, both taken from the means of the training rows.
  struct RightSides {
    Panels<Scalar> training, scored;
    std::vector<Scalar> means;  // per lane of all panels: of the target over the training rows
  };
  /// A fold's fit with every node, in the eigenbasis of its training rows.
  struct FoldFit {
    Panels<Scalar> coordinates;  // of X' y of the training rows
    Panels<Scalar>
        filtered;         // row node * stride + i: R z of the node, |R z| being the size of its predictions
    Panels<Scalar> sums;  // over scored rows: row node of prediction * y, below them of predictions
    std::vector<Scalar> means;  // as RightSides
  };
  Index stride() const { return roundedUp(m_features + 1, kOperatorRows); }
  PrimalFold<Scalar> packed(const MatrixD& features, const PrimalFoldDesign& design) const;
  Loaded load(const ConstMatrixRefF& given, Workspace& work) const;
  RightSides rightSides(std::size_t f, const Loaded& loaded, Workspace& work) const;
  FoldFit fitFold(std::size_t f, RightSides&& right, AlignedArray<Scalar>& coordinates,
                  Workspace& work) const;
  void addMoments(std::size_t f, const Loaded& loaded, const FoldFit& fit, Index panel, Workspace& work,
                  ScoreRule::Sum& sum) const;
  MatrixF predictions(const Loaded& loaded, const std::vector<FoldFit>& fits, const VectorD& penalties,
                      Workspace& work) const;
  TileWeights weightsOf(const Loaded& loaded, const VectorD& penalties, Workspace& work) const;

  RidgeSetup m_setup;
  Index m_samples, m_features;
  NodePenalties m_nodes;
  ScoreRule m_rule;
  VectorD m_values;                                      // of all rows
  PackedOperator<Scalar> m_toCoordinates, m_toFeatures;  // of all rows
  VectorF m_featureMean;
  std::vector<PrimalFold<Scalar>> m_folds;
  AlignedArray<Scalar> m_ones;
  mutable WorkspacePool<Workspace> m_pool;
};

MatrixD withOnes(const ConstMatrixRefD& rows) {
  MatrixD extended(rows.cols() + 1, rows.rows());
  extended.topRows(rows.cols()) = rows.transpose();
  extended.bottomRows(1).setOnes();
  return extended;
}

template <class Scalar>
PrimalForm<Scalar>::PrimalForm(const PrimalDesign& design, const VectorD& featureMean,
                               const RidgeSetup& setup)
    : m_setup(setup),
      m_samples(design.features.rows()),
      m_features(design.features.cols()),
      m_nodes(design.nodes),
      m_rule(design.nodes, setup.penalties, setup.metric, false),
      m_values(design.whole.values),
      m_toCoordinates(design.whole.vectors.transpose()),
      m_toFeatures(design.whole.vectors),
      m_featureMean(featureMean.cast<float>()) {
  Index most = 0;
  for (const PrimalFoldDesign& fold : design.folds) {
    most = std::max(most, fold.rows.count);
    m_folds.push_back(packed(design.features, fold));
  }
  m_ones = AlignedArray<Scalar>(most * kPanelTargets<Scalar>);
  std::fill_n(m_ones.data(), m_ones.size(), Scalar(1));
}

template <class Scalar>
PrimalFold<Scalar> PrimalForm<Scalar>::packed(const MatrixD& features, const PrimalFoldDesign& design) const {
  const RidgeFold& rows = design.rows;
  const VectorD& values = design.eigen.values;
  const auto scored = features.middleRows(rows.first, rows.count);
  const MatrixD shifted = scored.rowwise() - design.trainingMean.transpose();
  const MatrixD inBasis = product(shifted, design.eigen.vectors);
  MatrixD curves(nodeCount(), m_features);
  for (Index node = 0; node < nodeCount(); ++node)
    curves.row(node) = (values.array() + m_nodes.penalties[node]).inverse();
  PrimalFold<Scalar> fold{rows,
                          m_samples - rows.heldCount,
                          values,
                          design.trainingMean,
                          design.scoredSum,
                          BandProduct<Scalar>(planBands(values, m_nodes.penalties, m_setup.bandTolerance()),
                                              m_nodes.penalties, false),
                          PackedOperator<Scalar>(withOnes(scored)),
                          {},
                          PackedOperator<Scalar>(design.eigen.vectors.transpose()),
                          PackedOperator<Scalar>(triangularFactor(inBasis)),
                          PackedOperator<Scalar>(curves),
                          inBasis.colwise().sum().transpose(),
                          {},
                          {}};
  if (rows.heldCount != rows.count)
    fold.heldRows = PackedOperator<Scalar>(withOnes(features.middleRows(rows.heldFirst, rows.heldCount)));
  if (m_setup.predictions) {
    fold.predictor = PackedOperator<Scalar>(shifted);
    fold.toFeatures = PackedOperator<Scalar>(design.eigen.vectors);
  }
  return fold;
}

template <class Scalar>
typename PrimalForm<Scalar>::Loaded PrimalForm<Scalar>::load(const ConstMatrixRefF& given,
                                                             Workspace& work) const {
  const Index count = panelCount<Scalar>(given.cols()), folds = static_cast<Index>(m_folds.size());
  const Loaded loaded{columnMeans(given, m_setup.intercept), panelsIn(work.targets, m_samples, count),
                      panelsIn(work.scored, folds * stride(), count),
                      panelsIn(work.held, folds * stride(), count), panelsIn(work.total, stride(), count)};
  loadPanels(given, loaded.means, loaded.targets);
  for (Index f = 0; f < folds; ++f) {
    const PrimalFold<Scalar>& fold = m_folds[static_cast<std::size_t>(f)];
    multiply(fold.scoredRows, loaded.targets, fold.rows.first, loaded.scored, f * stride());
    if (fold.heldRows.rows() > 0)
      multiply(fold.heldRows, loaded.targets, fold.rows.heldFirst, loaded.held, f * stride());
  }
  const Index numbers = stride() * kPanelTargets<Scalar>;
  for (Index panel = 0; panel < count; ++panel) {
    Scalar* total = loaded.total.at(panel, 0);
    std::fill_n(total, numbers, Scalar(0));
    for (Index f = 0; f < folds; ++f)
      for (Index i = 0; i < numbers; ++i) total[i] += loaded.scored.at(panel, f * stride())[i];
  }
  return loaded;
}

template <class Scalar>
typename PrimalForm<Scalar>::RightSides PrimalForm<Scalar>::rightSides(std::size_t f, const Loaded& loaded,
                                                                       Workspace& work) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  const PrimalFold<Scalar>& fold = m_folds[f];
  const Index count = loaded.targets.count, at = static_cast<Index>(f) * stride();
  const Panels<Scalar>& held = fold.heldRows.rows() > 0 ? loaded.held : loaded.scored;
  RightSides right{panelsIn(work.training, stride(), count), panelsIn(work.right, stride(), count),
                   std::vector<Scalar>(static_cast<std::size_t>(count * kWidth), Scalar(0))};
  for (Index panel = 0; panel < count; ++panel) {
    Scalar* means = right.means.data() + panel * kWidth;
    const Scalar* sums = loaded.scored.at(panel, at + m_features);
    for (Index lane = 0; lane < kWidth && m_setup.intercept; ++lane)
      means[lane] = (loaded.total.at(panel, m_features)[lane] - held.at(panel, at + m_features)[lane]) /
                    Scalar(fold.trainingCount);
    for (Index i = 0; i < m_features; ++i) {
      const auto mean = Scalar(fold.trainingMean[i]);
      const auto fromTraining = Scalar(double(fold.trainingCount) * fold.trainingMean[i]);
      const auto fromScored = Scalar(fold.scoredSum[i] - double(fold.rows.count) * fold.trainingMean[i]);
      const Scalar *all = loaded.total.at(panel, i), *out = held.at(panel, at + i),
                   *own = loaded.scored.at(panel, at + i);
      Scalar *toTraining = right.training.at(panel, i), *toScored = right.scored.at(panel, i);
      for (Index lane = 0; lane < kWidth; ++lane) {
        toTraining[lane] = all[lane] - out[lane] - fromTraining * means[lane];
        toScored[lane] = own[lane] - mean * sums[lane] - fromScored * means[lane];
      }
    }
  }
  return right;
}

template <class Scalar>
typename PrimalForm<Scalar>::FoldFit PrimalForm<Scalar>::fitFold(std::size_t f, RightSides&& right,
                                                                 AlignedArray<Scalar>& coordinates,
                                                                 Workspace& work) const {
  const PrimalFold<Scalar>& fold = m_folds[f];
  const Index count = right.training.count, curveRows = fold.curves.paddedRows();
  FoldFit fit{panelsIn(coordinates, stride(), count),
              {},
              panelsIn(work.sums, 2 * curveRows, count),
              std::move(right.means)};
  const Panels<Scalar> scored = panelsIn(work.rightCoordinates, 2 * stride(), count);
  multiply(fold.toCoordinates, right.training, 0, fit.coordinates, 0);
  multiply(fold.toCoordinates, right.scored, 0, scored, 0);
  const ScaledPanels<Scalar> scaled = fold.filter.scale(fit.coordinates, work.scaled);
  fit.filtered = fold.filter.apply(fold.triangle, true, scaled, fit.coordinates, 0, stride(), work.filtered,
                                   work.scratch);
  for (Index panel = 0; panel < count; ++panel)
    for (Index i = 0; i < m_features; ++i) {
      const auto columnSum = Scalar(fold.columnSums[i]);
      const Scalar* z = fit.coordinates.at(panel, i);
      Scalar *cross = scored.at(panel, i), *plain = scored.at(panel, stride() + i);
      for (Index lane = 0; lane < kPanelTargets<Scalar>; ++lane)
        cross[lane] *= z[lane], plain[lane] = columnSum * z[lane];
    }
  multiply(fold.curves, scored, 0, fit.sums, 0);
  multiply(fold.curves, scored, stride(), fit.sums, curveRows);
  return fit;
}

/// Inner products of 1, y and the nodes' predictions over the scored rows, without forming predictions.
template <class Scalar>
void PrimalForm<Scalar>::addMoments(std::size_t f, const Loaded& loaded, const FoldFit& fit, Index panel,
                                    Workspace& work, ScoreRule::Sum& sum) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  const PrimalFold<Scalar>& fold = m_folds[f];
  const Index nodes = nodeCount(), curveRows = fold.curves.paddedRows();
  const auto size = [](Index pairs) { return static_cast<std::size_t>(pairs * kWidth); };
  std::vector<const Scalar*> series{m_ones.data(), loaded.targets.at(panel, fold.rows.first)};
  work.plain.assign(size(nodes * (nodes + 1) / 2 + 3), 0.0);
  panelKernels<Scalar>().moments(series.data(), 2, fold.rows.count, work.plain.data());
  work.moments.assign(size(m_rule.momentCount()), 0.0);
  double* moments = work.moments.data();
  for (Index lane = 0; lane < kWidth; ++lane) {
    const double n = double(fold.rows.count), mean = double(fit.means[size(panel) + std::size_t(lane)]);
    const double y = work.plain[size(1) + std::size_t(lane)], yy = work.plain[size(2) + std::size_t(lane)];
    moments[lane] = n;
    moments[ScoreRule::place(1, 0) * kWidth + lane] = y - n * mean;
    moments[ScoreRule::place(1, 1) * kWidth + lane] = yy - 2 * mean * y + n * mean * mean;
  }
  series.clear();
  for (Index node = 0; node < nodes; ++node) series.push_back(fit.filtered.at(panel, node * stride()));
  std::fill(work.plain.begin(), work.plain.end(), 0.0);
  panelKernels<Scalar>().moments(series.data(), static_cast<int>(nodes), m_features, work.plain.data());
  for (Index i = 0; i < nodes; ++i) {
    for (Index j = 0; j <= i; ++j)
      std::copy_n(work.plain.data() + ScoreRule::place(i, j) * kWidth, kWidth,
                  moments + ScoreRule::place(i + 2, j + 2) * kWidth);
    for (Index lane = 0; lane < kWidth; ++lane) {
      moments[ScoreRule::place(i + 2, 0) * kWidth + lane] = double(fit.sums.at(panel, curveRows + i)[lane]);
      moments[ScoreRule::place(i + 2, 1) * kWidth + lane] = double(fit.sums.at(panel, i)[lane]);
    }
  }
  sum.add(moments, fold.rows.count);
}

template <class Scalar>
MatrixF PrimalForm<Scalar>::predictions(const Loaded& loaded, const std::vector<FoldFit>& fits,
                                        const VectorD& penalties, Workspace& work) const {
  const Index count = loaded.targets.count;
  MatrixF outOfFold(m_samples, penalties.size());
  for (std::size_t f = 0; f < fits.size(); ++f) {
    const PrimalFold<Scalar>& fold = m_folds[f];
    const Panels<Scalar> filtered = panelsIn(work.right, stride(), count),
                         weights = panelsIn(work.weights, stride(), count);
    const Panels<Scalar> predicted = panelsIn(work.filtered, fold.predictor.paddedRows(), count);
    filterPanels(fits[f].coordinates, fold.values, penalties, filtered);
    multiply(fold.toFeatures, filtered, 0, weights, 0);
    multiply(fold.predictor, weights, 0, predicted, 0);
    auto rows = outOfFold.middleRows(fold.rows.first, fold.rows.count);
    storePanels<Scalar>(predicted, 0, rows);
    if (!m_setup.intercept) continue;
    for (Index t = 0; t < outOfFold.cols(); ++t)
      rows.col(t).array() += float(loaded.means[t] + double(fits[f].means[static_cast<std::size_t>(t)]));
  }
  return outOfFold;
}

template <class Scalar>
TileWeights PrimalForm<Scalar>::weightsOf(const Loaded& loaded, const VectorD& penalties,
                                          Workspace& work) const {
  const Index count = loaded.total.count;
  const Panels<Scalar> coordinates = panelsIn(work.coordinates, stride(), count);
  const Panels<Scalar> weights = panelsIn(work.weights, stride(), count);
  multiply(m_toCoordinates, loaded.total, 0, coordinates, 0);
  filterPanels(coordinates, m_values, penalties, coordinates);
  multiply(m_toFeatures, coordinates, 0, weights, 0);
  TileWeights made{MatrixF(m_features, penalties.size()), {}};
  storePanels<Scalar>(weights, 0, made.weights);
  made.intercept = loaded.means.template cast<float>() - made.weights.transpose() * m_featureMean;
  return made;
}

template <class Scalar>
TileFit PrimalForm<Scalar>::fit(const ConstMatrixRefF& given, const TileWants& wants) const {
  const auto work = m_pool.lend();
  const Loaded loaded = load(given, *work);
  const Index count = loaded.targets.count;
  std::vector<ScoreRule::Sum> sums(static_cast<std::size_t>(count),
                                   ScoreRule::Sum(m_rule, kPanelTargets<Scalar>));
  std::vector<FoldFit> kept;
  const std::size_t folds = wants.folds > 0 ? static_cast<std::size_t>(wants.folds) : m_folds.size();
  work->kept.resize(std::max(work->kept.size(), wants.predictions ? folds : std::size_t{1}));
  for (std::size_t f = 0; f < folds; ++f) {
    FoldFit fit = fitFold(f, rightSides(f, loaded, *work), work->kept[wants.predictions ? f : 0], *work);
    for (Index panel = 0; panel < count; ++panel)
      addMoments(f, loaded, fit, panel, *work, sums[static_cast<std::size_t>(panel)]);
    if (wants.predictions) kept.push_back(std::move(fit));
  }
  TileFit fit = chooseAll(sums, given.cols());
  const VectorD penalties = m_setup.penalties(fit.best);
  if (wants.predictions) fit.outOfFold = predictions(loaded, kept, penalties, *work);
  if (wants.weights) fit.refit = weightsOf(loaded, penalties, *work);
  return fit;
}

template <class Scalar>
TileWeights PrimalForm<Scalar>::refit(const ConstMatrixRefF& given, const VectorD& penalties) const {
  const auto work = m_pool.lend();
  return weightsOf(load(given, *work), penalties, *work);
}

template <class Scalar>
double PrimalForm<Scalar>::flopsPerTarget() const {
  const auto p = double(m_features);
  double flops = 2 * double(m_samples) * p + (m_setup.weights ? 4 * p * p : 0.0);
  for (const PrimalFold<Scalar>& fold : m_folds) {
    flops += 4 * p * p;  // both right sides into the eigenbasis
    flops += p * fold.filter.depth() + 2 * p * double(nodeCount()) * double(fold.filter.pairs());
    flops += p * double(nodeCount()) * double(nodeCount() + 5);
    if (fold.heldRows.rows() > 0) flops += 2 * double(fold.rows.heldCount) * p;
  }
  return flops;
}

}  // namespace

std::unique_ptr<RidgeForm> makePrimalForm(MatrixD features, const VectorD& featureMean,
                                          const RidgeSetup& setup, const Job& job) {
  const PrimalDesign design = designPrimal(std::move(features), setup, job);
  if (design.float64) return std::make_unique<PrimalForm<double>>(design, featureMean, setup);
  return std::make_unique<PrimalForm<float>>(design, featureMean, setup);
}

}  // namespace cortexscope
