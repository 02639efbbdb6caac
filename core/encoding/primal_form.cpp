#include <algorithm>

#include "base/abandon.h"
#include "base/dense.h"
#include "encoding/band_product.h"
#include "encoding/primal_parts.h"
#include "encoding/ridge_form.h"
#include "encoding/ridge_plan.h"
#include "encoding/ridge_score.h"

namespace cortexscope {
namespace {

constexpr double kLargestSpread =
    1e6;  // largest eigenvalue over smallest penalty, beyond which products are in float64

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
  PrimalForm(const RidgeSetup& setup, const MatrixD& features, const VectorD& mean,
             const SymmetricEigen& whole, const NodePenalties& nodes, std::vector<PrimalParts>&& parts);
  TileFit fit(const ConstMatrixRefF& targets, const TileWants& wants) const override;
  TileFit refit(const ConstMatrixRefF& targets, const VectorD& penalties) const override;
  std::string name() const override { return sizeof(Scalar) == 4 ? "primal" : "primal, float64"; }
  Index nodeCount() const override { return m_nodes.penalties.size(); }
  double flopsPerTarget() const override;
  std::size_t workspaceBytes() const override;
  Index tileTargets() const override { return 128; }

 private:
  using Workspace = PrimalWorkspace<Scalar>;
  Index stride() const { return roundedUp(m_features + 1, kOperatorRows); }
  PrimalFold<Scalar> packed(const MatrixD& features, PrimalParts&& parts) const;
  void load(const ConstMatrixRefF& given, const VectorD& means, Workspace& work) const;
  void prepareRight(const PrimalFold<Scalar>& fold, std::size_t f, Index panels, Workspace& work) const;
  void scoreFold(const PrimalFold<Scalar>& fold, std::size_t f, Index panel, const Panels<Scalar>& filtered,
                 Workspace& work, ScoreRule::Sum& sum) const;
  void keepPredictions(const VectorD& penalties, const VectorD& means, Workspace& work, TileFit& fit) const;
  void addWeights(const VectorD& penalties, const VectorD& means, Workspace& work, TileFit& fit) const;
  Scalar trainingMean(const PrimalFold<Scalar>& fold, std::size_t f, Index panel, Index lane,
                      Workspace& work) const;
  Panels<Scalar> heldSums(std::size_t f, Index panels, Workspace& work) const;

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
PrimalForm<Scalar>::PrimalForm(const RidgeSetup& setup, const MatrixD& features, const VectorD& mean,
                               const SymmetricEigen& whole, const NodePenalties& nodes,
                               std::vector<PrimalParts>&& parts)
    : m_setup(setup),
      m_samples(features.rows()),
      m_features(features.cols()),
      m_nodes(nodes),
      m_rule(nodes, setup.penalties, setup.metric, false),
      m_values(whole.values),
      m_toCoordinates(whole.vectors.transpose()),
      m_toFeatures(whole.vectors),
      m_featureMean(mean.cast<float>()) {
  Index most = 0;
  for (PrimalParts& part : parts) {
    most = std::max(most, part.rows.count);
    m_folds.push_back(packed(features, std::move(part)));
  }
  m_ones = AlignedArray<Scalar>(most * kPanelTargets<Scalar>);
  std::fill_n(m_ones.data(), m_ones.size(), Scalar(1));
}

template <class Scalar>
PrimalFold<Scalar> PrimalForm<Scalar>::packed(const MatrixD& features, PrimalParts&& parts) const {
  const RidgeFold& rows = parts.rows;
  const auto scored = features.middleRows(rows.first, rows.count);
  const MatrixD shifted = scored.rowwise() - parts.trainingMean.transpose();
  const MatrixD inBasis = product(shifted, parts.vectors);
  MatrixD curves(nodeCount(), m_features);
  for (Index node = 0; node < nodeCount(); ++node)
    curves.row(node) = (parts.values.array() + m_nodes.penalties[node]).inverse();
  const double tolerance = 0.5 * (m_setup.tolerance > 0 ? m_setup.tolerance : 1e-6);
  PrimalFold<Scalar> fold{
      rows,
      m_samples - rows.heldCount,
      parts.values,
      parts.trainingMean,
      parts.scoredSum,
      BandProduct<Scalar>(planBands(parts.values, m_nodes.penalties, tolerance), m_nodes.penalties, false),
      PackedOperator<Scalar>(withOnes(scored)),
      {},
      PackedOperator<Scalar>(parts.vectors.transpose()),
      PackedOperator<Scalar>(triangularFactor(inBasis)),
      PackedOperator<Scalar>(curves),
      inBasis.colwise().sum().transpose(),
      {},
      {}};
  if (rows.heldCount != rows.count)
    fold.heldRows = PackedOperator<Scalar>(withOnes(features.middleRows(rows.heldFirst, rows.heldCount)));
  if (m_setup.predictions) {
    fold.predictor = PackedOperator<Scalar>(shifted);
    fold.toFeatures = PackedOperator<Scalar>(parts.vectors);
  }
  return fold;
}

/// Targets into panels; X_F' y of every fold (with the sum of y below), and their sum over folds.
template <class Scalar>
void PrimalForm<Scalar>::load(const ConstMatrixRefF& given, const VectorD& means, Workspace& work) const {
  const Index count = panelCount<Scalar>(given.cols()), folds = static_cast<Index>(m_folds.size());
  const Panels<Scalar> targets = panelsIn(work.targets, m_samples, count);
  loadPanels(given, means, targets);
  const Panels<Scalar> scored = panelsIn(work.scored, folds * stride(), count);
  const Panels<Scalar> held = panelsIn(work.held, folds * stride(), count);
  const Panels<Scalar> total = panelsIn(work.total, stride(), count);
  for (Index f = 0; f < folds; ++f) {
    const PrimalFold<Scalar>& fold = m_folds[static_cast<std::size_t>(f)];
    multiply(fold.scoredRows, targets, fold.rows.first, scored, f * stride());
    if (fold.heldRows.rows() > 0) multiply(fold.heldRows, targets, fold.rows.heldFirst, held, f * stride());
  }
  const Index numbers = stride() * kPanelTargets<Scalar>;
  for (Index panel = 0; panel < count; ++panel) {
    std::fill_n(total.at(panel, 0), numbers, Scalar(0));
    for (Index f = 0; f < folds; ++f)
      for (Index i = 0; i < numbers; ++i) total.at(panel, 0)[i] += scored.at(panel, f * stride())[i];
  }
}

template <class Scalar>
Panels<Scalar> PrimalForm<Scalar>::heldSums(std::size_t f, Index panels, Workspace& work) const {
  AlignedArray<Scalar>& buffer = m_folds[f].heldRows.rows() > 0 ? work.held : work.scored;
  return {buffer.data(), static_cast<Index>(m_folds.size()) * stride(), panels};
}

/// Mean of a target over a fold's training rows, 0 without an intercept.
template <class Scalar>
Scalar PrimalForm<Scalar>::trainingMean(const PrimalFold<Scalar>& fold, std::size_t f, Index panel,
                                        Index lane, Workspace& work) const {
  if (!m_setup.intercept) return 0;
  const Panels<Scalar> held = heldSums(f, panel + 1, work);
  const Panels<Scalar> total{work.total.data(), stride(), panel + 1};
  return (total.at(panel, m_features)[lane] - held.at(panel, Index(f) * stride() + m_features)[lane]) /
         Scalar(fold.trainingCount);
}

/// X' y of the fold's training rows and of its scored rows, both taken from the means of the training rows.
template <class Scalar>
void PrimalForm<Scalar>::prepareRight(const PrimalFold<Scalar>& fold, std::size_t f, Index count,
                                      Workspace& work) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  const Panels<Scalar> training = panelsIn(work.training, stride(), count),
                       right = panelsIn(work.right, stride(), count);
  const Panels<Scalar> held = heldSums(f, count, work), total{work.total.data(), stride(), count};
  const Panels<Scalar> scored{work.scored.data(), static_cast<Index>(m_folds.size()) * stride(), count};
  const Index at = static_cast<Index>(f) * stride();
  for (Index panel = 0; panel < count; ++panel) {
    Scalar means[kWidth];
    for (Index lane = 0; lane < kWidth; ++lane) means[lane] = trainingMean(fold, f, panel, lane, work);
    const Scalar* sums = scored.at(panel, at + m_features);
    for (Index i = 0; i < m_features; ++i) {
      const auto mean = Scalar(fold.trainingMean[i]);
      const auto fromTraining = Scalar(double(fold.trainingCount) * fold.trainingMean[i]);
      const auto fromScored = Scalar(fold.scoredSum[i] - double(fold.rows.count) * fold.trainingMean[i]);
      const Scalar *all = total.at(panel, i), *out = held.at(panel, at + i), *own = scored.at(panel, at + i);
      Scalar *toTraining = training.at(panel, i), *toRight = right.at(panel, i);
      for (Index lane = 0; lane < kWidth; ++lane) {
        toTraining[lane] = all[lane] - out[lane] - fromTraining * means[lane];
        toRight[lane] = own[lane] - mean * sums[lane] - fromScored * means[lane];
      }
    }
  }
}

/// Inner products of 1, y and the nodes' predictions over the scored rows, without forming predictions.
template <class Scalar>
void PrimalForm<Scalar>::scoreFold(const PrimalFold<Scalar>& fold, std::size_t f, Index panel,
                                   const Panels<Scalar>& filtered, Workspace& work,
                                   ScoreRule::Sum& sum) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  const Index nodes = nodeCount();
  const auto size = [](Index pairs) { return static_cast<std::size_t>(pairs * kWidth); };
  std::vector<const Scalar*> series{
      m_ones.data(), Panels<Scalar>{work.targets.data(), m_samples, panel + 1}.at(panel, fold.rows.first)};
  work.plain.assign(size(nodes * (nodes + 1) / 2 + 3), 0.0);
  panelKernels<Scalar>().moments(series.data(), 2, fold.rows.count, work.plain.data());
  work.moments.assign(size(m_rule.momentCount()), 0.0);
  double* moments = work.moments.data();
  for (Index lane = 0; lane < kWidth; ++lane) {
    const double n = double(fold.rows.count), mean = double(trainingMean(fold, f, panel, lane, work));
    const double y = work.plain[size(1) + std::size_t(lane)], yy = work.plain[size(2) + std::size_t(lane)];
    moments[lane] = n;
    moments[ScoreRule::place(1, 0) * kWidth + lane] = y - n * mean;
    moments[ScoreRule::place(1, 1) * kWidth + lane] = yy - 2 * mean * y + n * mean * mean;
  }
  series.clear();
  for (Index node = 0; node < nodes; ++node) series.push_back(filtered.at(panel, node * stride()));
  std::fill(work.plain.begin(), work.plain.end(), 0.0);
  panelKernels<Scalar>().moments(series.data(), static_cast<int>(nodes), m_features, work.plain.data());
  const Panels<Scalar> sums{work.sums.data(), 2 * fold.curves.paddedRows(), panel + 1};
  for (Index i = 0; i < nodes; ++i) {
    for (Index j = 0; j <= i; ++j)
      std::copy_n(work.plain.data() + ScoreRule::place(i, j) * kWidth, kWidth,
                  moments + ScoreRule::place(i + 2, j + 2) * kWidth);
    for (Index lane = 0; lane < kWidth; ++lane) {
      moments[ScoreRule::place(i + 2, 0) * kWidth + lane] =
          double(sums.at(panel, fold.curves.paddedRows() + i)[lane]);
      moments[ScoreRule::place(i + 2, 1) * kWidth + lane] = double(sums.at(panel, i)[lane]);
    }
  }
  sum.add(moments, fold.rows.count);
}

