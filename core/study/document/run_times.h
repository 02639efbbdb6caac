// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time_axis.h"
#include "study/document/study.h"

namespace cortexscope {

/// Film time that a run shows: run.stimulusStartSec and on.
TimeAxis filmTimes(const Study& study, const Run& run);

/// A film is as long as its runs need it. Reads its header.
/// Errors   BadShape if a run needs film time that the film does not have; as probeMedia
void checkRunTimes(const Study& study, const Stimulus& film);

}  // namespace cortexscope
