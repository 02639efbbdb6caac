#pragma once

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Series on one time axis carried to another with a Lanczos kernel (3 lobes) whose cut-off is the lower of the two
/// rates; weights are normalised, so a constant stays constant, also at the ends.
/// Source   Lanczos kernel as used for down-sampling features to volumes in voxelwise modelling
MatrixF resampleLanczos(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to);

/// Mean of all source samples whose centre lies inside each target sample; NaN where there is none.
MatrixF resampleMean(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to);

}  // namespace cortexscope
