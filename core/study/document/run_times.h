#pragma once

#include "base/time_axis.h"
#include "study/document/study.h"

namespace cortexscope {

/// Film time that a run shows: run.stimulusStartSec and on.
TimeAxis filmTimes(const Study& study, const Run& run);

/// Films are as long as runs need them. Reads the header of each film.
/// Errors   BadShape if a run needs film time that its film does not have; as probeMedia
void checkRunTimes(const Study& study);

}  // namespace cortexscope
