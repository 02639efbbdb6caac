// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <vector>

#include "import/layouts/candidates.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// The files of people's runs, found by the most telling layout that fits; other fitting ones are said, and
/// what is wrong with `arrays`, the data sets chosen in plain folders.
Candidates recognise(Source& source, const std::vector<ArrayChoice>& arrays);

}  // namespace cortexscope::importing
