// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Significance of held-out r per target by permuting blocks of time within runs, the same for all targets.
struct PermutationReport {
  VectorF p;      ///< (b + 1) / (n + 1) per target, one-sided (greater)
  VectorF pMaxT;  ///< family-wise corrected by the maximum over targets, (b + 1) / (n + 1)
};
struct PermutationOptions {
  int permutations = 1000;
  int blockSamples = 5;  ///< shuffled without replacement; a run's last block may be shorter
  unsigned seed = 1;
  int threads = 0;  ///< 0: one per core; the result has the same bits for every count
};

/// r is Pearson's over all rows together; the prediction's blocks are what moves. Keeping blocks keeps the
/// slow changes inside them, so that autocorrelation does not make p too small.
///
/// truth, predicted  samples x targets, the same rows (held-out rows only)
/// runs              runs of those rows, renumbered from row 0
/// Limits   a constant truth or prediction: p = pMaxT = 1. Few blocks allow few orders and so no small p
/// Errors   BadShape; BadValue for NaN or infinite values and for options below 1; Cancelled
/// Cost     permutations x samples x targets float32 products; permutations x (samples + targets / 64)
///          numbers
PermutationReport permutationTest(const ConstMatrixRefF& truth, const ConstMatrixRefF& predicted,
                                  const Runs& runs, const PermutationOptions& options, const Job& job);

}  // namespace cortexscope
