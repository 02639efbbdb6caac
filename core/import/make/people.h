// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <vector>

#include "import/make/cortex.h"
#include "import/make/importing.h"
#include "import/make/runs.h"

namespace cortexscope::importing {

/// Reads, cleans and writes the responses of all people who are still in, one after the other.
void addPeople(Importing& importing, const ImportCortex& cortex, const std::vector<PlannedRun>& runs,
               const Job& job);

}  // namespace cortexscope::importing
