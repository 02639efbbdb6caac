// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/banded_ridge.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "encoding/banded_refit.h"
#include "encoding/banded_state.h"
#include "encoding/dual_form.h"
#include "encoding/fit_tally.h"
#include "encoding/primal_form.h"
#include "encoding/ridge_panels.h"
#include "io/arrays/npy_columns.h"

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
  void write(Index first, const MatrixF& weights) override {
    m_weights.middleCols(first, weights.cols()) = weights;
  }

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
  BandedSearch(const BandedSpaces& spaces, const BandedSetup& setup, const TargetSource& targets);
  BandedFit run(const Job& job);

 private:
  std::unique_ptr<RidgeForm> formOf(Index candidate, const Job& job);
  void search(const Job& job);
  void tryCandidate(Index candidate, const Job& job);
  void tryStrip(const RidgeForm& form, Index candidate, Index first, const MatrixF& values,
                const std::vector<char>& mask, const std::vector<Index>& own);
  std::vector<char> servedChoices(Index candidate) const;
  std::vector<Index> racers(const RidgeForm& form, Index first, const MatrixF& values,
                            const std::vector<Index>& own, VectorD& firstFold) const;
  void makeRefinement();
  void refit(BandedFit& fit, const Job& job);
  StreamReport report() const;

  const BandedSetup& m_setup;
  const TargetSource& m_targets;
  const BandedSpaces& m_spaces;
  const RidgePlan& m_plan;
  std::map<Index, KeptVectors> m_kept;
  BandedState m_state;
  std::atomic<Index> m_asked{0}, m_fitted{0}, m_improved{0};  // targets of the candidate being tried
};

BandedSearch::BandedSearch(const BandedSpaces& spaces, const BandedSetup& setup, const TargetSource& targets)
    : m_setup(setup),
      m_targets(targets),
      m_spaces(spaces),
      m_plan(spaces.plan),
      m_state(setup.gammas, setup.refinements, targets.cols, setup.ridge.penalties.maxCoeff()) {}

std::unique_ptr<RidgeForm> BandedSearch::formOf(Index candidate, const Job& job) {
  RidgeSetup setup = m_setup.ridge;
  setup.weights = setup.predictions = false;
  const Eigen::RowVectorXd gammas = m_state.gammas.row(candidate);
  if (m_plan.primal)
    return makePrimalForm(m_spaces.scaled(gammas).cast<double>(), VectorD::Zero(m_plan.features), setup, job);
  SymmetricEigen eigen = m_spaces.decompose(gammas, setup.intercept, job);
  if (m_setup.ridge.weights &&
      4.0 * double(eigen.vectors.size()) * double(m_kept.size() + 1) < kKeptVectorBytes)
    m_kept[candidate] = {eigen.values.cwiseMax(0.0), eigen.vectors.cast<float>()};
  return makeDualForm(std::move(eigen), MatrixF(m_plan.samples, 0), VectorD(), setup, job);
}

/// Per candidate tried before: is the new one for targets that chose it? Given ones are for all, refinements
/// for those whose weighting is as near as the one that it refines.
std::vector<char> BandedSearch::servedChoices(Index candidate) const {
  std::vector<char> served(static_cast<std::size_t>(candidate) + 1, 1);
  const std::int64_t origin = m_state.origin[static_cast<std::size_t>(candidate)];
  const auto distance = [&](Index other) {
    return (m_state.gammas.row(other) - m_state.gammas.row(candidate)).lpNorm<1>();
  };
  for (Index other = 0; other < candidate && origin >= 0; ++other)
    served[static_cast<std::size_t>(other)] = distance(other) <= distance(origin);
  return served;
}

/// Those of `own` that are worth more than the first fold; all without racing.
std::vector<Index> BandedSearch::racers(const RidgeForm& form, Index first, const MatrixF& values,
                                        const std::vector<Index>& own, VectorD& firstFold) const {
  firstFold = VectorD::Zero(values.cols());
  if (m_setup.racingMargin <= 0) return own;
  TileWants wants;
  wants.folds = 1;
  std::vector<Index> left;
  for (const std::vector<Index>& places : inTiles(own, form.tileTargets())) {
    const TileFit fit = form.fit(values(Eigen::all, places), wants);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const double incumbent = m_state.firstFold[first + places[i]];
      const double error = m_setup.ridge.metric == RidgeMetric::NegativeMse ? -incumbent : 1 - incumbent;
      firstFold[places[i]] = fit.score[static_cast<Index>(i)];
      if (!(firstFold[places[i]] < incumbent - m_setup.racingMargin * error)) left.push_back(places[i]);
    }
  }
  return left;
}

