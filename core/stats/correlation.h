// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// Pearson r of two series; 0 if either is constant or empty, NaN if either holds one.
/// Errors   BadShape for different lengths
double pearson(std::span<const double> a, std::span<const double> b);

/// Pearson r of matching columns (samples x series each), summed in float64; 0 where a column is constant.
/// Errors   BadShape if the two differ in size
VectorF columnwisePearson(const ConstMatrixRefF& a, const ConstMatrixRefF& b);

/// R2 = 1 - SSE / SST of matching columns (samples x series each), SST about the truth's mean, summed in
/// float64; 0 where the truth is constant.
/// Errors   BadShape if the two differ in size
VectorF columnwiseR2(const ConstMatrixRefF& truth, const ConstMatrixRefF& predicted);

/// Ranks from 1, ties get their mean rank.
/// Errors   BadValue for NaN
std::vector<double> ranks(std::span<const double> values);

/// Spearman rho: Pearson r of the ranks.
/// Errors   BadShape for different lengths; BadValue for NaN
double spearman(std::span<const double> a, std::span<const double> b);

/// Z-scores the rows [first, first + count) of every column (population s.d.); constant columns become 0.
/// Errors   BadShape if the rows are not all there
void zscoreRows(MatrixF& values, Index first, Index count);

}  // namespace cortexscope
