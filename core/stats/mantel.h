// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"

namespace cortexscope {

/// Distances of all pairs of S things in the order (0,1), (0,2) ... (S-2,S-1): S (S-1) / 2 numbers.
struct MantelResult {
  double rho = 0;  ///< Spearman's rank correlation of the two distance vectors
  double p = 1;    ///< one-sided (greater)
  bool exact = false;
  long permutations = 0;  ///< relabellings counted; S! when exact
};

/// S for `pairCount` = S (S-1) / 2 distances.
/// Errors   BadShape if there is no such S >= 2
Index thingsOfPairs(std::size_t pairCount);

/// Mantel's test: are two distance matrices of the same things rank-correlated more than relabelling
/// explains? Rows and columns of one matrix are permuted together. Up to 8 things: all S! permutations (the
/// identity counts, so p >= 1/S!); more: `permutations` seeded random ones, p = (b + 1) / (n + 1), streamed
/// without a null array. A relabelling that gives the same correlation as the observed one counts as reaching
/// it, whatever the rounding.
/// Limits   equal distances throughout on either side: rho = 0, p = 1
/// Errors   BadShape if the lengths differ or are not S (S-1) / 2 for a whole S >= 3; BadValue for NaN or
///          permutations < 1; Cancelled
/// Source   Mantel 1967
MantelResult mantelTest(std::span<const double> a, std::span<const double> b, long permutations,
                        unsigned seed, const Job& job);

}  // namespace cortexscope
