// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/job.h"
#include "cortex/parcellation.h"
#include "cortex/surface.h"
#include "study/document/study.h"
#include "study/pipeline/step_cache.h"

namespace cortexscope {

struct DemoCortex {
  Cortex anatomical;
  Parcellation regions;
};

/// Prepares the demo's cortex in `study.folder`/inputs/cortex: the two-hemisphere surface of the materials on
/// its next coarser subdivision level (10,242 vertices a hemisphere), our inflated version, sulcal depth as
/// underlay, and named regions. Fills study.cortex.
/// Errors   MissingFile naming the material; as the readers'
DemoCortex makeDemoCortex(const std::filesystem::path& materials, Study& study, StepCache& inputs,
                          const Job& job);

}  // namespace cortexscope