void BandedSearch::tryStrip(const RidgeForm& form, Index candidate, Index first, const MatrixF& values,
                            const std::vector<char>& mask, const std::vector<Index>& own) {
  VectorD firstFold;
  const std::vector<Index> left = racers(form, first, values, own, firstFold);
  m_asked += std::ssize(own);
  m_fitted += std::ssize(left);
  for (const std::vector<Index>& places : inTiles(left, form.tileTargets())) {
    const TileFit fit = form.fit(values(Eigen::all, places), {});
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Index place = places[i], target = first + place;
      const double score = fit.score[static_cast<Index>(i)];
      m_state.candidateScore(candidate, target) = float(score);
      if (mask[static_cast<std::size_t>(place)] == 2 || !(score > m_state.score[target] + kLeastGain))
        continue;
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
  m_asked = m_fitted = m_improved = 0;
  const std::vector<char> served = servedChoices(candidate);
  std::atomic<Index> done{0};
  parallelFor(m_plan.stripCount(), m_setup.ridge.threads, [&](Index s) {
    job.checkpoint(0.4 + 0.6 * double(done++) / double(m_plan.stripCount()), "trying weightings");
    const auto [first, count] = m_plan.strip(s);
    std::vector<Index> own;
    for (Index t = 0; t < count; ++t)
      if (served[static_cast<std::size_t>(m_state.candidate[static_cast<std::size_t>(first + t)])])
        own.push_back(t);
    if (own.empty()) return;
    MatrixF values = m_targets.read(first, count);
    const std::vector<char> mask = maskTargets(values);
    std::copy(mask.begin(), mask.end(), m_state.mask.begin() + first);
    tryStrip(*form, candidate, first, values, mask, own);
  });
  m_state.flops += m_plan.preparationFlops / 2 + form->flopsPerTarget() * double(m_fitted);
  m_state.skipped += m_asked - m_fitted;
  m_state.idle = double(m_improved) > kImprovedShare * double(m_asked) ? 0 : m_state.idle + 1;
  ++m_state.tried;
}

/// Fills the next candidate's row with a move from where most explained variance may be gained.
void BandedSearch::makeRefinement() {
  const Index rows = m_state.next;
  VectorD worth = VectorD::Zero(rows), starts = VectorD::Ones(rows);
  for (Index t = 0; t < m_targets.cols; ++t)
    if (m_state.mask[static_cast<std::size_t>(t)] != 2)
      worth[m_state.candidate[static_cast<std::size_t>(t)]] += std::max(0.0, m_state.gain[t]);
  for (Index c = 0; c < rows; ++c)
    if (const std::int64_t origin = m_state.origin[static_cast<std::size_t>(c)]; origin >= 0)
      ++starts[origin];
  Index best = 0;
  worth.cwiseQuotient(starts).maxCoeff(&best);
  m_state.origin[static_cast<std::size_t>(rows)] = best;
  m_state.gammas.row(rows) = moveNear(m_state.gammas.row(best), 1 / (1 + starts[best]), m_setup.seed, rows);
}

void BandedSearch::search(const Job& job) {
  const Index given = m_setup.gammas.rows(), all = given + m_setup.refinements;
  const bool kept = !m_setup.checkpoint.empty();
  if (kept) m_state.load(m_setup.checkpoint, m_setup.key);
  while (m_state.next < all) {
    const Index c = m_state.next;
    if (c >= given) makeRefinement();
    tryCandidate(c, job.part(double(c) / double(all), double(c + 1) / double(all)));
    ++m_state.next;
    if (m_setup.stopAfter > 0 && m_state.idle >= m_setup.stopAfter) {
      m_state.next = m_state.next < given ? given : all;
      m_state.idle = 0;
    }
    if (kept) m_state.save(m_setup.checkpoint, m_setup.key);
  }
}

void BandedSearch::refit(BandedFit& fit, const Job& job) {
  fit.intercept.setZero(m_targets.cols);
  if (m_setup.weightsFile.empty()) {
    fit.weights.setZero(m_plan.features, m_targets.cols);
    MemoryWeights store(fit.weights);
    refitBanded(m_spaces, m_setup, m_targets, m_state, m_kept, store, fit.intercept, job);
  } else {
    WeightFile store(m_setup.weightsFile, m_plan.features, m_targets.cols);
    refitBanded(m_spaces, m_setup, m_targets, m_state, m_kept, store, fit.intercept, job);
  }
}

StreamReport BandedSearch::report() const {
  StreamReport report;
  report.form = m_state.form();
  report.nodes = m_state.nodes;
  report.flops = m_state.flops;
  report.strips = m_plan.stripCount();
  FitTally tally;
  tally.add(countTargets(0, m_state.mask, m_state.penalty, m_state.gain, m_setup.ridge.penalties));
  tally.writeTo(report);
  return report;
}

BandedFit BandedSearch::run(const Job& job) {
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
  const Index made =
      m_setup.gammas.rows() + std::ranges::count_if(m_state.origin, [](auto each) { return each >= 0; });
  fit.gammas = m_state.gammas.topRows(made);
  fit.candidateScore = m_state.candidateScore.topRows(made);
  return fit;
}

Index featureCount(const std::vector<MatrixF>& spaces) {
  Index count = 0;
  for (const MatrixF& space : spaces) count += space.cols();
  return count;
}

void checkBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup, Index samples) {
  require(!spaces.empty(), ErrorCode::BadShape, "banded ridge needs at least one feature space");
  for (const MatrixF& space : spaces) {
    require(space.rows() == samples, ErrorCode::BadShape, [&] {
      return "a feature space has " + textOf(space.rows()) + " samples, the responses " + textOf(samples);
    });
    checkSetup(space, setup.ridge);
  }
  const MatrixD& gammas = setup.gammas;
  require(gammas.cols() == static_cast<Index>(spaces.size()) && gammas.rows() > 0, ErrorCode::BadShape, [&] {
    return "the weightings are for " + textOf(gammas.cols()) + " spaces, given are " + textOf(spaces.size());
  });
  for (Index c = 0; c < gammas.rows(); ++c)
    require(gammas.row(c).minCoeff() >= 0 && std::abs(gammas.row(c).sum() - 1) < 1e-3, ErrorCode::BadValue,
            [&] { return "weighting " + textOf(c) + " is negative somewhere or does not sum to 1"; });
}

}  // namespace

