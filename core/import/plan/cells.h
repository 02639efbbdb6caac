// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <optional>

#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Shapes and times of every cell from headers and sidecars, and what is wrong in each.
void describeCells(Source& source, const std::optional<double>& givenTrSec, ImportPlan& plan);

}  // namespace cortexscope::importing
