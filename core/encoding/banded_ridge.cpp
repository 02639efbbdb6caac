#include "encoding/banded_ridge.h"

#include <algorithm>
#include <atomic>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "base/dense.h"
#include "base/error.h"
#include "base/parallel.h"
#include "encoding/banded_refit.h"
#include "encoding/banded_state.h"
#include "encoding/fit_tally.h"
#include "encoding/ridge_panels.h"
#include "encoding/ridge_plan.h"
#include "io/npy_columns.h"

namespace cortexscope {
namespace {

constexpr double kLeastGain = std::numeric_limits<float>::epsilon();
constexpr double kKeptVectorBytes = 256e6;  // of decompositions kept for the refit; others are made again
constexpr double kImprovedShare = 1e-3;     // of targets, below which a candidate improved next to none
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class MemoryWeights final : public WeightStore {
 public:
  explicit MemoryWeights(MatrixF& weights) : m_weights(weights) {}
  MatrixF read(Index first, Index count) const override { return m_weights.middleCols(first, count); }
  void write(Index first, const MatrixF& weights) override { m_weights.middleCols(first, weights.cols()) = weights; }

 private:
  MatrixF& m_weights;
};

class WeightFile final : public WeightStore {
 public:
  WeightFile(const std::filesystem::path& file, Index features, Index targets)
      : m_out(file, features, targets), m_in(file) {}
  MatrixF read(Index first, Index count) const override { return m_in.read(first, count); }
  void write(Index first, const MatrixF& weights) override { m_out.write(first, weights); }

 private:
  NpyColumnWriter m_out;
  NpyColumns m_in;
};

class BandedSearch {
 public:
  BandedSearch(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const TargetSource& targets);
  BandedFit run(const Job& job);

 private:
  std::unique_ptr<RidgeForm> formOf(Index candidate, const Job& job);
  void search(const Job& job);
  void tryCandidate(Index candidate, const Job& job);
  void tryStrip(const RidgeForm& form, Index candidate, Index first, const MatrixF& values,
                const std::vector<char>& mask);
  std::vector<Index> racers(const RidgeForm& form, Index first, const MatrixF& values, VectorD& firstFold);
  void refit(BandedFit& fit, const Job& job);
  StreamReport report() const;

