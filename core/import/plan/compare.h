// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Says what does not fit between people and runs: samples, times, vertices or voxels, surfaces.
void compareCells(Source& source, const ImportPlan& plan);

}  // namespace cortexscope::importing
