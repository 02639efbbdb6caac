// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// A principal component basis fitted on training samples. Fit takes training samples only; apply takes any.
struct Reduction {
  VectorF mean;               ///< values
  MatrixF components;         ///< values x kept, orthonormal columns, by falling variance
  VectorF explainedVariance;  ///< kept; population variance of each component over the training samples
  double totalVariance = 0;   ///< over all values

  /// samples x values -> samples x kept component scores.
  /// Errors   BadShape for another number of values
  MatrixF apply(const ConstMatrixRefF& values) const;
};

/// Fits the basis. Signs are fixed (largest |loading| positive), so that results do not depend on the
/// machine's LAPACK.
///
/// training    samples x values, training samples only
/// maxComponents  at least 1; at most this many are kept, and never more than the rank (at most samples - 1):
///                what has less than 1e-10 of the first component's variance is rounding of float32 and is
///                left out, so that constant training data keep no component
/// Errors   BadValue for NaN or infinite values or maxComponents < 1; BadShape for fewer than 2 samples or no
///          values; Cancelled
/// Cost     the smaller of the samples x samples and values x values Gram matrix and its decomposition, in
///          float64; few components of more than 2,000 samples and values without these, by some ten passes
///          over the values. Training values are widened to float64 in pieces, never as a whole
Reduction fitReduction(const ConstMatrixRefF& training, Index maxComponents, const Job& job = {});

/// Removes each run's mean from every column, as z-scoring per run does to responses. A run's mean is that
/// run's own property: nothing passes between runs.
void centrePerRun(MatrixF& values, const Runs& runs);

/// Column scaling fitted on training samples: (x - mean) / sd (population s.d.); constant columns become 0.
struct Scaling {
  VectorF mean;
  VectorF sd;  ///< 0 where the column was constant
  /// Errors   BadShape for another number of columns
  MatrixF apply(const ConstMatrixRefF& values) const;
};
/// Errors   BadValue for NaN or infinite values; BadShape for no samples
Scaling fitScaling(const ConstMatrixRefF& training);

}  // namespace cortexscope
