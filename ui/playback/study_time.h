// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time_axis.h"
#include "playback/playback_clock.h"

namespace cortexscope {

/// Where a moment of study time lies.
struct StudyMoment {
  std::size_t run = 0;
  Index sample = 0;    ///< the sample that covers the moment
  double filmSec = 0;  ///< time in the run's film
};

/// What the brains show: a mix of two neighbouring samples of one run.
struct BrainFrame {
  Index sample = 0;
  Index next = 0;  ///< equals `sample` at a run's end
  float mix = 0;   ///< 0 = `sample` alone, 1 = `next` alone

  bool operator==(const BrainFrame&) const = default;
};

/// Translates study time (all runs one after the other, without gaps) into samples and film time.
class StudyTime {
 public:
  StudyTime() = default;
  /// runs   in order, without holes (checkRuns)
  StudyTime(Runs runs, double periodSec);

  bool isEmpty() const { return m_runs.empty(); }
  double totalSec() const;
  double periodSec() const { return m_periodSec; }
  const Runs& runs() const { return m_runs; }
  TimeSpan spanOfRun(std::size_t run) const;

  /// Times outside the study are moved to its ends.
  StudyMoment at(double timeSec) const;
  /// Middle of a sample; samples outside the study are moved to its ends.
  double centreSec(Index sample) const;
  /// The frame at `timeSec` + `lagSec`. A sample's value belongs to the middle of its time; between two
  /// middles the values are mixed. The lag stops at the ends of the run that `timeSec` lies in: the next run
  /// has another film.
  BrainFrame brainAt(double timeSec, double lagSec) const;

 private:
  Runs m_runs;
  double m_periodSec = 1;
};

}  // namespace cortexscope
