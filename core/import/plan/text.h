// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "import/plan/import_plan.h"

namespace cortexscope {

/// People x runs as an aligned table, what is beside them, and the findings by severity (the first ones of
/// each; all are in the JSON). A cell says samples x places, "-" for a missing run and "?" for one whose
/// files cannot be used.
std::string importText(const ImportPlan& plan);

}  // namespace cortexscope
