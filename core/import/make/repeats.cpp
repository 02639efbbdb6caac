// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/repeats.h"

#include <algorithm>

#include "base/text.h"

namespace cortexscope::importing {

ImportPlan repeatsApart(const ImportPlan& plan) {
  ImportPlan apart = plan;
  apart.runs.clear();
  for (auto& cells : apart.cells) cells.clear();
  for (std::size_t run = 0; run < plan.runs.size(); ++run) {
    std::int64_t most = 1;
    for (const auto& cells : plan.cells)
      if (cells[run]) most = std::max(most, cells[run]->repeats);
    for (std::int64_t repeat = 0; repeat < most; ++repeat) {
      apart.runs.push_back(plan.runs[run]);
      if (repeat > 0) apart.runs.back().id += "_repeat-" + textOf(repeat + 1);
      for (std::size_t person = 0; person < plan.people.size(); ++person) {
        std::optional<ImportCell> cell = plan.cells[person][run];
        if (cell && repeat >= cell->repeats) cell.reset();
        if (cell) cell->firstSample += repeat * cell->samples, cell->repeats = 1;
        apart.cells[person].push_back(std::move(cell));
      }
    }
  }
  return apart;
}

}  // namespace cortexscope::importing
