// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include "import/plan/described_cell.h"

namespace cortexscope::importing {

/// Shape, samples, repeats and space of a cell by the headers of its responses.
void describeShape(DescribedCell& cell);
/// Its mask and its confounds against that shape.
void checkCompanions(DescribedCell& cell);

}  // namespace cortexscope::importing
