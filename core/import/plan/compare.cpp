// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "import/layouts/spaces.h"
#include "import/plan/commonest.h"
#include "import/scan/names.h"
#include "import/scan/wording.h"
#include "io/tables/table.h"

namespace cortexscope::importing {
namespace {

std::string fileOf(const ImportCell& cell) {
  return cell.files.empty() ? std::string() : cell.files.front().file.generic_string();
}

template <class Action>
void forEachCell(const ImportPlan& plan, Action action) {
  for (std::size_t person = 0; person < plan.people.size(); ++person)
    for (std::size_t run = 0; run < plan.runs.size(); ++run)
      if (plan.cells[person][run]) action(person, run, *plan.cells[person][run]);
}

void reportMissing(Source& source, const ImportPlan& plan) {
  bool any = false;
  forEachCell(plan, [&](std::size_t, std::size_t, const ImportCell&) { any = true; });
  if (!any) return;
  for (std::size_t person = 0; person < plan.people.size(); ++person)
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
      if (plan.cells[person][run]) continue;
      const std::string inSpace = plan.spaces.size() > 1 ? " in the space " + plan.space : "";
      source.say(Severity::Warning, "", "this person has no such run" + inSpace,
                 "add it, leave the run out (--task, --session) or leave the person out",
                 plan.place(person, run));
    }
}

/// People who were shown the same thing have the same number of samples.
void compareSamples(Source& source, const ImportPlan& plan) {
  for (std::size_t run = 0; run < plan.runs.size(); ++run) {
    std::vector<std::int64_t> counts;
    for (std::size_t person = 0; person < plan.people.size(); ++person)
      if (plan.cells[person][run] && !plan.cells[person][run]->shape.empty())
        counts.push_back(plan.cells[person][run]->samples);
    const auto common = commonest(counts);
    for (std::size_t person = 0; person < plan.people.size(); ++person) {
      const std::optional<ImportCell>& cell = plan.cells[person][run];
      if (!cell || cell->shape.empty() || cell->samples == *common) continue;
      source.say(
          Severity::Warning, fileOf(*cell),
          "has " + textOf(cell->samples) + " samples; most people have " + textOf(*common) + " in this run",
          "find out whether the scan or the film was stopped early; runs can only be compared over the "
          "samples "
          "that all have",
          plan.place(person, run));
    }
  }
}

/// A study has one time between samples. Times are compared in tenths of milliseconds.
void compareTimes(Source& source, const ImportPlan& plan) {
  const auto ticks = [](double sec) { return std::llround(sec * 1e4); };
  std::vector<long long> times;
  std::size_t unknown = 0;
  forEachCell(plan, [&](std::size_t, std::size_t, const ImportCell& cell) {
    if (cell.trSec)
      times.push_back(ticks(*cell.trSec));
    else if (cell.file(FileRole::Array) != nullptr)
      ++unknown;
  });
  if (unknown > 0)
    source.say(
        Severity::Warning, "",
        textOf(unknown) + " runs are arrays, and nothing beside them says the time between samples (TR)",
        "write {\"RepetitionTime\": SECONDS} into a JSON file of the same name, or state it when importing");
  const auto common = commonest(times);
  forEachCell(plan, [&](std::size_t person, std::size_t run, const ImportCell& cell) {
    if (!cell.trSec || std::llabs(ticks(*cell.trSec) - *common) <= 3) return;
    source.say(Severity::Error, fileOf(cell),
               "has a TR of " + textOf(*cell.trSec) + " s; most runs have " +
                   textOf(static_cast<double>(*common) * 1e-4) + " s",
               "a study has one time between samples: import these runs apart (--task, --session)",
               plan.place(person, run));
  });
}

std::vector<std::int64_t> placesIn(const ImportCell& cell) {
  return {cell.shape.begin() + 1, cell.shape.end()};
}

std::string places(const std::vector<std::int64_t>& sizes) {
  return sizesText(sizes) + (sizes.size() == 1 ? " places" : " voxels");
}

/// In a shared space everybody has the same vertices or voxels; in a person's own, all runs of that person.
void comparePlaces(Source& source, const ImportPlan& plan) {
  const bool shared = isSharedSpace(plan.space);
  std::map<std::string, std::vector<std::vector<std::int64_t>>> sizes;
  forEachCell(plan, [&](std::size_t person, std::size_t, const ImportCell& cell) {
    if (!cell.shape.empty()) sizes[shared ? "" : plan.people[person]].push_back(placesIn(cell));
  });
  std::map<std::string, std::vector<std::int64_t>> common;
  for (const auto& [person, all] : sizes) common[person] = *commonest(all);
  forEachCell(plan, [&](std::size_t person, std::size_t run, const ImportCell& cell) {
    if (cell.shape.empty()) return;
    const std::vector<std::int64_t>& expected = common[shared ? "" : plan.people[person]];
    if (placesIn(cell) == expected) return;
    source.say(Severity::Error, fileOf(cell),
               "has " + places(placesIn(cell)) + "; " +
                   (shared ? "most runs in this space" : "this person's other runs") + " have " +
                   places(expected),
               "export it again on the same surface or grid", plan.place(person, run));
  });
  std::set<std::vector<std::int64_t>> different;
  for (const auto& [person, all] : sizes) different.insert(all.begin(), all.end());
  if (!shared && plan.people.size() > 1 && !sizes.empty())
    source.say(Severity::Note, "",
               "responses lie in each person's own space (" + textOf(different.size()) +
                   (different.size() == 1 ? " size" : " different sizes") + ")",
               "people can be compared by region or by label, never vertex by vertex");
}

/// Meshes against the responses on them: the sum over both hemispheres.
void compareSurfaces(Source& source, const ImportPlan& plan) {
  std::map<std::pair<std::string, std::string>, std::map<std::string, const ImportSurface*>> pairs;
  for (const ImportSurface& surface : plan.surfaces)
    pairs[{surface.person, surface.space + " " + surface.kind}][surface.side] = &surface;
  for (const auto& [key, sides] : pairs) {
    const auto left = sides.find("left"), right = sides.find("right");
    const bool both = left != sides.end() && right != sides.end();
    if (!both && (left != sides.end() || right != sides.end())) {
      const ImportSurface& lone = left != sides.end() ? *left->second : *right->second;
      source.say(Severity::Warning, lone.file.generic_string(),
                 "is a surface of the " + lone.side + " hemisphere; the other one is missing",
                 "add it, or maps cannot be drawn on this surface", lone.person);
    }
    const bool own = plan.space == "fsnative" && both && left->second->space.empty();
    if (!own || !left->second->vertices || !right->second->vertices) continue;
    const std::int64_t vertices = *left->second->vertices + *right->second->vertices;
    const std::string& owner = key.first;
    forEachCell(plan, [&](std::size_t person, std::size_t run, const ImportCell& cell) {
      if (plan.people[person] != owner || cell.shape.size() != 2 || cell.shape[1] == vertices) return;
      source.say(Severity::Error, fileOf(cell),
                 "has " + textOf(cell.shape[1]) + " vertices; the surfaces of this person (" +
                     left->second->file.generic_string() + " and the right one) have " + textOf(vertices),
                 "use the surfaces that the responses were sampled on", plan.place(person, run));
    });
  }
}

/// People whom participants.tsv names and who have no responses here.
void compareParticipants(Source& source, const ImportPlan& plan) {
  const auto named = [](const ScannedFile& file) { return file.path == "participants.tsv"; };
  const auto file = std::find_if(source.files().begin(), source.files().end(), named);
  if (file == source.files().end()) return;
  try {
    const Table table = readTable(source.scan().root / file->path);
    const std::size_t column = table.column("participant_id");
    for (const auto& row : table.rows)
      if (std::find(plan.people.begin(), plan.people.end(), row[column]) == plan.people.end())
        source.say(Severity::Warning, file->path.generic_string(),
                   "names this person, of whom there are no responses", "add them, or leave the person out",
                   printable(row[column]));
  } catch (const Error& error) {
    source.say(Severity::Warning, file->path.generic_string(), std::string("cannot be used: ") + error.what(),
               "correct it; nothing else depends on it");
  }
}

}  // namespace

void compareCells(Source& source, const ImportPlan& plan) {
  reportMissing(source, plan);
  compareSamples(source, plan);
  compareTimes(source, plan);
  comparePlaces(source, plan);
  compareSurfaces(source, plan);
  compareParticipants(source, plan);
}

}  // namespace cortexscope::importing
