// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace cortexscope {

/// Benjamini-Hochberg adjusted p values (q), in the order given: q(i) = min over p(j) >= p(i) of m p(j) /
/// rank(j), at most 1. NaN p stays NaN and is not counted in m. Rejecting q <= level bounds the false
/// discovery rate by level.
/// Errors   BadValue for p outside [0, 1]
/// Source   Benjamini & Hochberg 1995
std::vector<double> adjustBenjaminiHochberg(std::span<const double> p);

}  // namespace cortexscope
