// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include "import/plan/import_plan.h"

namespace cortexscope::importing {

/// Presentations kept apart in one array as runs of their own, the first of them under the run's name.
ImportPlan repeatsApart(const ImportPlan& plan);

}  // namespace cortexscope::importing
