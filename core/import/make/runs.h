// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <cstddef>
#include <vector>

#include "import/make/importing.h"
#include "import/make/presentations.h"

namespace cortexscope::importing {

inline constexpr double kTimeSlackSec = 1e-3;  ///< rounding in tables of events

/// A run of the study and, for each person, the samples of recorded runs that are its presentations.
struct PlannedRun {
  struct Samples {
    std::size_t run = 0;    ///< recorded
    Index firstSample = 0;  ///< counted before any are dropped
  };
  Run run;
  std::vector<std::vector<Samples>> presentations;  ///< [person]; several are averaged
};

/// The study's runs in their order, with some held out; people who lack one are left out.
/// Errors   BadValue for a held-out run that is not there; BadShape for data too short to learn from and test
std::vector<PlannedRun> plannedRuns(Importing& importing, const Presentations& presentations);

}  // namespace cortexscope::importing
