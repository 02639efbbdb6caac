// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"
#include "base/time_axis.h"
#include "stats/tests.h"

namespace cortexscope {

/// r of labels estimated through brains (BTL) and straight from features (TL), on held-out runs.
struct MethodScores {
  MatrixD btlR, tlR;  ///< people x labels; NaN where the truth is constant over the held-out runs
  MatrixD byBlock;    ///< blocks of held-out time x labels: differenceByBlock, mean over people; NaN as above
};

/// How much each block of held-out time adds to (r of BTL - r of TL). Blocks have `blockSamples` samples, a
/// run's last one may be shorter; in time order. Their sum is the whole difference. NaN throughout where r is
/// NaN.
///
/// truth, btl, tl  one value per sample of the study; samples whose truth is NaN (unknown) add 0
VectorD differenceByBlock(const VectorD& truth, const VectorD& btl, const VectorD& tl, const Runs& runs,
                          Index blockSamples);

/// Is BTL better or worse than TL, or is the difference luck? One film is shared by all people, so that
/// people agree about its luck too: a difference is claimed only if neither other people nor other seconds
/// would undo it.
struct MethodComparison {
  PairedTest overPeople;  ///< mean over labels, paired over people
  PairedTest overLabels;  ///< mean over people, paired over labels; p = 1 for a single label
  double pOverTime = 1;   ///< sign flips of blocks of held-out time, two-sided
  double p = 1;           ///< the larger of the p over people and over time; 1 where r is not defined
};

/// Compares the methods over the chosen labels; labels without a defined r are left out.
MethodComparison compareMethods(const MethodScores& scores, const std::vector<Index>& labels, unsigned seed);

/// Pearson r over those of `rows` whose truth is known (a number); NaN if the truth is constant there or
/// known in fewer than 3.
double heldOutR(const VectorD& truth, const VectorD& estimate, const std::vector<Index>& rows);

/// Mean of those values that are numbers; NaN if none is.
double meanOfFinite(const VectorD& values);

}  // namespace cortexscope
