// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/job.h"

#include <algorithm>

#include "base/error.h"

namespace cortexscope {

void Job::checkpoint(double fraction, std::string_view stage) const {
  if (m_stop.stop_requested()) throw Cancelled{};
  if (!m_reporter || !*m_reporter) return;
  const double done =
      fraction > 0.0 ? std::min(fraction, 1.0) : 0.0;  // 0 of 0 steps is NaN: nothing done yet
  (*m_reporter)(m_from + (m_to - m_from) * done, stage);
}

Job Job::part(double from, double to) const {
  Job sub = *this;
  sub.m_from = m_from + (m_to - m_from) * from;
  sub.m_to = m_from + (m_to - m_from) * to;
  return sub;
}

}  // namespace cortexscope
