// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include "import/layouts/candidates.h"
#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// People, runs and the files of each cell in the plan's space, the best of several variants. What has its
/// place there is `used` from then on.
void fillCells(Source& source, Candidates& found, ImportPlan& plan);

}  // namespace cortexscope::importing
