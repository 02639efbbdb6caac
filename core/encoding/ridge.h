// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Ridge regression of a block of targets on one feature space, the penalty of each target chosen by
/// cross-validation.
struct RidgeFit {
  VectorD penalty;    ///< per target, one of the design's penalties
  VectorF cvScore;    ///< per target: mean over folds of -MSE at its penalty
  MatrixF outOfFold;  ///< training samples x targets: prediction of each run by a fit on the other runs
  MatrixF weights;    ///< features x targets, refitted on all training samples
  VectorF intercept;  ///< per target
};

/// The part of a ridge fit that depends on the features alone. Made once per feature space and shared by all
/// targets of all people who saw the same film.
///
///   W(t) = argmin |Y(t) - X W|^2 + penalty(t) |W|^2,   X and Y centred over the training samples of each
///   fold
///
/// Decompositions are float64 on the cheaper side (features x features, or samples x samples); products with
/// targets are float32 unless the features' conditioning asks for more. Held-out predictions of all folds
/// come from one decomposition: a run's own responses cancel from its predictions to about 1e-6 of their
/// size.
/// Source   Hoerl & Kennard 1970
class RidgeDesign {
 public:
  /// features   training samples x features
  /// folds      training runs; the samples of a run are never split
  /// penalties  ascending, positive; empty takes defaultPenalties()
  /// Errors   BadShape (runs do not cover the samples, fewer than 2 runs); BadValue (NaN or infinite
  ///          features, penalties not positive or not ascending); Cancelled
  RidgeDesign(const ConstMatrixRefF& features, const Runs& folds, const VectorD& penalties, const Job& job);
  ~RidgeDesign();
  RidgeDesign(RidgeDesign&&) noexcept;
  RidgeDesign& operator=(RidgeDesign&&) noexcept;

  const VectorD& penalties() const;
  Index sampleCount() const;
  Index featureCount() const;

  /// Fits a block of targets on one core; results do not depend on what else is in the block.
  /// targets   training samples x targets, finite
  /// Limits   a constant target gets weights 0 and the largest penalty; equal scores go to the larger penalty
  RidgeFit fit(const ConstMatrixRefF& targets) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// `count` penalties, evenly spaced in log, from 1e-3 to 1e4 times the mean positive eigenvalue of the
/// centred Gram matrix, so that the grid fits the features' scale whatever it is.
VectorD defaultPenalties(const ConstMatrixRefF& features, Index count);

}  // namespace cortexscope
