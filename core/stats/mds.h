// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "base/matrix.h"

namespace cortexscope {

/// Classical multidimensional scaling of pair distances (see mantel.h for the order) to S x dimensions
/// coordinates: centred, axes by falling variance, each axis' largest coordinate positive. Axes that the
/// distances do not need (eigenvalue not above 0) are 0.
/// Errors   BadShape if the length is not S (S-1) / 2; BadValue for dimensions < 1, NaN, infinite or negative
///          distances
/// Source   Torgerson 1952
MatrixD classicalMds(std::span<const double> distances, int dimensions);

}  // namespace cortexscope
