// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

enum class RidgeMetric {
  NegativeMse,  ///< minus the mean squared error
  R2,           ///< 1 - SSE / SST of the fold, 0 where SST is 0
  R             ///< Pearson's r of the fold, 0 where either side is constant
};

/// One cross-validation fold: rows that are scored and the rows, these and a gap around them, that are not
/// fitted to.
struct RidgeFold {
  Index first = 0, count = 0;
  Index heldFirst = 0, heldCount = 0;
};

/// Folds of `runs`, each with `gap` rows on both sides that are neither fitted to nor scored.
/// Errors   BadShape: fewer than 2 folds, an empty fold, runs that do not cover the samples, nothing left to
///          fit to
std::vector<RidgeFold> ridgeFolds(const Runs& runs, Index sampleCount, Index gap);

/// What a ridge fit is asked for, whichever form it takes.
struct RidgeSetup {
  std::vector<RidgeFold> folds;
  VectorD penalties;  ///< ascending
  RidgeMetric metric = RidgeMetric::NegativeMse;
  bool intercept = false;    ///< of each fold's own training rows, and of all rows in the refit
  bool weights = true;       ///< a refit will be asked for
  bool predictions = false;  ///< out-of-fold predictions will be asked for
  double tolerance = 1e-4;   ///< of node penalties; 0 makes every penalty a node
  int threads = 0;
  bool float64 = false;  ///< products with targets in float64, whatever the conditioning

  /// Relative error that curves of nodes may have in spectral bands.
  double bandTolerance() const { return 0.5 * (tolerance > 0 ? tolerance : 1e-6); }
};

/// Checks folds and penalties of a setup against the features.
/// Errors   BadValue (features with NaN, penalties not positive or not ascending), BadShape (no folds)
void checkSetup(const ConstMatrixRefF& features, const RidgeSetup& setup);

/// Errors   BadValue if the smallest penalty drowns in the rounding errors of the largest eigenvalue:
///          below n eps l_max in float64
void checkSmallestPenalty(const VectorD& penalties, double largestEigenvalue, Index size);

}  // namespace cortexscope
