#include "study/document/run_times.h"

#include <cmath>

#include "base/error.h"
#include "io/media/media.h"

namespace cortexscope {

TimeAxis filmTimes(const Study& study, const Run& run) {
  return {run.stimulusStartSec, study.samplePeriodSec, run.sampleCount};
}

void checkRunTimes(const Study& study) {
  for (const Stimulus& stimulus : study.stimuli) {
    const std::filesystem::path film = study.path(stimulus.file);
    const double duration = probeMedia(film).durationSec;  // 0 if the film does not say
    for (const Run& run : study.runs) {
      if (run.stimulus != stimulus.id) continue;
      require(std::isfinite(run.stimulusStartSec) && run.stimulusStartSec >= 0, ErrorCode::BadShape,
              [&] { return "run " + run.id + " starts before " + film.string(); });
      const double end = filmTimes(study, run).endSec();
      require(duration <= 0 || end <= duration + study.samplePeriodSec, ErrorCode::BadShape, [&] {
        return "run " + run.id + " needs film time up to " + std::to_string(end) + " s, " + film.string() +
               " ends at " + std::to_string(duration) + " s";
      });
    }
  }
}

}  // namespace cortexscope
