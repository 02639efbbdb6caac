#pragma once

#include <string>

#include "encoding/ridge_form.h"

// Private to encoding.
namespace cortexscope {

/// What a fit will cost, estimated before anything is computed.
struct RidgePlan {
  bool primal = false;
  double preparationFlops = 0;  ///< float64 counted twice
  double flopsPerTarget = 0;
  double preparationBytes = 0;  ///< at most at one time, operators included
  double bytesPerThread = 0;    ///< of one tile of targets
};

/// Compares the sides by their operations and takes the cheaper: primal where features are fewer than the
/// rows of a fold, dual where they are more than the samples, by count in between.
RidgePlan planRidge(Index samples, Index features, Index targets, const RidgeSetup& setup);

/// Checks folds and penalties of a setup against the features.
/// Errors   BadValue (features with NaN, penalties not positive or not ascending), BadShape (no folds)
void checkSetup(const ConstMatrixRefF& features, const RidgeSetup& setup);

/// Errors   BadValue if the smallest penalty drowns in the rounding errors of the largest eigenvalue:
///          below n eps l_max in float64
void checkSmallestPenalty(const VectorD& penalties, double largestEigenvalue, Index size);

}  // namespace cortexscope
