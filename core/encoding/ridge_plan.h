// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "encoding/ridge_setup.h"

namespace cortexscope {

/// Neighbouring targets that are read, fitted and written together.
struct TargetStrip {
  Index first = 0, count = 0;
};

/// How a fit will be done and what it will cost, known before anything is computed. Made once by planRidge()
/// and handed to everything that takes part in the fit.
struct RidgePlan {
  Index samples = 0, features = 0, targets = 0;
  /// About 16 MB, at least one tile, at most 1/32 of all targets; depends on sizes alone.
  Index stripTargets = 1;
  bool primal = false;
  double preparationFlops = 0;  ///< float64 counted twice
  double flopsPerTarget = 0;
  double preparationBytes = 0;  ///< at most at one time, operators included
  double bytesPerThread = 0;    ///< of one tile of targets

  Index stripCount() const { return (targets + stripTargets - 1) / stripTargets; }
  TargetStrip strip(Index place) const;
  /// Of all targets.
  double flops() const { return preparationFlops + double(targets) * flopsPerTarget; }
};

/// Compares the forms by their operations and takes the cheaper: primal where features are fewer than the
/// rows of a fold, dual where they are more than the samples, by count in between.
RidgePlan planRidge(Index samples, Index features, Index targets, const RidgeSetup& setup);

}  // namespace cortexscope
