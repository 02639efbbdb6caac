// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Correlation distance (1 - Pearson r over time) of every pair of people's estimates of one label, in the
/// order (0,1), (0,2) ... A constant estimate correlates 0 with everything.
///
/// estimates  people x samples
/// rows       samples to use
/// Source     individual-difference reflection, bioRxiv 2022.05.16.492029
std::vector<double> pairDistances(const MatrixD& estimates, const std::vector<Index>& rows);

/// The same numbers as a symmetric people x people matrix with zero diagonal.
/// Errors   BadShape unless there is one for each pair
MatrixD distanceMatrix(const std::vector<double>& pairs, Index people);

}  // namespace cortexscope
