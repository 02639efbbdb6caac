// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/eigen.h"
#include "base/job.h"
#include "encoding/ridge_nodes.h"
#include "encoding/ridge_setup.h"

// Private to encoding.
namespace cortexscope {

/// What the dual form makes of the features alone, in float64, before operators are packed.
struct DualDesign {
  SymmetricEigen eigen;  // of the samples x samples Gram matrix
  Index nullCount = 0;   // the first so many eigenvalues count as 0, their vectors are left out
  NodePenalties nodes;
  std::vector<SpectralBand> bands;           // of the kept eigenvalues
  std::vector<std::vector<MatrixD>> blocks;  // fold, node: rows F of the inverse of Q_HH
  MatrixD toFeatures;                        // features x kept eigenvectors; empty unless weights are wanted
  bool float64 = false;                      // products with targets would lose too much in float32

  Index keptCount() const { return eigen.values.size() - nullCount; }
};

/// Decomposition of a Gram matrix of samples, eigenvalues clipped at 0; with an intercept, of centred
/// features, without the constant vector. Gives up within 50 ms when the job is cancelled.
SymmetricEigen decomposeGram(MatrixD gram, bool intercept, const Job& job);

/// eigen     from decomposeGram
/// features  samples x features, as given, and their mean (0 without an intercept); read only if weights are
///           wanted
/// Errors    as checkSmallestPenalty; Cancelled
/// Cost      nodes (samples^2 heldCount + heldCount^3) per fold
DualDesign designDual(SymmetricEigen eigen, const ConstMatrixRefF& features, const VectorD& featureMean,
                      const RidgeSetup& setup, const Job& job);

}  // namespace cortexscope
