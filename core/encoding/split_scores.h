// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/job.h"
#include "base/matrix.h"

namespace cortexscope {

/// Parts of a joint model's score that belong to each feature space.
struct SplitScores {
  MatrixF r2;  ///< spaces x targets, product measure; columns sum to the R2 of the summed prediction
  MatrixF r;   ///< spaces x targets; columns sum to the r of the summed prediction
  VectorF wholeR2, wholeR;
};

///   R2_s = sum_t (2 y yhat_s - yhat_s sum_j yhat_j) / sum_t y^2,    r_s = mean(y yhat_s) / (sd_y sd_sum)
///
/// truth, predictions  samples x targets; predictions one per space. All are centred over the samples first,
///                     so R2 does not count an error of the mean
/// Limits   a constant truth gives 0 everywhere; a constant sum gives r 0. Parts may be negative
/// Errors   BadShape
/// Source   product measure, Hoffman 1960; its use for voxelwise models, Dupre la Tour et al. 2022
SplitScores splitScores(const ConstMatrixRefF& truth, const std::vector<MatrixF>& predictions);

/// Variance that only one space explains: R2 of the model of all spaces minus R2 of the model without it,
/// from held-out scores. Small negative values come from overfitting. without: spaces x targets.
/// Errors   BadShape
MatrixF uniqueVariance(const VectorF& wholeR2, const MatrixF& withoutR2);

/// Principal components of weights over targets.
struct WeightComponents {
  MatrixF components;   ///< count x features, orthonormal rows; the entry of largest size is positive
  MatrixF projections;  ///< count x targets
  VectorD share;        ///< part of the weights' sum of squares, falling
};

/// Weights are first averaged over delays (delay-major rows) and every target's are scaled to the norm
/// sqrt(max(0, R2)), so that targets that are not predicted do not count. Weights are not centred over
/// targets.
///
/// weights  (delays * features) x targets    r2  per target
/// Errors   BadShape, BadValue (count not in 1 ... features)
/// Cost     features^2 targets
WeightComponents weightComponents(const ConstMatrixRefF& weights, Index delays, const VectorF& r2,
                                  Index count);

}  // namespace cortexscope
