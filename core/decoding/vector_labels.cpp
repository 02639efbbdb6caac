// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoding/vector_labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <span>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "decoding/comparison.h"
#include "stats/correlation.h"
#include "stats/shuffle.h"

namespace cortexscope {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr Index kRowsPerProduct = 64;

VectorD trainingMean(const MatrixD& truth, const Runs& runs) {
  VectorD sum = VectorD::Zero(truth.cols());
  Index count = 0;
  for (const Index row : rowsOf(runs, false))
    if (truth.row(row).allFinite()) sum += truth.row(row).transpose(), ++count;
  return count > 0 ? VectorD(sum / double(count)) : sum;
}

/// Rows less `centre`, scaled to length 1; rows without length become 0.
MatrixD directions(const MatrixD& rows, const VectorD& centre) {
  MatrixD unit = rows.rowwise() - centre.transpose();
  for (Index i = 0; i < unit.rows(); ++i) {
    const double length = unit.row(i).norm();
    if (length > 0) unit.row(i) /= length;
  }
  return unit;
}

/// What one person's identification needs: the different vectors shown in held-out time, and how well each
/// held-out estimate picks each of them.
struct Identification {
  std::vector<Index> rows;     ///< held-out rows of the study
  std::vector<Index> shownAt;  ///< per held-out row, position among the different vectors; -1 = unknown
  MatrixD accuracy;            ///< held-out rows x different vectors

  Identification() = default;
  Identification(const MatrixD& truth, const MatrixD& estimates, const Runs& runs);

  /// Mean accuracy if held-out row i is judged by the estimate of held-out row source[i]; NaN if nothing can
  /// be judged.
  double mean(const std::vector<Index>& source) const {
    double sum = 0;
    Index count = 0;
    for (std::size_t i = 0; i < shownAt.size() && accuracy.cols() > 1; ++i)
      if (shownAt[i] >= 0) sum += accuracy(source[i], shownAt[i]), ++count;
    return count > 0 ? sum / double(count) : kUndefined;
  }
};

/// Fraction of the other entries that are lower than each entry; equal ones count half.
VectorD fractionBelow(const VectorD& values) {
  const std::vector<double> rank = ranks({values.data(), static_cast<std::size_t>(values.size())});
  return (Eigen::Map<const VectorD>(rank.data(), values.size()).array() - 1.0) / double(values.size() - 1);
}

Identification::Identification(const MatrixD& truth, const MatrixD& estimates, const Runs& runs)
    : rows(rowsOf(runs, true)) {
  std::map<std::vector<double>, Index> positions;
  std::vector<Index> firstRow;
  for (const Index row : rows) {
    if (!truth.row(row).allFinite()) {
      shownAt.push_back(-1);
      continue;
    }
    const std::vector<double> vector(truth.row(row).data(), truth.row(row).data() + truth.cols());
    const auto [place, isNew] = positions.try_emplace(vector, Index(positions.size()));
    if (isNew) firstRow.push_back(row);
    shownAt.push_back(place->second);
  }
  accuracy.resize(Index(rows.size()), Index(firstRow.size()));
  if (firstRow.size() < 2) return;
  const VectorD centre = trainingMean(truth, runs);
  const MatrixD shown = directions(truth(firstRow, Eigen::all), centre);
  const MatrixD cosines = directions(estimates(rows, Eigen::all), centre) * shown.transpose();
  for (Index i = 0; i < cosines.rows(); ++i)
    accuracy.row(i) = fractionBelow(cosines.row(i).transpose()).transpose();
}

/// Positions among the held-out rows, each run's moved round by a random number of samples.
std::vector<Index> movedRows(const Runs& runs, std::mt19937& generator) {
  std::vector<Index> source;
  for (const Run& run : runs) {
    if (!run.heldOut) continue;
    const Index first = Index(source.size()), by = uniformBelow(std::uint32_t(run.sampleCount), generator);
    for (Index i = 0; i < run.sampleCount; ++i) source.push_back(first + (i + by) % run.sampleCount);
  }
  return source;
}

std::vector<Index> inPlace(std::size_t count) {
  std::vector<Index> source(count);
  for (std::size_t i = 0; i < count; ++i) source[i] = Index(i);
  return source;
}

double meanOf(const std::vector<Identification>& people, const std::vector<Index>& source) {
  VectorD accuracies(Index(people.size()));
  for (Index i = 0; i < accuracies.size(); ++i) accuracies[i] = people[std::size_t(i)].mean(source);
  return meanOfFinite(accuracies);
}

void testAgainstChance(VectorScores& scores, const std::vector<Identification>& people, const Runs& runs,
                       const VectorScoreOptions& options, const Job& job) {
  scores.chance = scores.p = kUndefined;
  if (!std::isfinite(scores.meanRankAccuracy)) return;
  std::mt19937 generator(options.seed);
  double sum = 0;
  long reached = 0;
  for (int i = 0; i < options.permutations; ++i) {
    job.checkpoint(double(i) / double(options.permutations), "testing word vectors");
    const double moved = meanOf(people, movedRows(runs, generator));
    sum += moved;
    reached += moved >= scores.meanRankAccuracy - 1e-12;
  }
  scores.chance = sum / double(options.permutations);
  scores.p = double(reached + 1) / double(options.permutations + 1);
}

double meanDimensionR(const MatrixD& truth, const MatrixD& estimates, const std::vector<Index>& rows) {
  VectorD r(truth.cols());
  for (Index d = 0; d < r.size(); ++d) r[d] = heldOutR(truth.col(d), estimates.col(d), rows);
  return meanOfFinite(r);
}

}  // namespace

