// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/import_plan.h"

#include <algorithm>

#include "base/text.h"
#include "import/layouts/recognise.h"
#include "import/plan/cell_files.h"
#include "import/plan/cells.h"
#include "import/plan/compare.h"
#include "import/plan/features.h"
#include "import/plan/filters.h"
#include "import/plan/space_choice.h"
#include "import/plan/stimuli.h"
#include "import/plan/surfaces.h"
#include "import/plan/tables.h"
#include "import/scan/source.h"

namespace cortexscope {
namespace importing {
namespace {

void reportEmpty(Source& source, const ImportPlan& plan) {
  std::size_t empty = 0;
  for (const ScannedFile& file : source.files()) empty += file.bytes == 0 ? 1 : 0;
  if (plan.people.empty() && !hasErrors(source.findings()))
    source.say(Severity::Error, "",
               "nothing in it was recognised as responses of people (" + textOf(source.files().size()) +
                   " files, " + textOf(empty) + " of them empty)",
               "give a folder of fMRIPrep results, of the Human Connectome Project, or one folder or array "
               "per person");
}

}  // namespace
}  // namespace importing

const ImportFile* ImportCell::file(FileRole role) const {
  for (const ImportFile& candidate : files)
    if (candidate.role == role) return &candidate;
  return nullptr;
}

bool ImportCell::holdsVoxels() const {
  return file(FileRole::Volume) != nullptr ||
         (file(FileRole::Array) != nullptr && file(FileRole::Mapper) != nullptr);
}

bool ImportPlan::holdsVoxels() const {
  std::size_t with = 0, without = 0;
  for (const auto& ofPerson : cells)
    for (const auto& cell : ofPerson)
      if (cell) ++(cell->holdsVoxels() ? with : without);
  return with > 0 && without == 0;
}

ImportPlan planImport(const std::filesystem::path& folder, const ImportRequest& request, const Job& job) {
  importing::Source source(scanSource(folder, request.limits, job.part(0, 0.1)), job.part(0.1, 1));
  importing::Candidates found = importing::recognise(source, request.arrays);
  ImportPlan plan;
  plan.source = source.scan().root;
  plan.layout = found.layout;
  plan.arrayFiles = found.arrayFiles;
  plan.leftOut = importing::keepRequested(source, request, found.files);
  importing::chooseSpace(source, request.space, found.files, plan);
  importing::fillCells(source, found, plan);
  importing::describeCells(source, request.trSec, plan);
  importing::findStimuli(source, found.used, plan);
  importing::findFeatures(source, found.used, plan);
  importing::findTables(source, found.used, plan);
  importing::findSurfaces(source, plan);
  importing::compareCells(source, plan);
  importing::reportEmpty(source, plan);
  plan.findings = source.findings();
  std::stable_sort(plan.findings.begin(), plan.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  return plan;
}

}  // namespace cortexscope
