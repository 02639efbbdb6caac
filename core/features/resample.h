// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Series on one time axis carried to another with a Lanczos kernel (3 lobes) whose cut-off is the lower of
/// the two rates:  w(x) = sinc(x) sinc(x / 3) for |x| < 3,  x = (target centre - source centre) * lower rate.
/// Weights are normalised, so a constant stays constant, also at the ends. Targets centred before the first
/// or after the last source centre take the value there. A NaN spreads to the targets within the kernel's
/// reach only.
///
/// values   from.sampleCount x series
/// Returns  to.sampleCount x series
/// Errors   BadShape if the rows are not from.sampleCount or there are none; BadValue for axes that are not
///          finite or have no positive period
/// Source   Duchon 1979; as used to down-sample features to volumes in voxelwise modelling
MatrixF resampleLanczos(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to);

/// Mean of all source samples whose centre lies inside each target sample; NaN where there is none. A centre
/// on the border of two target samples (within 1e-9 of a period) belongs to the later one.
/// Errors   as resampleLanczos, but no source samples are legal
MatrixF resampleMean(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to);

}  // namespace cortexscope
