// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace cortexscope {

/// Paired comparison: mean difference (a - b), t, two-sided p (Student), n. With n < 2 or no spread: p = 1, t
/// = 0.
struct PairedTest {
  double meanDifference = 0;
  double t = 0;
  double p = 1;
  int count = 0;
};
/// Errors   BadShape for different lengths; BadValue for NaN or infinite values
PairedTest pairedT(std::span<const double> a, std::span<const double> b);

/// Exact two-sided sign-flip permutation p of the mean of paired differences for up to 20 pairs; above that,
/// 100,000 seeded random flips with p = (b + 1) / (n + 1). No differences: p = 1.
/// Errors   BadValue for NaN or infinite values
double signFlipP(std::span<const double> differences, unsigned seed);

/// Two-sided p of a Pearson r from n effectively independent samples (Student t with n - 2 degrees of
/// freedom). n need not be whole; n <= 2 gives 1, NaN r gives NaN.
/// Errors   BadValue for r outside [-1, 1]
double pearsonP(double r, double effectiveSamples);

/// Samples that are effectively independent when two autocorrelated series are correlated (Bartlett 1935): n
/// / (1 + 2 sum_k (1 - k/n) rho_a(k) rho_b(k)), bounded to [3, n]; all n for n < 3 and for constant series.
/// rho is the sample autocorrelation (sum over n - k products divided by the sum of n squares), k = 1 .. n
/// - 1.
/// Errors   BadShape for different lengths
double effectiveSampleCount(std::span<const double> a, std::span<const double> b);

}  // namespace cortexscope
