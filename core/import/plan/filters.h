// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <string>
#include <vector>

#include "import/layouts/candidates.h"
#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Keeps the files of the task and the session that are asked for, puts the session in front of a run's name
/// where some person has that run in several sessions, and drops the people and runs to leave out. Returns
/// the names of those.
std::vector<std::string> keepRequested(Source& source, const ImportRequest& request,
                                       std::vector<Candidate>& files);

/// Small letters without the key in front: "film" for "task-Film".
std::string withoutKey(const std::string& value, const std::string& key);

}  // namespace cortexscope::importing
