// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace cortexscope {

/// Facts about the finite ones of many numbers; NaN where there is none.
struct NumberSummary {
  std::int64_t count = 0;      ///< finite or not
  std::int64_t nonfinite = 0;  ///< NaN and infinite
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
  double mean = std::numeric_limits<double>::quiet_NaN();
  double std = std::numeric_limits<double>::quiet_NaN();  ///< over all of them (divided by n, not n - 1)
};

/// Sums up numbers that come in blocks, without keeping them. The mean is a compensated sum, exact to the
/// last bits even where large numbers cancel; variances of blocks are joined as in Chan, Golub & LeVeque
/// 1979.
class NumberSummarizer {
 public:
  void add(std::span<const double> numbers);
  NumberSummary summary() const;

 private:
  void addSum(double number);

  std::int64_t m_count = 0, m_finite = 0;
  double m_min = std::numeric_limits<double>::infinity();
  double m_max = -std::numeric_limits<double>::infinity();
  double m_sum = 0, m_lost = 0;           // the sum and what its rounding lost
  double m_blockMean = 0, m_squares = 0;  // of the blocks so far: mean, and squared distances from it
};

}  // namespace cortexscope