template <class Scalar>
void PrimalForm<Scalar>::keepPredictions(const VectorD& penalties, const VectorD& means, Workspace& work,
                                         TileFit& fit) const {
  const Index count = panelCount<Scalar>(means.size());
  fit.outOfFold.resize(m_samples, means.size());
  for (std::size_t f = 0; f < m_folds.size(); ++f) {
    const PrimalFold<Scalar>& fold = m_folds[f];
    const Panels<Scalar> kept{work.kept[f].data(), stride(), count};
    const Panels<Scalar> filtered = panelsIn(work.right, stride(), count),
                         weights = panelsIn(work.weights, stride(), count);
    const Panels<Scalar> predicted = panelsIn(work.filtered, fold.predictor.paddedRows(), count);
    filterPanels(kept, fold.values, penalties, filtered);
    multiply(fold.toFeatures, filtered, 0, weights, 0);
    multiply(fold.predictor, weights, 0, predicted, 0);
    auto rows = fit.outOfFold.middleRows(fold.rows.first, fold.rows.count);
    storePanels<Scalar>(predicted, 0, rows);
    if (!m_setup.intercept) continue;
    for (Index t = 0; t < means.size(); ++t)
      rows.col(t).array() += float(means[t] + double(trainingMean(fold, f, t / kPanelTargets<Scalar>,
                                                                  t % kPanelTargets<Scalar>, work)));
  }
}

