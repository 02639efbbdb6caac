#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/abandon.h"
#include "base/dense.h"
#include "base/eigen.h"
#include "base/parallel.h"
#include "encoding/band_product.h"
#include "encoding/ridge_form.h"
#include "encoding/ridge_plan.h"
#include "encoding/ridge_score.h"

namespace cortexscope {
namespace {

constexpr Index kFeatureBlock = 512;
constexpr double kNegligible = 1e-6;  // an eigenvalue below this part of the smallest penalty counts as 0
constexpr double kConditionPerTolerance =
    1e8;  // of held-out blocks; beyond, float32 products would be less exact

template <class Scalar>
struct DualFold {
  RidgeFold rows;
  PackedOperator<Scalar> vectors;                 // rows H of the eigenvectors
  std::vector<PackedOperator<Scalar>> residuals;  // per node: rows F of the inverse of Q_HH
};

template <class Scalar>
struct DualWorkspace {
  AlignedArray<Scalar> targets, coordinates, scaled, filtered, scratch, weights;
  std::vector<AlignedArray<Scalar>> residuals;
  std::vector<double> moments;
};

/// Everything that does not depend on the number type of products with targets.
struct DualParts {
  RidgeSetup setup;
  SymmetricEigen eigen;
  NodePenalties nodes;
  std::vector<SpectralBand> bands;
  Index nullCount = 0;                       // eigenvalues 0 whose vectors are left out
  std::vector<std::vector<MatrixD>> blocks;  // fold, node: rows F of the inverse of Q_HH
  MatrixD toFeatures;                        // features x kept eigenvectors
  VectorD featureMean;
  double condition = 0;
};

template <class Scalar>
class DualForm final : public RidgeForm {
 public:
  explicit DualForm(DualParts&& parts);
  TileFit fit(const ConstMatrixRefF& targets, const TileWants& wants) const override;
  TileFit refit(const ConstMatrixRefF& targets, const VectorD& penalties) const override;
  std::string name() const override { return sizeof(Scalar) == 4 ? "dual" : "dual, float64"; }
  Index nodeCount() const override { return m_nodes.penalties.size(); }
  double flopsPerTarget() const override;
  std::size_t workspaceBytes() const override;
  Index tileTargets() const override { return m_samples > 1000 ? 128 : 256; }

