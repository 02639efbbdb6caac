#include "encoding/banded_ridge.h"

#include <algorithm>
#include <atomic>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "base/dense.h"
#include "base/error.h"
#include "base/parallel.h"
#include "encoding/ridge_panels.h"
#include "encoding/ridge_plan.h"

namespace cortexscope {
namespace {

constexpr double kLeastGain = std::numeric_limits<float>::epsilon();
constexpr double kKeptVectorBytes = 256e6;  // of decompositions kept for the refit; others are made again
constexpr double kImprovedShare = 1e-3;     // of targets, below which a candidate improved next to none
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Eigenvectors of one candidate, as the refit uses them.
struct KeptVectors {
  VectorD values;
  MatrixF vectors;
};

class BandedSearch {
 public:
  BandedSearch(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const TargetSource& targets);
  BandedFit run(const Job& job);

 private:
  SymmetricEigen decompose(Index candidate, const Job& job) const;
  std::unique_ptr<RidgeForm> formOf(Index candidate, bool refit, const Job& job);
  void tryCandidate(Index candidate, const Job& job);
  void tryStrip(const RidgeForm& form, Index candidate, Index first, const MatrixF& values,
                const std::vector<char>& mask);
  std::vector<Index> racers(const RidgeForm& form, Index first, const MatrixF& values, VectorD& firstFold);
  void refitCandidate(Index candidate, const Job& job);
  void refitDual(const KeptVectors& kept, Index candidate, const MatrixF& targets,
                 const std::vector<Index>& which);
  MatrixF scaledFeatures(Index candidate) const;
  void finish();

