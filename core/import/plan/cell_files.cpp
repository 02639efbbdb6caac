// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/cell_files.h"

#include <algorithm>
#include <map>
#include <set>

#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope::importing {
namespace {

using CellKey = std::pair<std::string, std::string>;  // person and run

/// The candidates of one cell and role, the best variant first.
using Rivals = std::map<std::pair<CellKey, FileRole>, std::vector<const Candidate*>>;

Rivals rivalsIn(const std::vector<Candidate>& files, const std::string& space) {
  Rivals rivals;
  for (const Candidate& candidate : files)
    if (candidate.space == space || (candidate.space.empty() && !candidate.holdsResponses()))
      rivals[{{candidate.person, candidate.run.id}, candidate.role}].push_back(&candidate);
  for (auto& [key, list] : rivals)
    std::stable_sort(list.begin(), list.end(),
                     [](const Candidate* a, const Candidate* b) { return a->rank < b->rank; });
  return rivals;
}

/// Says where two files claim the same place, and which ways of processing were passed over or mixed.
void reportRivals(Source& source, const Rivals& rivals) {
  std::set<std::string> passed;
  std::map<FileRole, std::set<std::string>> taken;
  for (const auto& [key, list] : rivals) {
    const Candidate& best = *list.front();
    if (best.holdsResponses()) taken[best.role].insert(best.variant.empty() ? "(no word)" : best.variant);
    for (const Candidate* other : list) {
      if (other == &best) continue;
      if (other->rank > best.rank)
        passed.insert(other->variant.empty() ? "(no word)" : other->variant);
      else
        source.say(
            best.holdsResponses() ? Severity::Error : Severity::Warning, other->file.generic_string(),
            "is the same run (" + nameOf(best.role) + ") of the same person as " + best.file.generic_string(),
            "give the folder of one pipeline alone, or delete one of the two",
            key.first.first + " " + key.first.second);
    }
  }
  if (!passed.empty())
    source.say(Severity::Note, "",
               "files processed in other ways were passed over: " + listed({passed.begin(), passed.end()}),
               "nothing, unless one of these was meant; then give a folder without the others");
  for (const auto& [role, variants] : taken)
    if (variants.size() > 1)
      source.say(Severity::Warning, "",
                 "runs were not processed alike (" + nameOf(role) +
                     "): " + listed({variants.begin(), variants.end()}),
                 "process all runs in the same way, or people differ by that alone");
}

void listPeopleAndRuns(const std::vector<Candidate>& files, ImportPlan& plan) {
  std::map<std::string, ImportRun> runs;
  std::set<std::string> people;
  for (const Candidate& candidate : files) {
    if (!candidate.holdsResponses()) continue;
    people.insert(candidate.person);
    runs.emplace(candidate.run.id, candidate.run);
  }
  plan.people.assign(people.begin(), people.end());
  std::sort(plan.people.begin(), plan.people.end(), naturalLess);
  for (const auto& [id, run] : runs) plan.runs.push_back(run);
  std::sort(plan.runs.begin(), plan.runs.end(),
            [](const ImportRun& a, const ImportRun& b) { return naturalLess(a.id, b.id); });
  plan.cells.assign(plan.people.size(), std::vector<std::optional<ImportCell>>(plan.runs.size()));
}

/// Puts a file into its cell. What only belongs to a run needs the run to be there.
void place(const Candidate& candidate, std::optional<ImportCell>& cell,
           std::set<std::filesystem::path>& used) {
  if (!cell && !candidate.holdsResponses()) return;
  if (!cell) {
    cell.emplace();
    cell->space = candidate.space;
    cell->firstSample = candidate.firstSample;
    cell->samples = std::max<std::int64_t>(candidate.samples, 0);
  }
  cell->files.push_back({candidate.role, candidate.file, candidate.array});
  used.insert(candidate.file);
}

void placeFiles(const Rivals& rivals, std::set<std::filesystem::path>& used, ImportPlan& plan) {
  std::map<std::string, std::size_t> people, runs;
  for (std::size_t i = 0; i < plan.people.size(); ++i) people[plan.people[i]] = i;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) runs[plan.runs[i].id] = i;
  for (const bool responses : {true, false})
    for (const auto& [key, list] : rivals) {
      const Candidate& best = *list.front();
      const auto person = people.find(best.person);
      if (best.holdsResponses() != responses || person == people.end()) continue;
      auto& row = plan.cells[person->second];
      const auto run = runs.find(best.run.id);
      if (best.role == FileRole::Mapper)
        for (std::optional<ImportCell>& cell : row) place(best, cell, used);
      else if (run != runs.end())
        place(best, row[run->second], used);
    }
}

}  // namespace

void fillCells(Source& source, Candidates& found, ImportPlan& plan) {
  const Rivals rivals = rivalsIn(found.files, plan.space);
  reportRivals(source, rivals);
  listPeopleAndRuns(found.files, plan);
  placeFiles(rivals, found.used, plan);
}

}  // namespace cortexscope::importing
