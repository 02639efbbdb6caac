// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/fit_tally.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace cortexscope {
namespace {

constexpr double kResponsiveGain = 0.01;
constexpr double kEdgeWarning = 0.2;

}  // namespace

StripCounts countTargets(Index first, const std::vector<char>& mask, const VectorD& penalty,
                         const VectorD& gain, const VectorD& penalties) {
  StripCounts counts;
  for (std::size_t t = 0; t < mask.size(); ++t) {
    const auto at = static_cast<Index>(t);
    if (mask[t] != 0) {
      const auto masked = static_cast<std::size_t>(counts.constant + counts.nan);
      if (masked < counts.firstMasked.size()) counts.firstMasked[masked] = first + at;
      ++(mask[t] == 1 ? counts.constant : counts.nan);
      continue;
    }
    if (gain[at] < kResponsiveGain) continue;
    ++counts.responsive;
    if (penalty[at] == penalties[0])
      ++counts.atSmallest;
    else if (penalty[at] == penalties[penalties.size() - 1])
      ++counts.atLargest;
  }
  return counts;
}

void FitTally::add(const StripCounts& strip, bool resumed) {
  const std::lock_guard lock(m_mutex);
  m_sum.nan += strip.nan;
  m_sum.constant += strip.constant;
  m_sum.responsive += strip.responsive;
  m_sum.atSmallest += strip.atSmallest;
  m_sum.atLargest += strip.atLargest;
  m_resumed += resumed ? 1 : 0;
  for (const Index target : strip.firstMasked)
    if (target >= 0) m_masked.push_back(target);
}

void FitTally::writeTo(StreamReport& report) const {
  const std::lock_guard lock(m_mutex);
  report.nanTargets = m_sum.nan;
  report.constantTargets = m_sum.constant;
  report.responsive = m_sum.responsive;
  report.resumedStrips = m_resumed;
  report.firstMasked = m_masked;
  std::sort(report.firstMasked.begin(), report.firstMasked.end());
  report.firstMasked.resize(std::min(report.firstMasked.size(), m_sum.firstMasked.size()));
  const auto edge = double(m_sum.atSmallest + m_sum.atLargest);
  report.edgeFraction = report.responsive > 0 ? edge / double(report.responsive) : 0.0;
  if (report.edgeFraction > kEdgeWarning)
    report.warnings.push_back(textOf(m_sum.atSmallest) + " responsive targets took the smallest and " +
                              textOf(m_sum.atLargest) + " the largest penalty, of " +
                              textOf(report.responsive) + ": widen the grid on that side");
  if (report.nanTargets > 0)
    report.warnings.push_back(textOf(report.nanTargets) +
                              " targets hold NaN or infinite values and were masked");
  if (report.constantTargets > 0)
    report.warnings.push_back(textOf(report.constantTargets) +
                              " targets are constant: weights and score are 0");
}

}  // namespace cortexscope
