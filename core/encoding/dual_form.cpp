// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/dual_form.h"

#include <algorithm>
#include <vector>

#include "encoding/band_product.h"
#include "encoding/dual_design.h"
#include "encoding/ridge_score.h"

namespace cortexscope {
namespace {

template <class Scalar>
struct DualFold {
  RidgeFold rows;
  PackedOperator<Scalar> vectors;                 // rows H of the eigenvectors
  std::vector<PackedOperator<Scalar>> residuals;  // per node: rows F of the inverse of Q_HH
};

/// Memory that a thread works in. What lies in it is known only by the values that point there.
template <class Scalar>
struct DualWorkspace {
  AlignedArray<Scalar> targets, coordinates, scaled, filtered, scratch, weights;
  std::vector<AlignedArray<Scalar>> series;
  std::vector<double> moments;
};

template <class Scalar>
class DualForm final : public RidgeForm {
 public:
  DualForm(DualDesign&& design, const VectorD& featureMean, const RidgeSetup& setup);
  TileFit fit(const ConstMatrixRefF& targets, const TileWants& wants) const override;
  TileWeights refit(const ConstMatrixRefF& targets, const VectorD& penalties) const override;
  std::string name() const override { return sizeof(Scalar) == 4 ? "dual" : "dual, float64"; }
  Index nodeCount() const override { return m_nodes.penalties.size(); }
  double flopsPerTarget() const override;
  Index tileTargets() const override { return m_samples > 1000 ? 128 : 256; }

 private:
  using Workspace = DualWorkspace<Scalar>;
  /// Targets without their means, and what the kept eigenvectors make of them.
  struct Projected {
    VectorD means;
    Panels<Scalar> targets, coordinates;
  };
  /// What every node makes of a fold's scored rows: residuals, or predictions where r is the metric.
  struct HeldOut {
    Panels<Scalar> series;      // row node * stride + row of F
    std::vector<double> means;  // per lane of all panels: of the target over the training rows
  };
  Projected project(const ConstMatrixRefF& given, Workspace& work) const;
  Index maxHeld(bool scored) const;
  HeldOut holdOut(const DualFold<Scalar>& fold, const Projected& projected,
                  const ScaledPanels<Scalar>& scaled, AlignedArray<Scalar>& series, Workspace& work) const;
  std::vector<double> trainingMeans(const DualFold<Scalar>& fold, const Panels<Scalar>& targets) const;
  void turnIntoPredictions(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                           HeldOut& heldOut) const;
  void addMoments(const DualFold<Scalar>& fold, const Panels<Scalar>& targets, const HeldOut& heldOut,
                  Index panel, std::vector<double>& moments, ScoreRule::Sum& sum) const;
  MatrixF predictions(const Projected& projected, const std::vector<HeldOut>& heldOut,
                      const std::vector<Index>& best) const;
  TileWeights weightsOf(const Projected& projected, const VectorD& penalties, Workspace& work) const;

