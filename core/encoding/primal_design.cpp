// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/primal_design.h"

#include <memory>

#include "base/abandon.h"
#include "base/dense.h"
#include "base/parallel.h"

namespace cortexscope {
namespace {

constexpr double kLargestSpread =
    1e6;  // largest eigenvalue over smallest penalty, beyond which products are in float64

SymmetricEigen clippedEigen(const MatrixD& gram) {
  SymmetricEigen eigen = decomposeSymmetric(gram);
  eigen.values = eigen.values.cwiseMax(0.0);
  return eigen;
}

PrimalFoldDesign designFold(const MatrixD& features, const RidgeFold& rows, const MatrixD& gram,
                            const VectorD& sum, bool intercept) {
  const auto held = features.middleRows(rows.heldFirst, rows.heldCount);
  PrimalFoldDesign fold{rows, {}, VectorD::Zero(features.cols()), {}};
  fold.scoredSum = features.middleRows(rows.first, rows.count).colwise().sum();
  MatrixD own = gram;
  own -= gramOfColumns(held);
  if (intercept) {
    const double count = double(features.rows() - rows.heldCount);
    fold.trainingMean = (sum - VectorD(held.colwise().sum())) / count;
    own.noalias() -= count * fold.trainingMean * fold.trainingMean.transpose();
  }
  fold.eigen = clippedEigen(own);
  return fold;
}

void decompose(PrimalDesign& design, const RidgeSetup& setup) {
  const MatrixD gram = gramOfColumns(design.features);
  const VectorD sum = design.features.colwise().sum();
  const Index folds = static_cast<Index>(setup.folds.size());
  design.folds.resize(setup.folds.size());
  parallelFor(folds + 1, setup.threads, [&](Index place) {
    const auto f = static_cast<std::size_t>(place);
    if (place == folds)
      design.whole = clippedEigen(gram);
    else
      design.folds[f] = designFold(design.features, setup.folds[f], gram, sum, setup.intercept);
  });
}

/// Of all folds together.
VectorD spectrumOf(const PrimalDesign& design) {
  const Index p = design.features.cols();
  VectorD spectrum(p * std::ssize(design.folds));
  for (std::size_t f = 0; f < design.folds.size(); ++f)
    spectrum.segment(static_cast<Index>(f) * p, p) = design.folds[f].eigen.values;
  return spectrum;
}

}  // namespace

PrimalDesign designPrimal(MatrixD features, const RidgeSetup& setup, const Job& job) {
  struct Task {
    PrimalDesign design;
    RidgeSetup setup;
  };
  const auto task = std::make_shared<Task>();
  task->design.features = std::move(features);
  task->setup = setup;
  runAbandonable(job, 0.05, "decomposing the features", [task] { decompose(task->design, task->setup); });
  PrimalDesign design = std::move(task->design);
  design.nodes =
      chooseNodes(setup.penalties, spectrumOf(design), setup.tolerance, setup.metric == RidgeMetric::R);
  job.checkpoint(0.8, "preparing folds");
  const double largest = design.features.cols() > 0 ? design.whole.values.maxCoeff() : 0.0;
  checkSmallestPenalty(setup.penalties, largest, design.features.rows());
  design.float64 = setup.float64 || largest > kLargestSpread * setup.penalties.minCoeff();
  return design;
}

}  // namespace cortexscope
