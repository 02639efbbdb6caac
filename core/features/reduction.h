#pragma once

#include "base/job.h"
#include "base/matrix.h"

namespace cortexscope {

/// A principal component basis fitted on training samples. Fit takes training samples only; apply takes any.
struct Reduction {
  VectorF mean;                 ///< values
  MatrixF components;           ///< values x kept, orthonormal columns, by falling variance
  VectorF explainedVariance;    ///< kept; variance of each component over the training samples
  double totalVariance = 0;     ///< over all values

  /// samples x values -> samples x kept component scores.
  MatrixF apply(const ConstMatrixRefF& values) const;
};

/// Fits the basis. Signs are fixed (largest |loading| positive), so that results do not depend on the machine's LAPACK.
///
/// training    samples x values, training samples only
/// maxComponents  at most this many; never more than the rank (samples - 1)
/// Errors   BadValue for NaN or infinite values; BadShape for fewer than 2 samples
/// Cost     the smaller of the samples x samples and values x values Gram matrix, in float64
Reduction fitReduction(const ConstMatrixRefF& training, Index maxComponents);

/// Column scaling fitted on training samples: (x - mean) / sd; constant columns become 0.
struct Scaling {
  VectorF mean;
  VectorF sd;
  MatrixF apply(const ConstMatrixRefF& values) const;
};
Scaling fitScaling(const ConstMatrixRefF& training);

}  // namespace cortexscope