  RidgeSetup m_setup;
  Index m_samples;
  VectorD m_values;  // kept eigenvalues
  NodePenalties m_nodes;
  ScoreRule m_rule;
  BandProduct<Scalar> m_filter;
  PackedOperator<Scalar> m_toCoordinates;  // kept eigenvectors x samples
  PackedOperator<Scalar> m_toFeatures;     // features x kept eigenvectors
  VectorF m_featureMean;
  std::vector<DualFold<Scalar>> m_folds;
  AlignedArray<Scalar> m_ones;
  mutable WorkspacePool<Workspace> m_pool;
};

template <class Scalar>
DualForm<Scalar>::DualForm(DualDesign&& design, const VectorD& featureMean, const RidgeSetup& setup)
    : m_setup(setup),
      m_samples(design.eigen.vectors.rows()),
      m_values(design.eigen.values.tail(design.keptCount())),
      m_nodes(design.nodes),
      m_rule(design.nodes, setup.penalties, setup.metric, setup.metric != RidgeMetric::R),
      m_filter(design.bands, design.nodes.penalties, design.nullCount > 0),
      m_featureMean(featureMean.cast<float>()) {
  const auto kept = design.eigen.vectors.rightCols(m_values.size());
  m_toCoordinates = PackedOperator<Scalar>(kept.transpose());
  if (m_setup.weights) m_toFeatures = PackedOperator<Scalar>(design.toFeatures);
  for (std::size_t f = 0; f < m_setup.folds.size(); ++f) {
    const RidgeFold& fold = m_setup.folds[f];
    m_folds.push_back({fold, PackedOperator<Scalar>(kept.middleRows(fold.heldFirst, fold.heldCount)), {}});
    for (MatrixD& block : design.blocks[f]) {
      m_folds.back().residuals.emplace_back(block);
      block.resize(0, 0);
    }
  }
  m_ones = AlignedArray<Scalar>(maxHeld(true) * kPanelTargets<Scalar>);
  std::fill_n(m_ones.data(), m_ones.size(), Scalar(1));
}

template <class Scalar>
Index DualForm<Scalar>::maxHeld(bool scored) const {
  Index most = 0;
  for (const DualFold<Scalar>& fold : m_folds)
    most = std::max(most, scored ? fold.rows.count : fold.rows.heldCount);
  return roundedUp(most, kOperatorRows);
}

/// (Q y)_H for all nodes, then their residuals. r does not see the size of predictions, which may be tiny
/// beside residuals: for it, residuals are turned into predictions here.
template <class Scalar>
typename DualForm<Scalar>::HeldOut DualForm<Scalar>::holdOut(const DualFold<Scalar>& fold,
                                                             const Projected& projected,
                                                             const ScaledPanels<Scalar>& scaled,
                                                             AlignedArray<Scalar>& series,
                                                             Workspace& work) const {
  const Index heldStride = maxHeld(false), stride = maxHeld(true);
  HeldOut heldOut{panelsIn(series, stride * nodeCount(), projected.targets.count),
                  trainingMeans(fold, projected.targets)};
  const Panels<Scalar> filtered =
      m_filter.apply(fold.vectors, false, scaled, projected.targets, fold.rows.heldFirst, heldStride,
                     work.filtered, work.scratch);
  for (Index node = 0; node < nodeCount(); ++node)
    multiply(fold.residuals[static_cast<std::size_t>(node)], filtered, node * heldStride, heldOut.series,
             node * stride);
  if (m_setup.metric == RidgeMetric::R) turnIntoPredictions(fold, projected.targets, heldOut);
  return heldOut;
}

/// What a fit without slope predicts, 0 without an intercept; targets are centred over all rows.
template <class Scalar>
std::vector<double> DualForm<Scalar>::trainingMeans(const DualFold<Scalar>& fold,
                                                    const Panels<Scalar>& targets) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  std::vector<double> means(static_cast<std::size_t>(targets.count * kWidth), 0.0);
  if (!m_setup.intercept) return means;
  for (Index panel = 0; panel < targets.count; ++panel)
    for (Index lane = 0; lane < kWidth; ++lane) {
      double held = 0;
      for (Index i = 0; i < fold.rows.heldCount; ++i)
        held += double(targets.at(panel, fold.rows.heldFirst + i)[lane]);
      means[static_cast<std::size_t>(panel * kWidth + lane)] =
          -held / double(m_samples - fold.rows.heldCount);
    }
  return means;
}

template <class Scalar>
void DualForm<Scalar>::turnIntoPredictions(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                                           HeldOut& heldOut) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  for (Index panel = 0; panel < targets.count; ++panel) {
    const Scalar* y = targets.at(panel, fold.rows.first);
    const double* means = heldOut.means.data() + panel * kWidth;
    for (Index node = 0; node < nodeCount(); ++node) {
      Scalar* values = heldOut.series.at(panel, node * maxHeld(true));
      for (Index i = 0; i < fold.rows.count * kWidth; ++i)
        values[i] = y[i] - Scalar(means[i % kWidth]) - values[i];
    }
  }
}

/// Inner products with y taken from its training mean.
template <class Scalar>
void DualForm<Scalar>::addMoments(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                                  const HeldOut& heldOut, Index panel, std::vector<double>& moments,
                                  ScoreRule::Sum& sum) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  std::vector<const Scalar*> series{m_ones.data(), targets.at(panel, fold.rows.first)};
  for (Index node = 0; node < nodeCount(); ++node)
    series.push_back(heldOut.series.at(panel, node * maxHeld(true)));
  moments.assign(static_cast<std::size_t>(m_rule.momentCount() * kWidth), 0.0);
  panelKernels<Scalar>().moments(series.data(), static_cast<int>(series.size()), fold.rows.count,
                                 moments.data());
  const auto at = [&](Index i, Index j, Index lane) -> double& {
    return moments[static_cast<std::size_t>(ScoreRule::place(i, j) * kWidth + lane)];
  };
  for (Index lane = 0; lane < kWidth && m_setup.intercept; ++lane) {
    const double mean = heldOut.means[static_cast<std::size_t>(panel * kWidth + lane)],
                 n = double(fold.rows.count);
    at(1, 1, lane) += mean * (mean * n - 2 * at(1, 0, lane));
    at(1, 0, lane) -= mean * n;
    for (Index i = 2; i < m_rule.seriesCount(); ++i) at(i, 1, lane) -= mean * at(i, 0, lane);
  }
  sum.add(moments.data(), fold.rows.count);
}

template <class Scalar>
MatrixF DualForm<Scalar>::predictions(const Projected& projected, const std::vector<HeldOut>& heldOut,
                                      const std::vector<Index>& best) const {
  MatrixF outOfFold(m_samples, projected.means.size());
  const bool predicts = m_setup.metric == RidgeMetric::R;
  for (std::size_t f = 0; f < heldOut.size(); ++f) {
    const RidgeFold& rows = m_folds[f].rows;
    for (Index t = 0; t < outOfFold.cols(); ++t) {
      const Index panel = t / kPanelTargets<Scalar>, lane = t % kPanelTargets<Scalar>;
      const double mean = heldOut[f].means[static_cast<std::size_t>(t)];
      for (Index i = 0; i < rows.count; ++i) {
        const double own = double(projected.targets.at(panel, rows.first + i)[lane]) - mean;
        double predicted = 0;
        for (Index node = 0; node < nodeCount(); ++node) {
          const auto value = double(heldOut[f].series.at(panel, node * maxHeld(true) + i)[lane]);
          predicted += m_nodes.coefficients(best[static_cast<std::size_t>(t)], node) *
                       (predicts ? value : own - value);
        }
        outOfFold(rows.first + i, t) = float(predicted + mean + projected.means[t]);
      }
    }
  }
  return outOfFold;
}

