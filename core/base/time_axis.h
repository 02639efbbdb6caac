// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// Evenly spaced samples. Sample i covers [startSec + i * periodSec, startSec + (i + 1) * periodSec).
struct TimeAxis {
  double startSec = 0.0;
  double periodSec = 1.0;
  Index sampleCount = 0;

  double endSec() const { return startSec + periodSec * static_cast<double>(sampleCount); }
  double centreSec(Index sample) const { return startSec + periodSec * (static_cast<double>(sample) + 0.5); }

  bool operator==(const TimeAxis&) const = default;
};

/// One continuous presentation of a part of a stimulus. A study's samples are its runs one after the
/// other.
struct Run {
  std::string id;                 ///< "run-01"
  std::string stimulus;           ///< id of the stimulus shown
  double stimulusStartSec = 0.0;  ///< film time at the run's first sample
  Index firstSample = 0;          ///< row of the run's first sample in every samples x something matrix
  Index sampleCount = 0;
  bool heldOut = false;  ///< nothing is ever fitted to a held-out run

  Index endSample() const { return firstSample + sampleCount; }
  bool operator==(const Run&) const = default;
};

/// The runs of a study in order, without holes: runs[0].firstSample = 0, runs[i+1].firstSample =
/// runs[i].endSample().
using Runs = std::vector<Run>;

/// Throws BadShape if runs leave holes, overlap or are empty.
void checkRuns(const Runs& runs);

/// Number of samples of all runs together.
Index sampleCount(const Runs& runs);

/// Rows of the runs that may be fitted (heldOut false) or of those that must not be (heldOut true), in time
/// order.
std::vector<Index> rowsOf(const Runs& runs, bool heldOut);

/// The training runs alone, renumbered so that they fit the rows of rowsOf(runs, false): runs as
/// cross-validation folds.
Runs trainingRuns(const Runs& runs);

/// Position in `runs` of the run that holds `sample`; throws BadValue outside.
std::size_t runOfSample(const Runs& runs, Index sample);

}  // namespace cortexscope
