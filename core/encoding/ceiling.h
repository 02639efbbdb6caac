// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// How much of each target's response any model could predict, from responses to repetitions of one stimulus.
struct NoiseCeiling {
  VectorF explainableVariance;  ///< corrected for the number of repeats; about 0 for noise, 1 without noise,
                                ///< may be below 0
  VectorF maxR2;  ///< best R2 against the mean of the repeats: N ev / (1 + (N - 1) ev); 0 where ev <= 0
  VectorF maxR;   ///< its root
};

///   ev = var_t(mean over repeats) / mean over repeats(var_t),   each repeat z-scored
///   corrected: ev - (1 - ev) / (N - 1)
///
/// repeats  at least 2, all samples x targets, finite; a target that is constant in a repeat counts as noise
///          (ev 0)
/// Errors   BadShape (fewer than 2 repeats or samples, different sizes), BadValue (NaN)
/// Source   Sahani & Linden 2003; Hsu, Borst & Theunissen 2004
NoiseCeiling noiseCeiling(const std::vector<MatrixF>& repeats);

/// Best R2 against the mean of `repeats`, of a target with this explainable variance: as in NoiseCeiling.
double bestR2(double explainableVariance, double repeats);

/// r / maxR per target; 0 where the ceiling is 0.
/// Errors   BadShape
VectorF normalizedR(const VectorF& r, const NoiseCeiling& ceiling);

}  // namespace cortexscope
