#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "io/tables/table.h"
#include "import/plan/parts.h"

namespace cortexscope::importing {
namespace {

/// The value that most have; of equally frequent ones the first met.
template <class Value>
std::optional<Value> commonest(const std::vector<Value>& values) {
  std::map<Value, std::size_t> counts;
  for (const Value& value : values) ++counts[value];
  std::optional<Value> best;
  std::size_t most = 0;
  for (const Value& value : values)
    if (counts[value] > most) most = counts[value], best = value;
  return best;
}

std::string fileOf(const ImportCell& cell) {
  return cell.files.empty() ? std::string() : cell.files.front().file.generic_string();
}

std::string placeOf(const ImportPlan& plan, std::size_t person, std::size_t run) {
  return plan.people[person] + " " + plan.runs[run].id;
}

template <class Action>
void forEachCell(const ImportPlan& plan, Action action) {
  for (std::size_t person = 0; person < plan.people.size(); ++person)
    for (std::size_t run = 0; run < plan.runs.size(); ++run)
      if (plan.cells[person][run]) action(person, run, *plan.cells[person][run]);
}

void reportMissing(Draft& draft) {
  bool any = false;
  forEachCell(draft.plan, [&](std::size_t, std::size_t, const ImportCell&) { any = true; });
  if (!any) return;
  for (std::size_t person = 0; person < draft.plan.people.size(); ++person)
    for (std::size_t run = 0; run < draft.plan.runs.size(); ++run) {
      if (draft.plan.cells[person][run]) continue;
      const std::string inSpace = draft.plan.spaces.size() > 1 ? " in the space " + draft.plan.space : "";
      draft.say(ImportSeverity::Warning, "", "this person has no such run" + inSpace,
                "add it, leave the run out (--task, --session) or leave the person out",
                placeOf(draft.plan, person, run));
    }
}

/// People who were shown the same thing have the same number of samples.
void compareSamples(Draft& draft) {
  const ImportPlan& plan = draft.plan;
  for (std::size_t run = 0; run < plan.runs.size(); ++run) {
    std::vector<std::int64_t> counts;
    for (std::size_t person = 0; person < plan.people.size(); ++person)
      if (plan.cells[person][run] && !plan.cells[person][run]->shape.empty())
        counts.push_back(plan.cells[person][run]->samples);
    const auto common = commonest(counts);
    for (std::size_t person = 0; person < plan.people.size(); ++person) {
      const std::optional<ImportCell>& cell = plan.cells[person][run];
      if (!cell || cell->shape.empty() || cell->samples == *common) continue;
      draft.say(ImportSeverity::Warning, fileOf(*cell),
                "has " + std::to_string(cell->samples) + " samples; most people have " +
                    std::to_string(*common) + " in this run",
                "find out whether the scan or the film was stopped early; runs can only be compared over the "
                "samples "
                "that all have",
                placeOf(plan, person, run));
    }
  }
}

/// A study has one time between samples. Times are compared in tenths of milliseconds.
void compareTimes(Draft& draft) {
  const auto ticks = [](double sec) { return std::llround(sec * 1e4); };
  std::vector<long long> times;
  std::size_t unknown = 0;
  forEachCell(draft.plan, [&](std::size_t, std::size_t, const ImportCell& cell) {
    if (cell.trSec)
      times.push_back(ticks(*cell.trSec));
    else if (cell.file(FileRole::Array) != nullptr)
      ++unknown;
  });
  if (unknown > 0)
    draft.say(
        ImportSeverity::Warning, "",
        std::to_string(unknown) +
            " runs are arrays, and nothing beside them says the time between samples (TR)",
        "write {\"RepetitionTime\": SECONDS} into a JSON file of the same name, or state it when importing");
  const auto common = commonest(times);
  forEachCell(draft.plan, [&](std::size_t person, std::size_t run, const ImportCell& cell) {
    if (!cell.trSec || std::llabs(ticks(*cell.trSec) - *common) <= 3) return;
    draft.say(ImportSeverity::Error, fileOf(cell),
              "has a TR of " + std::to_string(*cell.trSec) + " s; most runs have " +
                  std::to_string(static_cast<double>(*common) * 1e-4) + " s",
              "a study has one time between samples: import these runs apart (--task, --session)",
              placeOf(draft.plan, person, run));
  });
}

std::vector<std::int64_t> placesIn(const ImportCell& cell) {
  return {cell.shape.begin() + 1, cell.shape.end()};
}

std::string places(const std::vector<std::int64_t>& sizes) {
  std::string text;
  for (const std::int64_t size : sizes) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text + (sizes.size() == 1 ? " places" : " voxels");
}

/// In a shared space everybody has the same vertices or voxels; in a person's own, all runs of that person.
void comparePlaces(Draft& draft) {
  const bool shared = isSharedSpace(draft.plan.space);
  std::map<std::string, std::vector<std::vector<std::int64_t>>> sizes;
  forEachCell(draft.plan, [&](std::size_t person, std::size_t, const ImportCell& cell) {
    if (!cell.shape.empty()) sizes[shared ? "" : draft.plan.people[person]].push_back(placesIn(cell));
  });
  std::map<std::string, std::vector<std::int64_t>> common;
  for (const auto& [person, all] : sizes) common[person] = *commonest(all);
  forEachCell(draft.plan, [&](std::size_t person, std::size_t run, const ImportCell& cell) {
    if (cell.shape.empty()) return;
    const std::vector<std::int64_t>& expected = common[shared ? "" : draft.plan.people[person]];
    if (placesIn(cell) == expected) return;
    draft.say(ImportSeverity::Error, fileOf(cell),
              "has " + places(placesIn(cell)) + "; " +
                  (shared ? "most runs in this space" : "this person's other runs") + " have " +
                  places(expected),
              "export it again on the same surface or grid", placeOf(draft.plan, person, run));
  });
  std::set<std::vector<std::int64_t>> different;
  for (const auto& [person, all] : sizes) different.insert(all.begin(), all.end());
  if (!shared && draft.plan.people.size() > 1 && !sizes.empty())
    draft.say(ImportSeverity::Note, "",
              "responses lie in each person's own space (" + std::to_string(different.size()) +
                  (different.size() == 1 ? " size" : " different sizes") + ")",
              "people can be compared by region or by label, never vertex by vertex");
}

/// Meshes against the responses on them: the sum over both hemispheres.
void compareSurfaces(Draft& draft) {
  std::map<std::pair<std::string, std::string>, std::map<std::string, const ImportSurface*>> pairs;
  for (const ImportSurface& surface : draft.plan.surfaces)
    pairs[{surface.person, surface.space + " " + surface.kind}][surface.side] = &surface;
  for (const auto& [key, sides] : pairs) {
    const auto left = sides.find("left"), right = sides.find("right");
    const bool both = left != sides.end() && right != sides.end();
    if (!both && (left != sides.end() || right != sides.end())) {
      const ImportSurface& lone = left != sides.end() ? *left->second : *right->second;
      draft.say(ImportSeverity::Warning, lone.file.generic_string(),
                "is a surface of the " + lone.side + " hemisphere; the other one is missing",
                "add it, or maps cannot be drawn on this surface", lone.person);
    }
    const bool own = draft.plan.space == "fsnative" && both && left->second->space.empty();
    if (!own || !left->second->vertices || !right->second->vertices) continue;
    const std::int64_t vertices = *left->second->vertices + *right->second->vertices;
    const std::string& owner = key.first;
    forEachCell(draft.plan, [&](std::size_t person, std::size_t run, const ImportCell& cell) {
      if (draft.plan.people[person] != owner || cell.shape.size() != 2 || cell.shape[1] == vertices)
        return;
      draft.say(ImportSeverity::Error, fileOf(cell),
                "has " + std::to_string(cell.shape[1]) + " vertices; the surfaces of this person (" +
                    left->second->file.generic_string() + " and the right one) have " +
                    std::to_string(vertices),
                "use the surfaces that the responses were sampled on", placeOf(draft.plan, person, run));
    });
  }
}

/// People whom participants.tsv names and who have no responses here.
void compareParticipants(Draft& draft) {
  const auto named = [](const ScannedFile& file) { return file.path == "participants.tsv"; };
  const auto file = std::find_if(draft.scan.files.begin(), draft.scan.files.end(), named);
  if (file == draft.scan.files.end()) return;
  draft.used.insert(file->path);
  try {
    const Table table = readTable(draft.scan.root / file->path);
    const std::size_t column = table.column("participant_id");
    for (const auto& row : table.rows)
      if (std::find(draft.plan.people.begin(), draft.plan.people.end(), row[column]) ==
          draft.plan.people.end())
        draft.say(ImportSeverity::Warning, file->path.generic_string(),
                  "names this person, of whom there are no responses", "add them, or leave the person out",
                  printable(row[column]));
  } catch (const Error& error) {
    draft.say(ImportSeverity::Warning, file->path.generic_string(),
              std::string("cannot be used: ") + error.what(), "correct it; nothing else depends on it");
  }
}

}  // namespace

void compareCells(Draft& draft) {
  reportMissing(draft);
  compareSamples(draft);
  compareTimes(draft);
  comparePlaces(draft);
  compareSurfaces(draft);
  compareParticipants(draft);
}

}  // namespace cortexscope::importing
