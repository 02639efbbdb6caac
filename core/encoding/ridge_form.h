// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "encoding/ridge_plan.h"
#include "encoding/ridge_setup.h"

// Private to encoding: what ridge.h, the streamed fit and banded ridge have in common.
namespace cortexscope {

/// A linear model of each target.
struct TileWeights {
  MatrixF weights;    ///< features x targets
  VectorF intercept;  ///< per target
};

/// What fitting some targets gives; parts that were not asked for are empty.
struct TileFit {
  std::vector<Index> best;  ///< per target: place of its penalty
  VectorD score;            ///< per target: mean over folds at the best penalty
  VectorD gain;       ///< per target: part of the held-out mean square that is explained; r squared for r
  TileWeights refit;  ///< on all samples, at the best penalty
  MatrixF outOfFold;  ///< samples x targets
};

struct TileWants {
  bool weights = false;
  bool predictions = false;
  Index folds = 0;  ///< score only the first folds; 0 scores all
};

/// A design prepared for one choice of the side of the Gram matrix. Const and free of shared state: many
/// threads may fit different targets at once; a target's result has the same bits whatever stands beside it.
class RidgeForm {
 public:
  virtual ~RidgeForm() = default;

  /// targets   samples x some targets, finite
  virtual TileFit fit(const ConstMatrixRefF& targets, const TileWants& wants) const = 0;
  /// With a given penalty per target.
  virtual TileWeights refit(const ConstMatrixRefF& targets, const VectorD& penalties) const = 0;

  virtual std::string name() const = 0;
  virtual Index nodeCount() const = 0;
  virtual double flopsPerTarget() const = 0;
  /// Targets that one call should be given: enough to keep operators busy, few enough for progress and
  /// cancel.
  virtual Index tileTargets() const = 0;
};

/// Checks, centres if there is an intercept, then makes the form of the plan.
/// Errors   as checkSetup and checkSmallestPenalty; Cancelled
std::unique_ptr<RidgeForm> makeRidgeForm(const ConstMatrixRefF& features, const RidgeSetup& setup,
                                         const RidgePlan& plan, const Job& job);

}  // namespace cortexscope
