// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <filesystem>
#include <set>

#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Arrays in folders "features".
/// used   files that have their place already
void findFeatures(Source& source, const std::set<std::filesystem::path>& used, ImportPlan& plan);

}  // namespace cortexscope::importing