  const BandedSetup& m_setup;
  const TargetSource& m_targets;
  std::vector<const MatrixF*> m_spaces;
  std::vector<VectorD> m_means;
  std::vector<MatrixD> m_grams;  // empty on the primal side
  Index m_samples = 0, m_features = 0, m_strip = 0;
  bool m_primal = false;
  std::vector<KeptVectors> m_kept;
  BandedFit m_fit;
  VectorD m_firstFold;  // per target: the incumbent's score on the first fold
  VectorD m_gain;
  std::vector<char> m_mask;
  std::atomic<Index> m_improved{0}, m_skipped{0};
};

BandedSearch::BandedSearch(const std::vector<MatrixF>& spaces, const BandedSetup& setup,
                           const TargetSource& targets)
    : m_setup(setup), m_targets(targets), m_samples(targets.rows) {
  require(!spaces.empty(), ErrorCode::BadShape, "banded ridge needs at least one feature space");
  require(setup.gammas.cols() == static_cast<Index>(spaces.size()) && setup.gammas.rows() > 0,
          ErrorCode::BadShape, [&] {
            return "the weightings are for " + std::to_string(setup.gammas.cols()) + " spaces, given are " +
                   std::to_string(spaces.size());
          });
  for (Index c = 0; c < setup.gammas.rows(); ++c)
    require(setup.gammas.row(c).minCoeff() >= 0 && std::abs(setup.gammas.row(c).sum() - 1) < 1e-3,
            ErrorCode::BadValue,
            [&] { return "weighting " + std::to_string(c) + " is negative somewhere or does not sum to 1"; });
  for (const MatrixF& space : spaces) {
    require(space.rows() == m_samples, ErrorCode::BadShape, [&] {
      return "a feature space has " + std::to_string(space.rows()) + " samples, the responses " +
             std::to_string(m_samples);
    });
    checkSetup(space, setup.ridge);
    m_spaces.push_back(&space);
    m_means.push_back(columnMeans(space, setup.ridge.intercept));
    m_features += space.cols();
  }
  const RidgePlan plan = planRidge(m_samples, m_features, targets.cols, setup.ridge);
  m_primal = plan.primal;
  m_strip = stripTargets(m_samples, targets.cols);
  const double grams =
      m_primal ? 0 : 8.0 * double(spaces.size()) * double(m_samples) * double(m_samples) + kKeptVectorBytes;
  const double results = double(targets.cols) * (40 + 4.0 * double(setup.gammas.rows()) +
                                                 (setup.ridge.weights ? 4.0 * double(m_features) : 0));
  checkMemory(plan.preparationBytes + grams + results +
                  resolvedThreadCount(setup.ridge.threads) *
                      (plan.bytesPerThread + 8.0 * double(m_strip) * double(m_samples)),
              setup.memoryLimitBytes, "this banded fit");
}

SymmetricEigen BandedSearch::decompose(Index candidate, const Job& job) const {
  MatrixD gram = MatrixD::Zero(m_samples, m_samples);
  for (std::size_t s = 0; s < m_grams.size(); ++s)
    gram += m_setup.gammas(candidate, static_cast<Index>(s)) * m_grams[s];
  return decomposeGram(std::move(gram), m_setup.ridge.intercept, job);
}

/// All spaces side by side, centred if there is an intercept, each times the root of its weight.
MatrixF BandedSearch::scaledFeatures(Index candidate) const {
  MatrixF scaled(m_samples, m_features);
  Index col = 0;
  for (std::size_t s = 0; s < m_spaces.size(); col += m_spaces[s++]->cols())
    scaled.middleCols(col, m_spaces[s]->cols()) =
        ((m_spaces[s]->cast<double>().rowwise() - m_means[s].transpose()) *
         std::sqrt(m_setup.gammas(candidate, static_cast<Index>(s))))
            .cast<float>();
  return scaled;
}

std::unique_ptr<RidgeForm> BandedSearch::formOf(Index candidate, bool refit, const Job& job) {
  RidgeSetup setup = m_setup.ridge;
  setup.weights = refit;
  setup.predictions = false;
  if (m_primal)
    return makePrimalForm(scaledFeatures(candidate).cast<double>(), VectorD::Zero(m_features), setup, job);
  SymmetricEigen eigen = decompose(candidate, job);
  const double bytes = 4.0 * double(eigen.vectors.size());
  if (m_setup.ridge.weights && bytes * double(candidate + 1) < kKeptVectorBytes)
    m_kept.push_back({eigen.values, eigen.vectors.cast<float>()});
  return makeDualForm(std::move(eigen), MatrixF(m_samples, 0), VectorD(), setup, job);
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
    const double incumbent = m_firstFold[first + t];
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
      m_fit.candidateScore(candidate, target) = float(score);
      if (mask[static_cast<std::size_t>(place)] == 2 || !(score > m_fit.score[target] + kLeastGain)) continue;
      if (score > m_fit.score[target] + m_setup.stopTolerance) ++m_improved;
      m_fit.score[target] = score;
      m_fit.penalty[target] = m_setup.ridge.penalties[fit.best[i]];
      m_fit.candidate[target] = double(candidate);
      m_firstFold[target] = firstFold[place];
      m_gain[target] = fit.gain[static_cast<Index>(i)];
    }
  }
}

void BandedSearch::tryCandidate(Index candidate, const Job& job) {
  const auto form = formOf(candidate, false, job.part(0, 0.4));
  m_fit.report.form = form->name();
  m_fit.report.nodes = std::max(m_fit.report.nodes, form->nodeCount());
  m_fit.report.flops += form->flopsPerTarget() * double(m_targets.cols);
  const Index strips = (m_targets.cols + m_strip - 1) / m_strip;
  std::atomic<Index> done{0};
  parallelFor(strips, m_setup.ridge.threads, [&](Index s) {
    job.checkpoint(0.4 + 0.6 * double(done++) / double(strips), "trying weightings");
    const Index first = s * m_strip;
    MatrixF values = m_targets.read(first, std::min(m_strip, m_targets.cols - first));
    const std::vector<char> mask = maskTargets(values);
    std::copy(mask.begin(), mask.end(), m_mask.begin() + first);
    tryStrip(*form, candidate, first, values, mask);
  });
}