template <class Scalar>
TileWeights DualForm<Scalar>::weightsOf(const Projected& projected, const VectorD& penalties,
                                        Workspace& work) const {
  const Panels<Scalar>& coordinates = projected.coordinates;
  const Panels<Scalar> filtered = panelsIn(work.filtered, m_toCoordinates.paddedRows(), coordinates.count);
  const Panels<Scalar> weights = panelsIn(work.weights, m_toFeatures.paddedRows(), coordinates.count);
  filterPanels(coordinates, m_values, penalties, filtered);
  multiply(m_toFeatures, filtered, 0, weights, 0);
  TileWeights made{MatrixF(m_toFeatures.rows(), penalties.size()), {}};
  storePanels<Scalar>(weights, 0, made.weights);
  made.intercept = projected.means.template cast<float>() - made.weights.transpose() * m_featureMean;
  return made;
}

template <class Scalar>
typename DualForm<Scalar>::Projected DualForm<Scalar>::project(const ConstMatrixRefF& given,
                                                               Workspace& work) const {
  const Index count = panelCount<Scalar>(given.cols());
  const Projected made{columnMeans(given, m_setup.intercept),
                       panelsIn(work.targets, roundedUp(m_samples, kOperatorRows), count),
                       panelsIn(work.coordinates, m_toCoordinates.paddedRows(), count)};
  loadPanels(given, made.means, made.targets);
  multiply(m_toCoordinates, made.targets, 0, made.coordinates, 0);
  return made;
}

template <class Scalar>
TileFit DualForm<Scalar>::fit(const ConstMatrixRefF& given, const TileWants& wants) const {
  const auto work = m_pool.lend();
  const Projected projected = project(given, *work);
  const ScaledPanels<Scalar> scaled = m_filter.scale(projected.coordinates, work->scaled);
  const Index count = projected.targets.count;
  std::vector<ScoreRule::Sum> sums(static_cast<std::size_t>(count),
                                   ScoreRule::Sum(m_rule, kPanelTargets<Scalar>));
  std::vector<HeldOut> kept;
  const std::size_t folds = wants.folds > 0 ? static_cast<std::size_t>(wants.folds) : m_folds.size();
  work->series.resize(std::max(work->series.size(), wants.predictions ? folds : std::size_t{1}));
  for (std::size_t f = 0; f < folds; ++f) {
    HeldOut heldOut = holdOut(m_folds[f], projected, scaled, work->series[wants.predictions ? f : 0], *work);
    for (Index panel = 0; panel < count; ++panel)
      addMoments(m_folds[f], projected.targets, heldOut, panel, work->moments,
                 sums[static_cast<std::size_t>(panel)]);
    if (wants.predictions) kept.push_back(std::move(heldOut));
  }
  TileFit fit = chooseAll(sums, given.cols());
  if (wants.predictions) fit.outOfFold = predictions(projected, kept, fit.best);
  if (wants.weights) fit.refit = weightsOf(projected, m_setup.penalties(fit.best), *work);
  return fit;
}

template <class Scalar>
TileWeights DualForm<Scalar>::refit(const ConstMatrixRefF& given, const VectorD& penalties) const {
  const auto work = m_pool.lend();
  return weightsOf(project(given, *work), penalties, *work);
}

template <class Scalar>
double DualForm<Scalar>::flopsPerTarget() const {
  double flops = 2.0 * double(m_samples) * double(m_values.size());
  for (const DualFold<Scalar>& fold : m_folds) {
    const auto held = double(fold.rows.heldCount), scored = double(fold.rows.count);
    flops += 2 * held * (m_filter.depth() + double(nodeCount()) * double(m_filter.pairs()));
    flops += 2 * double(nodeCount()) * held * scored + 2 * scored * double(m_rule.momentCount());
  }
  if (m_setup.weights) flops += 2.0 * double(m_toFeatures.rows()) * double(m_values.size());
  return flops;
}

}  // namespace

std::unique_ptr<RidgeForm> makeDualForm(SymmetricEigen eigen, const ConstMatrixRefF& features,
                                        const VectorD& featureMean, const RidgeSetup& setup, const Job& job) {
  DualDesign design = designDual(std::move(eigen), features, featureMean, setup, job);
  if (design.float64) return std::make_unique<DualForm<double>>(std::move(design), featureMean, setup);
  return std::make_unique<DualForm<float>>(std::move(design), featureMean, setup);
}

}  // namespace cortexscope
