// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Meshes of the cortex: GIFTI by their ending, FreeSurfer's by their folder.
void findSurfaces(Source& source, ImportPlan& plan);

}  // namespace cortexscope::importing