/// Dual weights of some targets of one candidate, times every space: gamma_s X_s' V diag(1 / (l + a)) V' y.
void BandedSearch::refitDual(const KeptVectors& kept, Index candidate, const MatrixF& targets,
                             const std::vector<Index>& which) {
  const PackedOperator<float> toCoordinates(kept.vectors.transpose()), toSamples(kept.vectors);
  std::vector<PackedOperator<float>> toFeatures;
  for (std::size_t s = 0; s < m_spaces.size(); ++s) {
    const double gamma = m_setup.gammas(candidate, static_cast<Index>(s));
    const MatrixF scaled =
        ((m_spaces[s]->cast<double>().rowwise() - m_means[s].transpose()) * gamma).cast<float>();
    toFeatures.emplace_back(scaled.transpose());
  }
  constexpr Index kTile = 128;
  const Index total = targets.cols();
  parallelFor((total + kTile - 1) / kTile, m_setup.ridge.threads, [&](Index tile) {
    const Index first = tile * kTile, count = std::min(kTile, total - first),
                panels = panelCount<float>(count);
    const auto some = targets.middleCols(first, count);
    const VectorD means = columnMeans(some, m_setup.ridge.intercept);
    VectorD penalties(count);
    for (Index t = 0; t < count; ++t)
      penalties[t] = m_fit.penalty[which[static_cast<std::size_t>(first + t)]];
    AlignedArray<float> a, b, c;
    const Panels<float> y = panelsIn(a, toSamples.paddedRows(), panels),
                        z = panelsIn(b, toSamples.paddedRows(), panels);
    loadPanels<float>(some, means, y);
    multiply(toCoordinates, y, 0, z, 0);
    filterPanels(z, kept.values, penalties, z);
    multiply(toSamples, z, 0, y, 0);
    VectorF intercept = means.cast<float>();
    Index row = 0;
    for (std::size_t s = 0; s < toFeatures.size(); row += m_spaces[s++]->cols()) {
      const Panels<float> w = panelsIn(c, toFeatures[s].paddedRows(), panels);
      multiply(toFeatures[s], y, 0, w, 0);
      MatrixF weights(m_spaces[s]->cols(), count);
      storePanels<float>(w, 0, weights);
      intercept -= weights.transpose() * m_means[s].cast<float>();
      for (Index t = 0; t < count; ++t)
        m_fit.weights.block(row, which[static_cast<std::size_t>(first + t)], weights.rows(), 1) =
            weights.col(t);
    }
    for (Index t = 0; t < count; ++t)
      m_fit.intercept[which[static_cast<std::size_t>(first + t)]] = intercept[t];
  });
}

void BandedSearch::refitCandidate(Index candidate, const Job& job) {
  std::vector<Index> all;
  for (Index t = 0; t < m_targets.cols; ++t)
    if (m_mask[static_cast<std::size_t>(t)] == 0 && m_fit.candidate[t] == double(candidate)) all.push_back(t);
  if (all.empty()) return;
  KeptVectors again;
  if (static_cast<std::size_t>(candidate) >= m_kept.size()) {
    // Also on the primal side, where it happens once per candidate in use.
    if (m_grams.empty())
      for (std::size_t s = 0; s < m_spaces.size(); ++s)
        m_grams.push_back(gramOfRows(*m_spaces[s], m_means[s], m_setup.ridge.threads));
    SymmetricEigen eigen = decompose(candidate, job);
    again = {eigen.values.cwiseMax(0.0), eigen.vectors.cast<float>()};
  }
  const KeptVectors& kept = static_cast<std::size_t>(candidate) < m_kept.size()
                                ? m_kept[static_cast<std::size_t>(candidate)]
                                : again;
  for (std::size_t start = 0; start < all.size(); start += static_cast<std::size_t>(m_strip)) {
    job.checkpoint(double(start) / double(all.size()), "refitting");
    const std::vector<Index> which(
        all.begin() + std::ptrdiff_t(start),
        all.begin() + std::ptrdiff_t(std::min(all.size(), start + std::size_t(m_strip))));
    MatrixF targets(m_samples, static_cast<Index>(which.size()));
    // Runs of columns that lie together are read together; the winners of a candidate are scattered.
    for (Index first = 0; first < m_targets.cols; first += m_strip) {
      const Index end = std::min(first + m_strip, m_targets.cols);
      const auto from = std::lower_bound(which.begin(), which.end(), first),
                 to = std::lower_bound(which.begin(), which.end(), end);
      if (from == to) continue;
      const MatrixF strip = m_targets.read(first, end - first);
      for (auto t = from; t != to; ++t) targets.col(t - which.begin()) = strip.col(*t - first);
    }
    refitDual(kept, candidate, targets, which);
  }
}

