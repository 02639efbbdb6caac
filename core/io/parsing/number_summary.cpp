// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/parsing/number_summary.h"

#include <algorithm>
#include <cmath>

namespace cortexscope {

void NumberSummarizer::addSum(double number) {
  const double sum = m_sum + number;
  m_lost += std::abs(m_sum) >= std::abs(number) ? (m_sum - sum) + number : (number - sum) + m_sum;
  m_sum = sum;
}

void NumberSummarizer::add(std::span<const double> numbers) {
  m_count += static_cast<std::int64_t>(numbers.size());
  std::int64_t finite = 0;
  double blockSum = 0;
  for (const double number : numbers) {
    if (!std::isfinite(number)) continue;
    ++finite;
    m_min = std::min(m_min, number);
    m_max = std::max(m_max, number);
    blockSum += number;
    addSum(number);
  }
  if (finite == 0) return;
  const double mean = blockSum / static_cast<double>(finite);
  double squares = 0;
  for (const double number : numbers)
    if (std::isfinite(number)) squares += (number - mean) * (number - mean);
  const auto before = static_cast<double>(m_finite), now = static_cast<double>(finite);
  const double distance = mean - m_blockMean;
  m_squares += squares + distance * distance * before * now / (before + now);
  m_blockMean += distance * now / (before + now);
  m_finite += finite;
}

NumberSummary NumberSummarizer::summary() const {
  NumberSummary facts;
  facts.count = m_count;
  facts.nonfinite = m_count - m_finite;
  if (m_finite == 0) return facts;
  facts.min = m_min;
  facts.max = m_max;
  facts.mean = (m_sum + m_lost) / static_cast<double>(m_finite);
  facts.std = std::sqrt(m_squares / static_cast<double>(m_finite));
  return facts;
}

}  // namespace cortexscope
