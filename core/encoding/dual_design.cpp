// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/dual_design.h"

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/abandon.h"
#include "base/dense.h"
#include "base/parallel.h"

namespace cortexscope {
namespace {

constexpr Index kFeatureBlock = 512;
constexpr double kNegligible = 1e-6;  // an eigenvalue below this part of the smallest penalty counts as 0
constexpr double kConditionPerTolerance =
    1e8;  // of held-out blocks; beyond, float32 products would be less exact

double norm1(const MatrixD& matrix) {
  return matrix.cwiseAbs().colwise().sum().maxCoeff();
}

struct HeldOutBlocks {
  std::vector<std::vector<MatrixD>> inverses;  // fold, node: rows F of the inverse of Q_HH
  double condition = 0;                        // the worst
};

/// On all threads.
HeldOutBlocks invertBlocks(const SymmetricEigen& eigen, const VectorD& nodes, const RidgeSetup& setup,
                           const Job& job) {
  const std::vector<RidgeFold>& folds = setup.folds;
  const Index total = static_cast<Index>(folds.size()) * nodes.size();
  HeldOutBlocks blocks{{folds.size(), std::vector<MatrixD>(static_cast<std::size_t>(nodes.size()))}};
  std::vector<double> conditions(static_cast<std::size_t>(total));
  std::atomic<Index> done{0};
  parallelFor(total, setup.threads, [&](Index block) {
    job.checkpoint(double(done++) / double(total), "preparing folds");
    const auto f = static_cast<std::size_t>(block / nodes.size());
    const double node = nodes[block % nodes.size()];
    const RidgeFold& fold = folds[f];
    MatrixD held = weightedGram(eigen.vectors.middleRows(fold.heldFirst, fold.heldCount),
                                (eigen.values.array() + node).inverse());
    invertPositive(held);
    conditions[static_cast<std::size_t>(block)] = norm1(held) / (eigen.values[0] + node);
    blocks.inverses[f][static_cast<std::size_t>(block % nodes.size())] =
        held.middleRows(fold.first - fold.heldFirst, fold.count);
  });
  blocks.condition = *std::max_element(conditions.begin(), conditions.end());
  return blocks;
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

DualDesign designDual(SymmetricEigen eigen, const ConstMatrixRefF& features, const VectorD& featureMean,
                      const RidgeSetup& setup, const Job& job) {
  DualDesign design;
  design.eigen = std::move(eigen);
  const VectorD& values = design.eigen.values;
  checkSmallestPenalty(setup.penalties, values.size() > 0 ? values.maxCoeff() : 0.0, values.size());
  design.nodes = chooseNodes(setup.penalties, values, setup.tolerance, setup.metric == RidgeMetric::R);
  const double floor = kNegligible * setup.penalties.minCoeff();
  const Index null = (values.array() <= floor).count();
  // Taking what is left of the identity costs one more product with the kept vectors.
  design.nullCount = null > (values.size() - null) / 2 ? null : 0;
  const Index kept = design.keptCount();
  design.bands = planBands(values.tail(kept), design.nodes.penalties, setup.bandTolerance());
  HeldOutBlocks blocks = invertBlocks(design.eigen, design.nodes.penalties, setup, job.part(0.6, 0.95));
  design.blocks = std::move(blocks.inverses);
  design.float64 = setup.float64 || setup.metric == RidgeMetric::R ||
                   blocks.condition > kConditionPerTolerance * setup.tolerance;
  if (setup.weights)
    design.toFeatures =
        featuresOfVectors(features, featureMean, design.eigen.vectors.rightCols(kept), design.float64);
  return design;
}

}  // namespace cortexscope
