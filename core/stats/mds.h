#pragma once

#include <span>

#include "base/matrix.h"

namespace cortexscope {

/// Classical multidimensional scaling of pair distances (see mantel.h for the order) to S x dimensions coordinates,
/// signs fixed. Source   Torgerson 1952
MatrixD classicalMds(std::span<const double> distances, int dimensions);

}  // namespace cortexscope
