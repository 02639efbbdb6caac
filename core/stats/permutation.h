#pragma once

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Significance of held-out r per target by permuting blocks of time within runs, the same for all targets.
struct PermutationReport {
  VectorF p;           ///< (b + 1) / (n + 1) per target, one-sided
  VectorF pMaxT;       ///< family-wise corrected by the maximum over targets
};
struct PermutationOptions {
  int permutations = 1000;
  int blockSamples = 5;      ///< shuffled without replacement; a run's last block may be shorter
  unsigned seed = 1;
  int threads = 0;
};

/// truth, predicted  samples x targets, the same rows (held-out rows only)
/// runs              runs of those rows
/// Errors   BadShape; Cancelled
PermutationReport permutationTest(const ConstMatrixRefF& truth, const ConstMatrixRefF& predicted, const Runs& runs,
                                  const PermutationOptions& options, const Job& job);

}  // namespace cortexscope
