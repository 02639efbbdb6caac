// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/layouts.

#include "import/layouts/arrays_taken.h"
#include "import/layouts/candidates.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Any other folder: people and runs from the names of folders and files, and from arrays in them.
void findPlain(Source& source, ArraysTaken& arrays, Candidates& found);

}  // namespace cortexscope::importing
