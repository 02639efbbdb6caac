// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/eigen.h"
#include "base/job.h"
#include "encoding/ridge_nodes.h"
#include "encoding/ridge_setup.h"

// Private to encoding.
namespace cortexscope {

/// One fold in float64, before its operators are packed.
struct PrimalFoldDesign {
  RidgeFold rows;
  SymmetricEigen eigen;  // of the training rows' features x features Gram matrix, values clipped at 0
  VectorD trainingMean;  // of the features; 0 without an intercept
  VectorD scoredSum;     // of the scored rows' features, before the training mean is taken off
};

/// What the primal form makes of the features alone, in float64.
struct PrimalDesign {
  MatrixD features;      // samples x features, with an intercept centred over all rows
  SymmetricEigen whole;  // of the Gram matrix of all rows
  std::vector<PrimalFoldDesign> folds;
  NodePenalties nodes;
  bool float64 = false;  // products with targets would lose too much in float32
};

/// Decompositions of all rows and of every fold's training rows, whose Gram matrices are those of all rows
/// less those of the held-out ones; on all threads.
/// Errors   as checkSmallestPenalty; Cancelled, within 50 ms
/// Cost     samples features^2 + (folds + 1) features^3
PrimalDesign designPrimal(MatrixD features, const RidgeSetup& setup, const Job& job);

}  // namespace cortexscope
