#pragma once

#include <span>
#include <vector>

namespace cortexscope {

/// Benjamini-Hochberg adjusted p values (q), in the order given. NaN p stays NaN and is not counted.
std::vector<double> adjustBenjaminiHochberg(std::span<const double> p);

}  // namespace cortexscope
