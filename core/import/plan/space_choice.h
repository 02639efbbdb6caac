// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <string>
#include <vector>

#include "import/layouts/candidates.h"
#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Fills `spaces` and `space` of the plan: the one that is asked for, else the preferred one.
void chooseSpace(Source& source, const std::string& asked, const std::vector<Candidate>& files,
                 ImportPlan& plan);

}  // namespace cortexscope::importing
