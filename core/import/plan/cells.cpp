// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/cells.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "import/plan/cell_shape.h"
#include "import/plan/cell_time.h"

namespace cortexscope::importing {
namespace {

void describeCell(DescribedCell& cell, Sidecars& sidecars, const std::optional<double>& givenTrSec) {
  describeShape(cell);
  if (!cell.cell.shape.empty() && cell.cell.samples < 2)
    return cell.error(cell.cell.files.front(),
                      "has " + textOf(cell.cell.samples) + " sample, which is no series",
                      "give the whole run, not a reference image");
  describeTimes(cell, sidecars, givenTrSec);
  checkCompanions(cell);
}

/// Names do not always say the space; the number of vertices may.
void nameSpace(ImportPlan& plan) {
  std::set<std::string> found;
  for (const auto& person : plan.cells)
    for (const auto& cell : person)
      if (cell && !cell->shape.empty()) found.insert(cell->space);
  if (!plan.space.empty() || found.size() != 1 || found.begin()->empty()) return;
  plan.space = *found.begin();
  std::replace(plan.spaces.begin(), plan.spaces.end(), std::string(), plan.space);
}

}  // namespace

void describeCells(Source& source, const std::optional<double>& givenTrSec, ImportPlan& plan) {
  Sidecars sidecars(source);
  const double people = static_cast<double>(std::max<std::size_t>(plan.people.size(), 1));
  for (std::size_t person = 0; person < plan.people.size(); ++person)
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
      source.progress(static_cast<double>(person) / people);
      std::optional<ImportCell>& cell = plan.cells[person][run];
      if (!cell) continue;
      DescribedCell described{source, plan.layout, *cell, plan.place(person, run)};
      describeCell(described, sidecars, givenTrSec);
    }
  nameSpace(plan);
}

}  // namespace cortexscope::importing