void BandedSearch::finish() {
  StreamReport& report = m_fit.report;
  const VectorD& penalties = m_setup.ridge.penalties;
  Index edge = 0;
  for (Index t = 0; t < m_targets.cols; ++t) {
    const char mask = m_mask[static_cast<std::size_t>(t)];
    if (mask == 2) m_fit.penalty[t] = m_fit.score[t] = kNaN, ++report.nanTargets;
    if (mask == 1) ++report.constantTargets;
    if (mask != 0 && report.firstMasked.size() < 10) report.firstMasked.push_back(t);
    if (mask != 0 || m_gain[t] < 0.01) continue;
    ++report.responsive;
    edge += m_fit.penalty[t] == penalties[0] || m_fit.penalty[t] == penalties[penalties.size() - 1] ? 1 : 0;
  }
  report.edgeFraction = report.responsive > 0 ? double(edge) / double(report.responsive) : 0.0;
  if (report.edgeFraction > 0.2)
    report.warnings.emplace_back(
        "more than 20 % of responsive targets took a penalty at the edge of the grid");
  if (report.nanTargets > 0)
    report.warnings.push_back(std::to_string(report.nanTargets) +
                              " targets hold NaN or infinite values and were masked");
  if (report.constantTargets > 0)
    report.warnings.push_back(std::to_string(report.constantTargets) + " targets are constant");
  m_fit.skippedFits = m_skipped;
}

BandedFit BandedSearch::run(const Job& job) {
  const Index count = m_setup.gammas.rows(), targets = m_targets.cols;
  const double lowest = -std::numeric_limits<double>::infinity();
  m_fit.candidate.setZero(targets);
  m_fit.penalty.setConstant(targets, m_setup.ridge.penalties[m_setup.ridge.penalties.size() - 1]);
  m_fit.score.setConstant(targets, lowest);
  m_fit.candidateScore.setConstant(count, targets, float(kNaN));
  m_firstFold.setConstant(targets, lowest);
  m_gain.setZero(targets);
  m_mask.assign(static_cast<std::size_t>(targets), 0);
  if (!m_primal)
    for (std::size_t s = 0; s < m_spaces.size(); ++s) {
      job.checkpoint(0, "preparing the features");
      m_grams.push_back(gramOfRows(*m_spaces[s], m_means[s], m_setup.ridge.threads));
    }
  Index idle = 0;
  for (Index c = 0; c < count && (m_setup.stopAfter == 0 || idle < m_setup.stopAfter); ++c) {
    m_improved = 0;
    tryCandidate(c, job.part(0.9 * double(c) / double(count), 0.9 * double(c + 1) / double(count)));
    idle = double(m_improved) > kImprovedShare * double(targets) ? 0 : idle + 1;
    m_fit.candidatesTried = c + 1;
  }
  if (m_setup.ridge.weights) {
    m_fit.weights.setZero(m_features, targets);
    m_fit.intercept.setZero(targets);
    for (Index c = 0; c < m_fit.candidatesTried; ++c)
      refitCandidate(
          c, job.part(0.9 + 0.1 * double(c) / double(count), 0.9 + 0.1 * double(c + 1) / double(count)));
  }
  finish();
  return std::move(m_fit);
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

BandedFit fitBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const TargetSource& targets,
                    const Job& job) {
  return BandedSearch(spaces, setup, targets).run(job);
}

}  // namespace cortexscope
