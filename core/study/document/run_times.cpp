// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/run_times.h"

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "io/media/media.h"

namespace cortexscope {

TimeAxis filmTimes(const Study& study, const Run& run) {
  return {run.stimulusStartSec, study.samplePeriodSec, run.sampleCount};
}

void checkRunTimes(const Study& study, const Stimulus& film) {
  const std::filesystem::path file = study.path(film.file);
  const double duration = probeMedia(file).durationSec;  // 0 if the film does not say
  for (const Run& run : study.runs) {
    if (run.stimulus != film.id) continue;
    require(std::isfinite(run.stimulusStartSec) && run.stimulusStartSec >= 0, ErrorCode::BadShape,
            [&] { return "run " + run.id + " starts before " + file.string(); });
    const double end = filmTimes(study, run).endSec();
    require(duration <= 0 || end <= duration + study.samplePeriodSec, ErrorCode::BadShape, [&] {
      return "run " + run.id + " needs film time up to " + textOf(end) + " s, " + file.string() +
             " ends at " + textOf(duration) + " s";
    });
  }
}

}  // namespace cortexscope
