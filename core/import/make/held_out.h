// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <vector>

#include "import/make/importing.h"
#include "import/make/runs.h"

namespace cortexscope::importing {

/// Marks the runs that are never fitted to: the chosen ones, else those called tests, else the one presented
/// most often.
/// Errors   BadValue for a chosen run that is not there, and if fewer than two are left to learn from
void holdOut(Importing& importing, std::vector<PlannedRun>& runs);

}  // namespace cortexscope::importing
