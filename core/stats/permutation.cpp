// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/permutation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "stats/correlation.h"
#include "stats/shuffle.h"

namespace cortexscope {
namespace {

constexpr Index kPanelTargets = 16;  // one cache line of float32; sums stay in registers
constexpr Index kBlockTargets = 64;  // targets of one unit of work
using Sums = Eigen::Array<float, kPanelTargets, 1>;
using Orders = Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void checkInput(const ConstMatrixRefF& truth, const ConstMatrixRefF& predicted, const Runs& runs,
                const PermutationOptions& options) {
  require(truth.rows() == predicted.rows() && truth.cols() == predicted.cols(), ErrorCode::BadShape, [&] {
    return "the permutation test needs truth and prediction of one size, got " + textOf(truth.rows()) +
           " x " + textOf(truth.cols()) + " and " + textOf(predicted.rows()) + " x " +
           textOf(predicted.cols());
  });
  checkRuns(runs);
  require(sampleCount(runs) == truth.rows(), ErrorCode::BadShape, [&] {
    return "the runs hold " + textOf(sampleCount(runs)) + " samples, the data to be permuted " +
           textOf(truth.rows());
  });
  require(options.permutations >= 1, ErrorCode::BadValue, [&] {
    return "the permutation test needs at least 1 permutation, got " + textOf(options.permutations);
  });
  require(options.blockSamples >= 1, ErrorCode::BadValue, [&] {
    return "the permutation test needs blocks of at least 1 sample, got " + textOf(options.blockSamples);
  });
}

/// The rows of all runs with each run's blocks shuffled.
void appendShuffledRuns(const Runs& runs, Index blockSamples, std::mt19937& generator,
                        Eigen::Ref<Eigen::Matrix<std::int32_t, 1, Eigen::Dynamic>> order) {
  Index next = 0;
  for (const Run& run : runs) {
    std::vector<Index> starts;
    for (Index start = run.firstSample; start < run.endSample(); start += blockSamples)
      starts.push_back(start);
    shuffle(starts, generator);
    for (const Index start : starts)
      for (Index row = start; row < std::min(start + blockSamples, run.endSample()); ++row)
        order(next++) = static_cast<std::int32_t>(row);
  }
}

/// Row 0 is the order as it is; the others are the permutations.
Orders drawOrders(const Runs& runs, const PermutationOptions& options) {
  Orders orders(options.permutations + 1, sampleCount(runs));
  std::iota(orders.row(0).begin(), orders.row(0).end(), 0);
  std::mt19937 generator(options.seed);
  for (Index i = 1; i < orders.rows(); ++i) {
    Eigen::Matrix<std::int32_t, 1, Eigen::Dynamic> order(orders.cols());
    appendShuffledRuns(runs, options.blockSamples, generator, order);
    orders.row(i) = order;
  }
  return orders;
}

/// Up to 16 targets side by side (missing ones zero), each z-scored over time.
MatrixF panelOf(const ConstMatrixRefF& values, Index firstTarget) {
  const Index count = std::min(kPanelTargets, values.cols() - firstTarget);
  MatrixF panel = MatrixF::Zero(values.rows(), kPanelTargets);
  panel.leftCols(count) = values.middleCols(firstTarget, count);
  require(panel.allFinite(), ErrorCode::BadValue, [&] {
    return "the permutation test met a NaN or infinite value in targets " + textOf(firstTarget) + " to " +
           textOf(firstTarget + count - 1);
  });
  zscoreRows(panel, 0, panel.rows());
  return panel;
}

/// samples * r of a panel's targets with the prediction's rows in the given order.
Sums productsInOrder(const MatrixF& truth, const MatrixF& predicted, const std::int32_t* order) {
  Sums sums = Sums::Zero();
  for (Index row = 0; row < truth.rows(); ++row)
    sums += Eigen::Map<const Sums>(truth.data() + row * kPanelTargets) *
            Eigen::Map<const Sums>(predicted.data() + order[row] * kPanelTargets);
  return sums;
}

/// What one block of targets leaves behind; each block writes its own columns only.
struct Null {
  VectorF observed;                     ///< per target
  Eigen::ArrayX<std::int32_t> reached;  ///< per target: permutations that reach the observed value
  MatrixF maximum;                      ///< blocks x permutations
};

void testPanel(const MatrixF& truth, const MatrixF& predicted, const Orders& orders, Index firstTarget,
               Null& null) {
  const Index count = std::min(kPanelTargets, null.observed.size() - firstTarget);
  auto maximum = null.maximum.row(firstTarget / kBlockTargets);
  const Sums observed = productsInOrder(truth, predicted, orders.row(0).data());
  Eigen::Array<std::int32_t, kPanelTargets, 1> reached = Eigen::Array<std::int32_t, kPanelTargets, 1>::Zero();
  for (Index i = 1; i < orders.rows(); ++i) {
    const Sums sums = productsInOrder(truth, predicted, orders.row(i).data());
    reached += (sums >= observed).cast<std::int32_t>();
    maximum(i - 1) = std::max(maximum(i - 1), sums.head(count).maxCoeff());
  }
  null.observed.segment(firstTarget, count) = observed.head(count);
  null.reached.segment(firstTarget, count) = reached.head(count);
}

PermutationReport reportOf(const Null& null) {
  std::vector<float> maxima(static_cast<std::size_t>(null.maximum.cols()));
  for (Index i = 0; i < null.maximum.cols(); ++i)
    maxima[static_cast<std::size_t>(i)] = null.maximum.col(i).maxCoeff();
  std::sort(maxima.begin(), maxima.end());
  const auto total = static_cast<float>(maxima.size() + 1);
  PermutationReport report{VectorF(null.observed.size()), VectorF(null.observed.size())};
  for (Index target = 0; target < null.observed.size(); ++target) {
    const auto first = std::lower_bound(maxima.begin(), maxima.end(), null.observed(target));
    report.p(target) = static_cast<float>(null.reached(target) + 1) / total;
    report.pMaxT(target) = static_cast<float>(maxima.end() - first + 1) / total;
  }
  return report;
}

}  // namespace

PermutationReport permutationTest(const ConstMatrixRefF& truth, const ConstMatrixRefF& predicted,
                                  const Runs& runs, const PermutationOptions& options, const Job& job) {
  checkInput(truth, predicted, runs, options);
  const Index targets = truth.cols();
  if (targets == 0) return {};
  const Orders orders = drawOrders(runs, options);
  const Index blocks = (targets + kBlockTargets - 1) / kBlockTargets;
  Null null{VectorF(targets), Eigen::ArrayX<std::int32_t>(targets),
            MatrixF::Constant(blocks, options.permutations, std::numeric_limits<float>::lowest())};
  std::atomic<Index> done{0};
  parallelFor(blocks, options.threads, [&](Index block) {
    const Index end = std::min(targets, (block + 1) * kBlockTargets);
    for (Index first = block * kBlockTargets; first < end; first += kPanelTargets, done += kPanelTargets) {
      job.checkpoint(static_cast<double>(done) / static_cast<double>(targets), "permutation test");
      testPanel(panelOf(truth, first), panelOf(predicted, first), orders, first, null);
    }
  });
  return reportOf(null);
}

}  // namespace cortexscope
