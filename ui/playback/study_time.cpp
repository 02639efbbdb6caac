// SPDX-License-Identifier: GPL-3.0-or-later
#include "playback/study_time.h"

#include <algorithm>
#include <cmath>

namespace cortexscope {

namespace {
constexpr double kSameSample = 1e-6;  // rounding of (i + 1/2) * period must not show as a mix
}

StudyTime::StudyTime(Runs runs, double periodSec) : m_runs(std::move(runs)), m_periodSec(periodSec) {
  checkRuns(m_runs);
}

double StudyTime::totalSec() const {
  return static_cast<double>(sampleCount(m_runs)) * m_periodSec;
}

TimeSpan StudyTime::spanOfRun(std::size_t run) const {
  const Run& r = m_runs.at(run);
  return {static_cast<double>(r.firstSample) * m_periodSec, static_cast<double>(r.endSample()) * m_periodSec};
}

StudyMoment StudyTime::at(double timeSec) const {
  if (isEmpty()) return {};
  const Index last = sampleCount(m_runs) - 1;
  const auto wanted = static_cast<Index>(std::floor(timeSec / m_periodSec + kSameSample));
  StudyMoment moment;
  moment.sample = std::clamp<Index>(wanted, 0, last);
  moment.run = runOfSample(m_runs, moment.sample);
  const TimeSpan span = spanOfRun(moment.run);
  moment.filmSec =
      m_runs[moment.run].stimulusStartSec + std::clamp(timeSec, span.startSec, span.endSec) - span.startSec;
  return moment;
}

double StudyTime::centreSec(Index sample) const {
  if (isEmpty()) return 0;
  const Index bounded = std::clamp<Index>(sample, 0, sampleCount(m_runs) - 1);
  return (static_cast<double>(bounded) + 0.5) * m_periodSec;
}

BrainFrame StudyTime::brainAt(double timeSec, double lagSec) const {
  if (isEmpty()) return {};
  const Run& run = m_runs[at(timeSec).run];
  const double position = (timeSec + lagSec) / m_periodSec - 0.5;
  const double first = static_cast<double>(run.firstSample);
  const double last = static_cast<double>(run.endSample() - 1);
  const double bounded = std::clamp(position, first, last);
  BrainFrame frame;
  frame.sample = static_cast<Index>(std::floor(bounded + kSameSample));
  const double mix = bounded - static_cast<double>(frame.sample);
  frame.mix = mix < kSameSample ? 0.0f : static_cast<float>(mix);
  frame.next = std::min(frame.sample + 1, run.endSample() - 1);
  return frame;
}

}  // namespace cortexscope
