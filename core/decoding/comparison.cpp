// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoding/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/correlation.h"

namespace cortexscope {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewestForR = 3;  // through two points every line fits

VectorD rowMeans(const MatrixD& values) {
  VectorD means(values.rows());
  for (Index i = 0; i < means.size(); ++i) means[i] = meanOfFinite(values.row(i).transpose());
  return means;
}

PairedTest pairedOfFinite(const VectorD& a, const VectorD& b) {
  std::vector<double> left, right;
  for (Index i = 0; i < a.size(); ++i)
    if (std::isfinite(a[i]) && std::isfinite(b[i])) left.push_back(a[i]), right.push_back(b[i]);
  return pairedT(left, right);
}

std::vector<Index> knownAmong(const VectorD& truth, const std::vector<Index>& rows) {
  std::vector<Index> known;
  for (const Index row : rows)
    if (std::isfinite(truth[row])) known.push_back(row);
  return known;
}

/// Per row, its share of r: centred truth times centred estimate over both norms.
VectorD sharesOfR(const VectorD& truth, const VectorD& estimate, const std::vector<Index>& rows) {
  const auto standardised = [&rows](const VectorD& series) {
    VectorD chosen = series(rows);
    chosen.array() -= chosen.mean();
    const double norm = chosen.norm();
    return VectorD(norm > 0 ? VectorD(chosen / norm) : VectorD::Zero(chosen.size()));
  };
  return standardised(truth).cwiseProduct(standardised(estimate));
}

}  // namespace

double meanOfFinite(const VectorD& values) {
  double sum = 0;
  int count = 0;
  for (Index i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) sum += values[i], ++count;
  return count > 0 ? sum / count : kNaN;
}

double heldOutR(const VectorD& truth, const VectorD& estimate, const std::vector<Index>& rows) {
  std::vector<double> a, b;
  for (const Index row : knownAmong(truth, rows)) a.push_back(truth[row]), b.push_back(estimate[row]);
  if (a.size() < kFewestForR ||
      std::all_of(a.begin(), a.end(), [&](double value) { return value == a.front(); }))
    return kNaN;
  return pearson(a, b);
}

VectorD differenceByBlock(const VectorD& truth, const VectorD& btl, const VectorD& tl, const Runs& runs,
                          Index blockSamples) {
  const std::vector<Index> rows = rowsOf(runs, true), known = knownAmong(truth, rows);
  const bool defined = std::isfinite(heldOutR(truth, btl, rows)) && std::isfinite(heldOutR(truth, tl, rows));
  VectorD difference = VectorD::Constant(truth.size(), defined ? 0 : kNaN);  // an unknown sample adds nothing
  if (defined) difference(known) = sharesOfR(truth, btl, known) - sharesOfR(truth, tl, known);
  std::vector<double> blocks;
  for (const Run& run : runs)
    for (Index start = 0; run.heldOut && start < run.sampleCount; start += blockSamples)
      blocks.push_back(
          difference.segment(run.firstSample + start, std::min(blockSamples, run.sampleCount - start)).sum());
  return Eigen::Map<const VectorD>(blocks.data(), static_cast<Index>(blocks.size()));
}

MethodComparison compareMethods(const MethodScores& scores, const std::vector<Index>& labels, unsigned seed) {
  const MatrixD btl = scores.btlR(Eigen::all, labels), tl = scores.tlR(Eigen::all, labels);
  MethodComparison comparison;
  comparison.overPeople = pairedOfFinite(rowMeans(btl), rowMeans(tl));
  comparison.overLabels = pairedOfFinite(rowMeans(btl.transpose()), rowMeans(tl.transpose()));
  const VectorD blocks = rowMeans(scores.byBlock(Eigen::all, labels));
  if (!blocks.allFinite()) return comparison;
  comparison.pOverTime = signFlipP({blocks.data(), static_cast<std::size_t>(blocks.size())}, seed);
  comparison.p = std::max(comparison.overPeople.p, comparison.pOverTime);
  return comparison;
}

}  // namespace cortexscope