template <class Scalar>
void PrimalForm<Scalar>::addWeights(const VectorD& penalties, const VectorD& means, Workspace& work,
                                    TileFit& fit) const {
  const Index count = panelCount<Scalar>(means.size());
  const Panels<Scalar> total{work.total.data(), stride(), count};
  const Panels<Scalar> coordinates = panelsIn(work.coordinates, stride(), count);
  const Panels<Scalar> weights = panelsIn(work.weights, stride(), count);
  multiply(m_toCoordinates, total, 0, coordinates, 0);
  filterPanels(coordinates, m_values, penalties, coordinates);
  multiply(m_toFeatures, coordinates, 0, weights, 0);
  fit.weights.resize(m_features, means.size());
  storePanels<Scalar>(weights, 0, fit.weights);
  fit.intercept = means.cast<float>() - fit.weights.transpose() * m_featureMean;
}

template <class Scalar>
TileFit PrimalForm<Scalar>::fit(const ConstMatrixRefF& given, const TileWants& wants) const {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  auto work = m_pool.take();
  const Index count = panelCount<Scalar>(given.cols());
  const VectorD means = columnMeans(given, m_setup.intercept);
  load(given, means, *work);
  std::vector<ScoreRule::Sum> sums(static_cast<std::size_t>(count), ScoreRule::Sum(m_rule, kWidth));
  const std::size_t folds = wants.folds > 0 ? static_cast<std::size_t>(wants.folds) : m_folds.size();
  if (wants.predictions) work->kept.resize(folds);
  for (std::size_t f = 0; f < folds; ++f) {
    const PrimalFold<Scalar>& fold = m_folds[f];
    prepareRight(fold, f, count, *work);
    const Panels<Scalar> training{work->training.data(), stride(), count},
        right{work->right.data(), stride(), count};
    const Panels<Scalar> coordinates =
        panelsIn(wants.predictions ? work->kept[f] : work->coordinates, stride(), count);
    const Panels<Scalar> rightCoordinates = panelsIn(work->rightCoordinates, 2 * stride(), count);
    multiply(fold.toCoordinates, training, 0, coordinates, 0);
    multiply(fold.toCoordinates, right, 0, rightCoordinates, 0);
    const Panels<Scalar> scaled = panelsIn(work->scaled, fold.filter.scaledRows(), count);
    const Panels<Scalar> filtered = panelsIn(work->filtered, stride() * fold.filter.nodeRows(), count);
    fold.filter.scale(coordinates, scaled);
    fold.filter.apply(fold.triangle, true, scaled, coordinates, coordinates, 0, filtered, stride(),
                      work->scratch);
    for (Index panel = 0; panel < count; ++panel)
      for (Index i = 0; i < m_features; ++i) {
        const auto columnSum = Scalar(fold.columnSums[i]);
        const Scalar* z = coordinates.at(panel, i);
        Scalar *cross = rightCoordinates.at(panel, i), *plain = rightCoordinates.at(panel, stride() + i);
        for (Index lane = 0; lane < kWidth; ++lane) cross[lane] *= z[lane], plain[lane] = columnSum * z[lane];
      }
    const Panels<Scalar> products = panelsIn(work->sums, 2 * fold.curves.paddedRows(), count);
    multiply(fold.curves, rightCoordinates, 0, products, 0);
    multiply(fold.curves, rightCoordinates, stride(), products, fold.curves.paddedRows());
    for (Index panel = 0; panel < count; ++panel)
      scoreFold(fold, f, panel, filtered, *work, sums[static_cast<std::size_t>(panel)]);
  }
  TileFit fit = chooseAll(sums, given.cols());
  VectorD penalties(given.cols());
  for (Index t = 0; t < given.cols(); ++t)
    penalties[t] = m_setup.penalties[fit.best[static_cast<std::size_t>(t)]];
  if (wants.predictions) keepPredictions(penalties, means, *work, fit);
  if (wants.weights) addWeights(penalties, means, *work, fit);
  m_pool.giveBack(std::move(work));
  return fit;
}

