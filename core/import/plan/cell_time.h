// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <optional>

#include "import/plan/described_cell.h"
#include "import/plan/sidecars.h"

namespace cortexscope::importing {

/// Time between samples of a cell and of its first sample, by headers and sidecars.
/// givenTrSec   by the one who imports, taken instead
void describeTimes(DescribedCell& cell, Sidecars& sidecars, const std::optional<double>& givenTrSec);

}  // namespace cortexscope::importing