  const BandedSetup& m_setup;
  const TargetSource& m_targets;
  BandedSpaces m_spaces;
  Index m_strip = 0;
  double m_preparationFlops = 0;  // of one weighting
  std::map<Index, KeptVectors> m_kept;
  BandedState m_state;
  std::atomic<Index> m_improved{0}, m_skipped{0};
};

BandedSearch::BandedSearch(const std::vector<MatrixF>& spaces, const BandedSetup& setup,
                           const TargetSource& targets)
    : m_setup(setup),
      m_targets(targets),
      m_strip(stripTargets(targets.rows, targets.cols)),
      m_state(setup.gammas.rows(), targets.cols, setup.ridge.penalties.maxCoeff()) {
  m_spaces.samples = targets.rows;
  for (const MatrixF& space : spaces) {
    m_spaces.features.push_back(&space);
    m_spaces.means.push_back(columnMeans(space, setup.ridge.intercept));
    m_spaces.featureCount += space.cols();
  }
  const RidgePlan plan = planRidge(targets.rows, m_spaces.featureCount, targets.cols, setup.ridge);
  m_spaces.primal = plan.primal;
  m_preparationFlops = plan.preparationFlops / 2;
}

std::unique_ptr<RidgeForm> BandedSearch::formOf(Index candidate, const Job& job) {
  RidgeSetup setup = m_setup.ridge;
  setup.weights = setup.predictions = false;
  const Eigen::RowVectorXd gammas = m_setup.gammas.row(candidate);
  if (m_spaces.primal)
    return makePrimalForm(m_spaces.scaled(gammas).cast<double>(), VectorD::Zero(m_spaces.featureCount), setup, job);
  SymmetricEigen eigen = m_spaces.decompose(gammas, setup.intercept, job);
  if (m_setup.ridge.weights && 4.0 * double(eigen.vectors.size()) * double(m_kept.size() + 1) < kKeptVectorBytes)
    m_kept[candidate] = {eigen.values.cwiseMax(0.0), eigen.vectors.cast<float>()};
  return makeDualForm(std::move(eigen), MatrixF(m_spaces.samples, 0), VectorD(), setup, job);
}

/// Targets of a strip that are worth more than the first fold, by their places; all without racing.
std::vector<Index> BandedSearch::racers(const RidgeForm& form, Index first, const MatrixF& values,
                                        VectorD& firstFold) {
  std::vector<Index> left;
  firstFold = VectorD::Zero(values.cols());
  TileWants wants;
  wants.folds = 1;
  for (Index start = 0; start < values.cols() && m_setup.racingMargin > 0; start += form.tileTargets()) {
    const Index count = std::min(form.tileTargets(), values.cols() - start);
    firstFold.segment(start, count) = form.fit(values.middleCols(start, count), wants).score;
  }
  for (Index t = 0; t < values.cols(); ++t) {
    const double incumbent = m_state.firstFold[first + t];
    const double error = m_setup.ridge.metric == RidgeMetric::NegativeMse ? -incumbent : 1 - incumbent;
    if (m_setup.racingMargin <= 0 || !(firstFold[t] < incumbent - m_setup.racingMargin * error))
      left.push_back(t);
  }
  return left;
}

void BandedSearch::tryStrip(const RidgeForm& form, Index candidate, Index first, const MatrixF& values,
                            const std::vector<char>& mask) {
  VectorD firstFold;
  const std::vector<Index> left = racers(form, first, values, firstFold);
  m_skipped += values.cols() - static_cast<Index>(left.size());
  for (std::size_t start = 0; start < left.size(); start += static_cast<std::size_t>(form.tileTargets())) {
    const std::size_t count = std::min(static_cast<std::size_t>(form.tileTargets()), left.size() - start);
    MatrixF tile(values.rows(), static_cast<Index>(count));
    for (std::size_t i = 0; i < count; ++i) tile.col(static_cast<Index>(i)) = values.col(left[start + i]);
    const TileFit fit = form.fit(tile, {});
    for (std::size_t i = 0; i < count; ++i) {
      const Index place = left[start + i], target = first + place;
      const double score = fit.score[static_cast<Index>(i)];
      m_state.candidateScore(candidate, target) = float(score);
      if (mask[static_cast<std::size_t>(place)] == 2 || !(score > m_state.score[target] + kLeastGain)) continue;
      if (score > m_state.score[target] + m_setup.stopTolerance) ++m_improved;
      m_state.score[target] = score;
      m_state.penalty[target] = m_setup.ridge.penalties[fit.best[i]];
      m_state.candidate[static_cast<std::size_t>(target)] = candidate;
      m_state.firstFold[target] = firstFold[place];
      m_state.gain[target] = fit.gain[static_cast<Index>(i)];
    }
  }
}

void BandedSearch::tryCandidate(Index candidate, const Job& job) {
  const auto form = formOf(candidate, job.part(0, 0.4));
  m_state.setForm(form->name());
  m_state.nodes = std::max(m_state.nodes, form->nodeCount());
  m_state.flops += m_preparationFlops + form->flopsPerTarget() * double(m_targets.cols);
  const Index strips = (m_targets.cols + m_strip - 1) / m_strip;
  std::atomic<Index> done{0};
  parallelFor(strips, m_setup.ridge.threads, [&](Index s) {
    job.checkpoint(0.4 + 0.6 * double(done++) / double(strips), "trying weightings");
    const Index first = s * m_strip;
    MatrixF values = m_targets.read(first, std::min(m_strip, m_targets.cols - first));
    const std::vector<char> mask = maskTargets(values);
    std::copy(mask.begin(), mask.end(), m_state.mask.begin() + first);
    tryStrip(*form, candidate, first, values, mask);
  });
}

void BandedSearch::search(const Job& job) {
  const Index count = m_setup.gammas.rows();
  const bool kept = !m_setup.checkpoint.empty();
  if (kept) m_state.load(m_setup.checkpoint, m_setup.key);
  m_skipped = m_state.skipped;
  while (m_state.tried < count && (m_setup.stopAfter == 0 || m_state.idle < m_setup.stopAfter)) {
    const Index c = m_state.tried;
    m_improved = 0;
    tryCandidate(c, job.part(double(c) / double(count), double(c + 1) / double(count)));
    m_state.idle = double(m_improved) > kImprovedShare * double(m_targets.cols) ? 0 : m_state.idle + 1;
    m_state.skipped = m_skipped;
    ++m_state.tried;
    if (kept) m_state.save(m_setup.checkpoint, m_setup.key);
  }
}

void BandedSearch::refit(BandedFit& fit, const Job& job) {
  fit.intercept.setZero(m_targets.cols);
  if (m_setup.weightsFile.empty()) {
    fit.weights.setZero(m_spaces.featureCount, m_targets.cols);
    MemoryWeights store(fit.weights);
    refitBanded(m_spaces, m_setup, m_targets, m_state, m_kept, store, fit.intercept, job);
  } else {
    WeightFile store(m_setup.weightsFile, m_spaces.featureCount, m_targets.cols);
    refitBanded(m_spaces, m_setup, m_targets, m_state, m_kept, store, fit.intercept, job);
  }
}

StreamReport BandedSearch::report() const {
  StreamReport report;
  report.form = m_state.form();
  report.nodes = m_state.nodes;
  report.flops = m_state.flops;
  report.strips = (m_targets.cols + m_strip - 1) / m_strip;
  FitTally tally;
  tally.add(countTargets(0, m_state.mask, m_state.penalty, m_state.gain, m_setup.ridge.penalties));
  tally.writeTo(report);
  return report;
}

BandedFit BandedSearch::run(const Job& job) {
  for (std::size_t s = 0; s < m_spaces.features.size() && !m_spaces.primal; ++s)
    m_spaces.grams.push_back(gramOfRows(*m_spaces.features[s], m_spaces.means[s], m_setup.ridge.threads, job));
  search(job.part(0, 0.9));
  BandedFit fit;
  if (m_setup.ridge.weights) refit(fit, job.part(0.9, 1));
  fit.report = report();
  fit.candidatesTried = m_state.tried;
  fit.skippedFits = m_state.skipped;
  for (Index t = 0; t < m_targets.cols; ++t)
    if (m_state.mask[static_cast<std::size_t>(t)] == 2) m_state.penalty[t] = m_state.score[t] = kNaN;
  fit.candidate = std::move(m_state.candidate);
  fit.penalty = std::move(m_state.penalty);
  fit.score = std::move(m_state.score);
  fit.candidateScore = std::move(m_state.candidateScore);
  return fit;
}

void check(const std::vector<MatrixF>& spaces, const BandedSetup& setup, Index samples) {
  require(!spaces.empty(), ErrorCode::BadShape, "banded ridge needs at least one feature space");
  for (const MatrixF& space : spaces) {
    require(space.rows() == samples, ErrorCode::BadShape, [&] {
      return "a feature space has " + std::to_string(space.rows()) + " samples, the responses " + std::to_string(samples);
    });
    checkSetup(space, setup.ridge);
  }
  const MatrixD& gammas = setup.gammas;
  require(gammas.cols() == static_cast<Index>(spaces.size()) && gammas.rows() > 0, ErrorCode::BadShape, [&] {
    return "the weightings are for " + std::to_string(gammas.cols()) + " spaces, given are " + std::to_string(spaces.size());
  });
  for (Index c = 0; c < gammas.rows(); ++c)
    require(gammas.row(c).minCoeff() >= 0 && std::abs(gammas.row(c).sum() - 1) < 1e-3, ErrorCode::BadValue,
            [&] { return "weighting " + std::to_string(c) + " is negative somewhere or does not sum to 1"; });
}

/// Uniform in (0, 1), the same for a seed on every machine.
double uniform(std::mt19937& generator) {
  return (double(generator()) + 0.5) / 4294967296.0;
}

}  // namespace

MatrixD drawCandidates(Index spaces, Index count, unsigned seed) {
  require(spaces > 0 && count > 0, ErrorCode::BadValue,
          "weightings need at least one space and one candidate");
  MatrixD gammas = MatrixD::Zero(count, spaces);
  std::mt19937 generator(seed);
  gammas.row(0).setConstant(1.0 / double(spaces));
  Index draws = 0;
  for (Index c = 1; c < count; ++c) {
    if (c <= spaces && spaces > 1) {
      gammas(c, c - 1) = 1;
      continue;
    }
    const double concentration = draws++ % 2 == 0 ? 0.1 : 1.0;
    for (Index s = 0; s < spaces; ++s)
      gammas(c, s) = boost::math::gamma_p_inv(concentration, uniform(generator));
    const double sum = gammas.row(c).sum();
    if (sum > 0)
      gammas.row(c) /= sum;
    else
      gammas.row(c).setConstant(1.0 / double(spaces));
  }
  return gammas;
}

FitEstimate estimateBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const TargetSource& targets) {
  Index features = 0;
  for (const MatrixF& space : spaces) features += space.cols();
  const double samples = double(targets.rows), count = double(targets.cols), candidates = double(setup.gammas.rows());
  const RidgePlan plan = planRidge(targets.rows, features, targets.cols, setup.ridge);
  const double strip = double(stripTargets(targets.rows, targets.cols));
  const double grams = plan.primal ? 0 : 8 * double(spaces.size()) * samples * samples;
  const double refit = setup.ridge.weights ? 2 * kKeptVectorBytes + 4 * double(features) * samples : 0;
  const double weights = setup.ridge.weights && setup.weightsFile.empty() ? 4 * count * double(features) : 0;
  const double perThread = plan.bytesPerThread + 4 * strip * (2 * samples + (refit > 0 ? double(features) : 0));
  FitEstimate estimate;
  estimate.bytes = plan.preparationBytes + grams + refit + weights + count * (50 + 4 * candidates) +
                   resolvedThreadCount(setup.ridge.threads) * perThread;
  estimate.flops = candidates * (plan.preparationFlops + count * plan.flopsPerTarget);
  return estimate;
}

BandedFit fitBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const TargetSource& targets,
                    const Job& job) {
  check(spaces, setup, targets.rows);
  checkMemory(estimateBanded(spaces, setup, targets).bytes, setup.memoryLimitBytes, "this banded fit");
  return BandedSearch(spaces, setup, targets).run(job);
}

}  // namespace cortexscope
