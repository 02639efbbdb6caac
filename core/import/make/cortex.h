// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <cstddef>
#include <utility>
#include <vector>

#include "cortex/surface.h"
#include "import/make/importing.h"

namespace cortexscope::importing {

/// Meshes that responses are on, and those between which volumes are sampled.
struct ImportCortex {
  Cortex mesh;  ///< pial where there is one
  struct Sheets {
    Surface white, pial;
  };
  std::vector<std::pair<Sheets, Sheets>>
      between;                    ///< left and right [person]; one for all; none without volumes
  Index parcels = 0;              ///< of layouts with parcels; else 0
  std::vector<Index> parcelOf{};  ///< [vertex], -1 outside
  const std::pair<Sheets, Sheets>& sheetsOf(std::size_t person) const {
    return between.size() == 1 ? between.front() : between[person];
  }
};

/// Finds the surfaces and writes them into the study.
ImportCortex addCortex(Importing& importing, const Job& job);

}  // namespace cortexscope::importing