RidgePlan planBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup,
                     const TargetSource& targets) {
  return planRidge(targets.rows, featureCount(spaces), targets.cols, setup.ridge);
}

FitEstimate estimateBanded(const RidgePlan& plan, const BandedSetup& setup) {
  const double samples = double(plan.samples), count = double(plan.targets), features = double(plan.features);
  const double candidates = double(setup.gammas.rows() + setup.refinements);
  const double grams = plan.primal ? 0 : 8 * double(setup.gammas.cols()) * samples * samples;
  const double refit = setup.ridge.weights ? 2 * kKeptVectorBytes + 4 * features * samples : 0;
  const double weights = setup.ridge.weights && setup.weightsFile.empty() ? 4 * count * features : 0;
  const double perThread =
      plan.bytesPerThread + 4 * double(plan.stripTargets) * (2 * samples + (refit > 0 ? features : 0));
  FitEstimate estimate;
  estimate.bytes = plan.preparationBytes + grams + refit + weights + count * (50 + 4 * candidates) +
                   resolvedThreadCount(setup.ridge.threads) * perThread;
  estimate.flops = candidates * plan.flops();
  return estimate;
}

BandedFit fitBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const RidgePlan& plan,
                    const TargetSource& targets, const Job& job) {
  checkBanded(spaces, setup, targets.rows);
  checkPlan(plan, featureCount(spaces), targets);
  checkMemory(estimateBanded(plan, setup).bytes, setup.memoryLimitBytes, "this banded fit");
  const BandedSpaces prepared(spaces, setup.ridge, plan, job);
  return BandedSearch(prepared, setup, targets).run(job);
}

}  // namespace cortexscope
