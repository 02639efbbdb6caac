// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "import/plan/import_plan.h"

namespace cortexscope {

/// The whole plan as one JSON object on one line. Unknown numbers are null.
std::string importJson(const ImportPlan& plan);

}  // namespace cortexscope
