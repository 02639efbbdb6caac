// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <filesystem>

#include "cortex/surface.h"
#include "import/make/importing.h"

namespace cortexscope::importing {

/// Files that may be there beside the surfaces; empty where not.
struct CortexExtras {
  std::filesystem::path leftInflated, rightInflated;
};
/// Writes the surfaces into the study with their inflated shape and sulcal depth, made where they are not
/// given, and with the regions in the folder of surfaces that was given.
void writeCortex(Importing& importing, const Cortex& cortex, const CortexExtras& extras, const Job& job);

}  // namespace cortexscope::importing
