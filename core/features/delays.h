// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Delayed copies side by side: output[t, block d] = features[t - delays[d]], delay-major columns (all
/// features of the first delay, then of the second ...). Rows before a run's first sample are zero: nothing
/// crosses a run border.
///
/// features   samples x features over all runs
/// delays     in samples, any sign (a negative delay looks ahead), no duplicates
/// Returns    samples x (features * delays)
/// Errors     BadShape if the runs do not cover the rows; BadValue for duplicate or empty delays
MatrixF withDelays(const ConstMatrixRefF& features, const std::vector<int>& delays, const Runs& runs);

/// Undoes withDelays for one delay's block where no padding was used (for tests and inspection).
MatrixF delayBlock(const ConstMatrixRefF& delayed, std::size_t block, std::size_t delayCount);

}  // namespace cortexscope