template <class Scalar>
TileFit PrimalForm<Scalar>::refit(const ConstMatrixRefF& given, const VectorD& penalties) const {
  auto work = m_pool.take();
  const VectorD means = columnMeans(given, m_setup.intercept);
  load(given, means, *work);
  TileFit fit;
  addWeights(penalties, means, *work, fit);
  m_pool.giveBack(std::move(work));
  return fit;
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

template <class Scalar>
std::size_t PrimalForm<Scalar>::workspaceBytes() const {
  Index scaled = 0, nodeRows = 0;
  for (const PrimalFold<Scalar>& fold : m_folds) {
    scaled = std::max(scaled, fold.filter.scaledRows());
    nodeRows = std::max(nodeRows, fold.filter.nodeRows());
  }
  const Index rows = m_samples + (2 * static_cast<Index>(m_folds.size()) + 8 + nodeRows) * stride() + scaled;
  return static_cast<std::size_t>(rows * tileTargets()) * sizeof(Scalar);
}

}  // namespace

std::unique_ptr<RidgeForm> makePrimalForm(MatrixD given, const VectorD& featureMean, const RidgeSetup& setup,
                                          const Job& job) {
  struct Task {
    MatrixD features;
    RidgeSetup setup;
    std::vector<PrimalParts> parts;
    SymmetricEigen whole;
  };
  const auto task = std::make_shared<Task>(Task{std::move(given), setup, {}, {}});
  runAbandonable(job, 0.05, "decomposing the features",
                 [task] { task->whole = decomposeFolds(task->features, task->setup, task->parts); });
  const Index p = task->features.cols(), folds = static_cast<Index>(setup.folds.size());
  VectorD spectrum(p * folds);
  for (Index f = 0; f < folds; ++f)
    spectrum.segment(f * p, p) = task->parts[static_cast<std::size_t>(f)].values;
  const SymmetricEigen& whole = task->whole;
  const NodePenalties nodes =
      chooseNodes(setup.penalties, spectrum, setup.tolerance, setup.metric == RidgeMetric::R);
  job.checkpoint(0.8, "preparing folds");
  const double largest = p > 0 ? whole.values.maxCoeff() : 0.0;
  checkSmallestPenalty(setup.penalties, largest, task->features.rows());
  if (setup.float64 || largest > kLargestSpread * setup.penalties.minCoeff())
    return std::make_unique<PrimalForm<double>>(setup, task->features, featureMean, whole, nodes,
                                                std::move(task->parts));
  return std::make_unique<PrimalForm<float>>(setup, task->features, featureMean, whole, nodes,
                                             std::move(task->parts));
}

}  // namespace cortexscope