VectorScores scoreVectors(const std::vector<MatrixD>& truth, const std::vector<MatrixD>& estimates,
                          const Runs& runs, const VectorScoreOptions& options, const Job& job) {
  const Index people = Index(truth.size());
  require(truth.size() == estimates.size(), ErrorCode::BadShape,
          "vector labels: truth and estimates differ in people");
  for (std::size_t i = 0; i < truth.size(); ++i)
    require(truth[i].rows() == sampleCount(runs) && estimates[i].rows() == truth[i].rows() &&
                estimates[i].cols() == truth[i].cols(),
            ErrorCode::BadShape, "vector labels: truth, estimates and runs differ in size");
  VectorScores scores{VectorD(people), VectorD(people), VectorD(people)};
  const std::vector<Index> heldOut = rowsOf(runs, true);
  std::vector<Identification> identifications(truth.size());
  parallelFor(people, options.threads, [&](Index i) {
    job.checkpoint(0, "scoring word vectors");
    const std::size_t person = std::size_t(i);
    identifications[person] = Identification(truth[person], estimates[person], runs);
    scores.meanR[i] = meanDimensionR(truth[person], estimates[person], heldOut);
    scores.cosine[i] = meanOfFinite(cosineBySample(truth[person], estimates[person], runs)(heldOut));
    scores.rankAccuracy[i] = identifications[person].mean(inPlace(heldOut.size()));
  });
  scores.meanRankAccuracy = meanOfFinite(scores.rankAccuracy);
  testAgainstChance(scores, identifications, runs, options, job);
  return scores;
}

VectorD rankAccuracyBySample(const MatrixD& truth, const MatrixD& estimates, const Runs& runs) {
  const Identification identification(truth, estimates, runs);
  VectorD bySample = VectorD::Constant(truth.rows(), kUndefined);
  for (std::size_t i = 0; i < identification.rows.size() && identification.accuracy.cols() > 1; ++i)
    if (identification.shownAt[i] >= 0)
      bySample[identification.rows[i]] = identification.accuracy(Index(i), identification.shownAt[i]);
  return bySample;
}

VectorD cosineBySample(const MatrixD& truth, const MatrixD& estimates, const Runs& runs) {
  const VectorD centre = trainingMean(truth, runs);
  return directions(truth, centre).cwiseProduct(directions(estimates, centre)).rowwise().sum();
}

std::vector<double> vectorPairDistances(const std::vector<MatrixD>& estimates,
                                        const std::vector<Index>& rows) {
  const auto at = [&](std::size_t person, Index row) {
    return std::span<const double>(estimates[person].row(row).data(),
                                   static_cast<std::size_t>(estimates[person].cols()));
  };
  std::vector<double> distances;
  for (std::size_t a = 0; a < estimates.size(); ++a)
    for (std::size_t b = a + 1; b < estimates.size(); ++b) {
      double sum = 0;
      for (const Index row : rows) sum += 1.0 - pearson(at(a, row), at(b, row));
      distances.push_back(rows.empty() ? 0.0 : sum / double(rows.size()));
    }
  return distances;
}

std::vector<std::vector<NearRow>> nearestRows(const ConstMatrixRefF& estimates,
                                              const ConstMatrixRefF& vectors, Index count, const Job& job) {
  require(estimates.cols() == vectors.cols(), ErrorCode::BadShape, [&] {
    return "vectors of " + textOf(estimates.cols()) + " and " + textOf(vectors.cols()) +
           " dimensions cannot be compared";
  });
  const VectorF lengths = vectors.rowwise().norm();
  std::vector<std::vector<NearRow>> nearest;
  for (Index first = 0; first < estimates.rows(); first += kRowsPerProduct) {
    job.checkpoint(double(first) / double(estimates.rows()), "looking for near words");
    const Index rows = std::min(kRowsPerProduct, estimates.rows() - first);
    const MatrixF products = estimates.middleRows(first, rows) * vectors.transpose();
    for (Index i = 0; i < rows; ++i) {
      std::vector<NearRow> all;
      const float length = estimates.row(first + i).norm();
      for (Index v = 0; v < vectors.rows() && length > 0; ++v)
        if (lengths[v] > 0) all.push_back({v, products(i, v) / (lengths[v] * length)});
      const auto end = all.begin() + std::min<std::ptrdiff_t>(count, std::ssize(all));
      std::partial_sort(all.begin(), end, all.end(), [](const NearRow& a, const NearRow& b) {
        return a.cosine != b.cosine ? a.cosine > b.cosine : a.row < b.row;
      });
      nearest.emplace_back(all.begin(), end);
    }
  }
  return nearest;
}

}  // namespace cortexscope