 private:
  using Workspace = DualWorkspace<Scalar>;
  /// Targets without their means, and what the kept eigenvectors make of them.
  struct Projected {
    VectorD means;
    Panels<Scalar> targets, coordinates;
  };
  Projected project(const ConstMatrixRefF& given, Workspace& work) const;
  Index maxHeld(bool scored) const;
  Panels<Scalar> residualsOf(const DualFold<Scalar>& fold, const Panels<Scalar>& targets, Workspace& work,
                             std::size_t buffer) const;
  void addMoments(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                  const Panels<Scalar>& residuals, Index panel, std::vector<double>& moments,
                  ScoreRule::Sum& sum) const;
  void keepPredictions(const Panels<Scalar>& targets, const std::vector<Panels<Scalar>>& residuals,
                       const VectorD& means, TileFit& fit) const;
  void addWeights(const Panels<Scalar>& coordinates, const VectorD& penalties, const VectorD& means,
                  Workspace& work, TileFit& fit) const;
  VectorD penaltiesOf(const std::vector<Index>& best) const;
  double trainingMean(const DualFold<Scalar>& fold, const Panels<Scalar>& targets, Index panel,
                      Index lane) const;

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
DualForm<Scalar>::DualForm(DualParts&& parts)
    : m_setup(parts.setup),
      m_samples(parts.eigen.vectors.rows()),
      m_values(parts.eigen.values.tail(parts.eigen.values.size() - parts.nullCount)),
      m_nodes(parts.nodes),
      m_rule(parts.nodes, parts.setup.penalties, parts.setup.metric, parts.setup.metric != RidgeMetric::R),
      m_filter(parts.bands, parts.nodes.penalties, parts.nullCount > 0),
      m_featureMean(parts.featureMean.cast<float>()) {
  const auto kept = parts.eigen.vectors.rightCols(m_values.size());
  m_toCoordinates = PackedOperator<Scalar>(kept.transpose());
  if (m_setup.weights) m_toFeatures = PackedOperator<Scalar>(parts.toFeatures);
  for (std::size_t f = 0; f < m_setup.folds.size(); ++f) {
    const RidgeFold& fold = m_setup.folds[f];
    m_folds.push_back({fold, PackedOperator<Scalar>(kept.middleRows(fold.heldFirst, fold.heldCount)), {}});
    for (MatrixD& block : parts.blocks[f]) {
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

/// (Q y)_H for all nodes, then their residuals: rows node * stride + row of F.
template <class Scalar>
Panels<Scalar> DualForm<Scalar>::residualsOf(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                                             Workspace& work, std::size_t buffer) const {
  const Index heldStride = maxHeld(false), stride = maxHeld(true), count = targets.count;
  const Panels<Scalar> coordinates{work.coordinates.data(), m_toCoordinates.paddedRows(), count};
  const Panels<Scalar> scaled{work.scaled.data(), m_filter.scaledRows(), count};
  const Panels<Scalar> filtered = panelsIn(work.filtered, heldStride * m_filter.nodeRows(), count);
  const Panels<Scalar> residuals = panelsIn(work.residuals[buffer], stride * nodeCount(), count);
  m_filter.apply(fold.vectors, false, scaled, coordinates, targets, fold.rows.heldFirst, filtered, heldStride,
                 work.scratch);
  for (Index node = 0; node < nodeCount(); ++node)
    multiply(fold.residuals[static_cast<std::size_t>(node)], filtered, node * heldStride, residuals,
             node * stride);
  return residuals;
}

/// Mean of a target over a fold's training rows, which a fit without slope predicts; targets are centred over
/// all rows.
template <class Scalar>
double DualForm<Scalar>::trainingMean(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                                      Index panel, Index lane) const {
  if (!m_setup.intercept) return 0;
  double held = 0;
  for (Index i = 0; i < fold.rows.heldCount; ++i)
    held += double(targets.at(panel, fold.rows.heldFirst + i)[lane]);
  return -held / double(m_samples - fold.rows.heldCount);
}

/// Inner products with y taken from its training mean. r does not see the size of predictions, which may be
/// tiny beside residuals: for it, residuals are turned into predictions first.
template <class Scalar>
void DualForm<Scalar>::addMoments(const DualFold<Scalar>& fold, const Panels<Scalar>& targets,
                                  const Panels<Scalar>& residuals, Index panel, std::vector<double>& moments,
                                  ScoreRule::Sum& sum) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  double means[kWidth];
  for (Index lane = 0; lane < kWidth; ++lane) means[lane] = trainingMean(fold, targets, panel, lane);
  std::vector<const Scalar*> series{m_ones.data(), targets.at(panel, fold.rows.first)};
  for (Index node = 0; node < nodeCount(); ++node) {
    Scalar* values = residuals.at(panel, node * maxHeld(true));
    series.push_back(values);
    if (m_setup.metric != RidgeMetric::R) continue;
    for (Index i = 0; i < fold.rows.count * kWidth; ++i)
      values[i] = series[1][i] - Scalar(means[i % kWidth]) - values[i];
  }
  moments.assign(static_cast<std::size_t>(m_rule.momentCount() * kWidth), 0.0);
  panelKernels<Scalar>().moments(series.data(), static_cast<int>(series.size()), fold.rows.count,
                                 moments.data());
  const auto at = [&](Index i, Index j, Index lane) -> double& {
    return moments[static_cast<std::size_t>(ScoreRule::place(i, j) * kWidth + lane)];
  };
  for (Index lane = 0; lane < kWidth && m_setup.intercept; ++lane) {
    const double mean = means[lane], n = double(fold.rows.count);
    at(1, 1, lane) += mean * (mean * n - 2 * at(1, 0, lane));
    at(1, 0, lane) -= mean * n;
    for (Index i = 2; i < m_rule.seriesCount(); ++i) at(i, 1, lane) -= mean * at(i, 0, lane);
  }
  sum.add(moments.data(), fold.rows.count);
}

template <class Scalar>
VectorD DualForm<Scalar>::penaltiesOf(const std::vector<Index>& best) const {
  VectorD penalties(static_cast<Index>(best.size()));
  for (std::size_t t = 0; t < best.size(); ++t) penalties[Index(t)] = m_setup.penalties[best[t]];
  return penalties;
}

template <class Scalar>
void DualForm<Scalar>::keepPredictions(const Panels<Scalar>& targets,
                                       const std::vector<Panels<Scalar>>& residuals, const VectorD& means,
                                       TileFit& fit) const {
  for (std::size_t f = 0; f < residuals.size(); ++f) {
    const RidgeFold& rows = m_folds[f].rows;
    for (Index t = 0; t < means.size(); ++t) {
      const Index panel = t / kPanelTargets<Scalar>, lane = t % kPanelTargets<Scalar>;
      const Index best = fit.best[static_cast<std::size_t>(t)];
      const double mean = trainingMean(m_folds[f], targets, panel, lane);
      const bool kept = m_setup.metric == RidgeMetric::R;  // addMoments left predictions where residuals were
      for (Index i = 0; i < rows.count; ++i) {
        const double own = double(targets.at(panel, rows.first + i)[lane]) - mean;
        double predicted = 0;
        for (Index node = 0; node < nodeCount(); ++node) {
          const auto value = double(residuals[f].at(panel, node * maxHeld(true) + i)[lane]);
          predicted += m_nodes.coefficients(best, node) * (kept ? value : own - value);
        }
        fit.outOfFold(rows.first + i, t) = float(predicted + mean + means[t]);
      }
    }
  }
}

template <class Scalar>
void DualForm<Scalar>::addWeights(const Panels<Scalar>& coordinates, const VectorD& penalties,
                                  const VectorD& means, Workspace& work, TileFit& fit) const {
  const Panels<Scalar> filtered = panelsIn(work.filtered, m_toCoordinates.paddedRows(), coordinates.count);
  const Panels<Scalar> weights = panelsIn(work.weights, m_toFeatures.paddedRows(), coordinates.count);
  filterPanels(coordinates, m_values, penalties, filtered);
  multiply(m_toFeatures, filtered, 0, weights, 0);
  fit.weights.resize(m_toFeatures.rows(), penalties.size());
  storePanels<Scalar>(weights, 0, fit.weights);
  fit.intercept = means.cast<float>() - fit.weights.transpose() * m_featureMean;
}

template <class Scalar>
typename DualForm<Scalar>::Projected DualForm<Scalar>::project(const ConstMatrixRefF& given, Workspace& work) const {
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
  auto work = m_pool.take();
  const auto [means, targets, coordinates] = project(given, *work);
  const Index count = coordinates.count;
  m_filter.scale(coordinates, panelsIn(work->scaled, m_filter.scaledRows(), count));

  std::vector<ScoreRule::Sum> sums(static_cast<std::size_t>(count),
                                   ScoreRule::Sum(m_rule, kPanelTargets<Scalar>));
  std::vector<Panels<Scalar>> residuals;
  const std::size_t folds = wants.folds > 0 ? static_cast<std::size_t>(wants.folds) : m_folds.size();
  work->residuals.resize(wants.predictions ? folds : std::max<std::size_t>(work->residuals.size(), 1));
  for (std::size_t f = 0; f < folds; ++f) {
    const std::size_t buffer = wants.predictions ? f : 0;
    const Panels<Scalar> fold = residualsOf(m_folds[f], targets, *work, buffer);
    if (wants.predictions) residuals.push_back(fold);
    for (Index panel = 0; panel < count; ++panel)
      addMoments(m_folds[f], targets, fold, panel, work->moments, sums[static_cast<std::size_t>(panel)]);
  }
  TileFit fit = chooseAll(sums, given.cols());
  if (wants.predictions) {
    fit.outOfFold.resize(m_samples, given.cols());
    keepPredictions(targets, residuals, means, fit);
  }
  if (wants.weights) addWeights(coordinates, penaltiesOf(fit.best), means, *work, fit);
  m_pool.giveBack(std::move(work));
  return fit;
}

template <class Scalar>
TileFit DualForm<Scalar>::refit(const ConstMatrixRefF& given, const VectorD& penalties) const {
  auto work = m_pool.take();
  const auto [means, targets, coordinates] = project(given, *work);
  TileFit fit;
  addWeights(coordinates, penalties, means, *work, fit);
  m_pool.giveBack(std::move(work));
  return fit;
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

template <class Scalar>
std::size_t DualForm<Scalar>::workspaceBytes() const {
  const Index rows = 2 * m_samples + m_filter.scaledRows() + maxHeld(false) * m_filter.nodeRows() +
                     maxHeld(true) * nodeCount() + m_toFeatures.paddedRows();
  return static_cast<std::size_t>(rows * tileTargets()) * sizeof(Scalar) +
         static_cast<std::size_t>(m_toFeatures.rows() * tileTargets()) * sizeof(float);
}

double norm1(const MatrixD& matrix) {
  return matrix.cwiseAbs().colwise().sum().maxCoeff();
}

/// Inverses of all held-out blocks of Q, on all threads.
void invertBlocks(DualParts& parts, const Job& job) {
  const std::vector<RidgeFold>& folds = parts.setup.folds;
  const VectorD& nodes = parts.nodes.penalties;
  const Index total = static_cast<Index>(folds.size()) * nodes.size();
  parts.blocks.assign(folds.size(), std::vector<MatrixD>(static_cast<std::size_t>(nodes.size())));
  std::vector<double> conditions(static_cast<std::size_t>(total));
  std::atomic<Index> done{0};
  parallelFor(total, parts.setup.threads, [&](Index block) {
    job.checkpoint(double(done++) / double(total), "preparing folds");
    const auto f = static_cast<std::size_t>(block / nodes.size());
    const double node = nodes[block % nodes.size()];
    const RidgeFold& fold = folds[f];
    MatrixD held = weightedGram(parts.eigen.vectors.middleRows(fold.heldFirst, fold.heldCount),
                                (parts.eigen.values.array() + node).inverse());
    invertPositive(held);
    conditions[static_cast<std::size_t>(block)] = norm1(held) / (parts.eigen.values[0] + node);
    parts.blocks[f][static_cast<std::size_t>(block % nodes.size())] =
        held.middleRows(fold.first - fold.heldFirst, fold.count);
  });
  parts.condition = *std::max_element(conditions.begin(), conditions.end());
}

/// centred features' * vectors, in float32 where nothing is gained by more.
MatrixD featuresOfVectors(const ConstMatrixRefF& features, const VectorD& mean,
                          const ConstMatrixRefD& vectors, bool exact) {
  MatrixD result(features.cols(), vectors.cols());
  const MatrixF shortVectors = exact ? MatrixF() : MatrixF(vectors.cast<float>());
  for (Index first = 0; first < features.cols(); first += kFeatureBlock) {
    const Index count = std::min(kFeatureBlock, features.cols() - first);
    const MatrixD block =
        features.middleCols(first, count).cast<double>().rowwise() - mean.segment(first, count).transpose();
    if (exact)
      result.middleRows(first, count).noalias() = block.transpose() * vectors;
    else
      result.middleRows(first, count) = (block.cast<float>().transpose() * shortVectors).cast<double>();
  }
  return result;
}

/// Eigenvectors that are orthogonal to a constant, which fits with an intercept never see: the constant is
/// given an eigenvalue above all others and its vector, the last, is dropped.
SymmetricEigen withoutConstant(MatrixD gram) {
  const Index size = gram.rows();
  const double bound = gram.cwiseAbs().rowwise().sum().maxCoeff();
  gram.array() += (bound > 0 ? 2 * bound : 1.0) / double(size);
  SymmetricEigen eigen = decomposeSymmetric(gram);
  gram.resize(0, 0);
  return {VectorD(eigen.values.head(size - 1)), MatrixD(eigen.vectors.leftCols(size - 1))};
}

}  // namespace

SymmetricEigen decomposeGram(MatrixD gram, bool intercept, const Job& job) {
  struct Task {
    MatrixD gram;
    SymmetricEigen eigen;
  };
  const auto task = std::make_shared<Task>(Task{std::move(gram), {}});
  runAbandonable(job, 0.05, "decomposing the features", [task, intercept] {
    task->eigen = intercept ? withoutConstant(std::move(task->gram)) : decomposeSymmetric(task->gram);
    task->eigen.values = task->eigen.values.cwiseMax(0.0);
  });
  return std::move(task->eigen);
}

std::unique_ptr<RidgeForm> makeDualForm(SymmetricEigen eigen, const ConstMatrixRefF& features,
                                        const VectorD& featureMean, const RidgeSetup& setup, const Job& job) {
  DualParts parts;
  parts.setup = setup;
  parts.featureMean = featureMean;
  parts.eigen = std::move(eigen);
  const VectorD& values = parts.eigen.values;
  checkSmallestPenalty(setup.penalties, values.size() > 0 ? values.maxCoeff() : 0.0, values.size());
  parts.nodes = chooseNodes(setup.penalties, values, setup.tolerance, setup.metric == RidgeMetric::R);
  const double floor = kNegligible * setup.penalties.minCoeff();
  const Index null = (values.array() <= floor).count();
  // Taking what is left of the identity costs one more product with the kept vectors.
  parts.nullCount = null > (values.size() - null) / 2 ? null : 0;
  const Index kept = values.size() - parts.nullCount;
  parts.bands = planBands(values.tail(kept), parts.nodes.penalties,
                          0.5 * (setup.tolerance > 0 ? setup.tolerance : 1e-6));
  invertBlocks(parts, job.part(0.6, 0.95));
  const bool exact = setup.float64 || setup.metric == RidgeMetric::R ||
                     parts.condition > kConditionPerTolerance * setup.tolerance;
  if (setup.weights)
    parts.toFeatures = featuresOfVectors(features, featureMean, parts.eigen.vectors.rightCols(kept), exact);
  if (exact) return std::make_unique<DualForm<double>>(std::move(parts));
  return std::make_unique<DualForm<float>>(std::move(parts));
}

}  // namespace cortexscope
