#pragma once

#include <span>
#include <vector>

namespace cortexscope {

/// Paired comparison: mean difference, t, two-sided p (Student), n. With n < 2 or no spread: p = 1, t = 0.
struct PairedTest {
  double meanDifference = 0;
  double t = 0;
  double p = 1;
  int count = 0;
};
PairedTest pairedT(std::span<const double> a, std::span<const double> b);

/// Exact two-sided sign-flip permutation p of the mean of paired differences for up to 20 pairs; above that, 100,000
/// seeded random flips with p = (b + 1) / (n + 1).
double signFlipP(std::span<const double> differences, unsigned seed);

/// Two-sided p of a Pearson r from n effectively independent samples (Student t with n - 2 degrees of freedom).
double pearsonP(double r, double effectiveSamples);

/// Samples that are effectively independent when two autocorrelated series are correlated (Bartlett 1935):
/// n / (1 + 2 sum_k (1 - k/n) rho_a(k) rho_b(k)), bounded to [3, n].
double effectiveSampleCount(std::span<const double> a, std::span<const double> b);

}  // namespace cortexscope
