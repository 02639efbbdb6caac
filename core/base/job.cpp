#include "base/job.h"

#include <algorithm>

#include "base/error.h"

namespace cortexscope {

void Job::checkpoint(double fraction, std::string_view stage) const {
  if (m_stop.stop_requested()) throw Cancelled{};
  if (m_reporter && *m_reporter) (*m_reporter)(m_from + (m_to - m_from) * std::clamp(fraction, 0.0, 1.0), stage);
}

Job Job::part(double from, double to) const {
  Job sub = *this;
  sub.m_from = m_from + (m_to - m_from) * from;
  sub.m_to = m_from + (m_to - m_from) * to;
  return sub;
}

}  // namespace cortexscope
