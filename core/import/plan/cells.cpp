#include <algorithm>
#include <functional>

#include "import/plan/parts.h"

namespace cortexscope::importing {
namespace {

template <class Values>
std::string listed(const Values& values) {
  constexpr std::size_t kMost = 12;
  std::string text;
  std::size_t count = 0;
  for (const std::string& value : values) {
    if (++count > kMost) continue;
    text += (text.empty() ? "" : ", ") + printable(value);
  }
  return count > kMost ? text + " and " + std::to_string(count - kMost) + " more" : text;
}

std::string withoutKey(const std::string& value, const std::string& key) {
  const std::string lower = lowerCase(value);
  return lower.starts_with(key) ? lower.substr(key.size()) : lower;
}

/// Drops what was not asked for. What belongs to a person and not to a run stays.
void keepAsked(Draft& draft, const std::string& asked, const std::string& key,
               const std::function<std::vector<std::string>(const Candidate&)>& namesOf) {
  if (asked.empty()) return;
  std::set<std::string> known;
  for (const Candidate& candidate : draft.candidates)
    if (candidate.holdsResponses() && !namesOf(candidate).front().empty())
      known.insert(namesOf(candidate).front());
  const std::string wanted = withoutKey(asked, key);
  std::erase_if(draft.candidates, [&](const Candidate& candidate) {
    if (candidate.role == FileRole::Mapper) return false;
    const std::vector<std::string> names = namesOf(candidate);
    return std::none_of(names.begin(), names.end(),
                        [&](const std::string& name) { return withoutKey(name, key) == wanted; });
  });
  const bool found = std::any_of(draft.candidates.begin(), draft.candidates.end(),
                                 [](const Candidate& candidate) { return candidate.holdsResponses(); });
  if (!found)
    draft.say(ImportSeverity::Error, "", "nothing here is of " + key + printable(asked),
              known.empty() ? "leave the choice out: names here do not say any"
                            : "choose one of: " + listed(known));
}

/// Drops people and runs by name.
void leaveOut(Draft& draft) {
  for (const std::string& name : draft.options.leaveOut) {
    const auto isMeant = [&](const Candidate& candidate) {
      return candidate.person == name || candidate.run.id == name;
    };
    if (std::erase_if(draft.candidates, isMeant) > 0) {
      draft.plan.leftOut.push_back(name);
      continue;
    }
    std::set<std::string> known;
    for (const Candidate& candidate : draft.candidates) known.insert({candidate.person, candidate.run.id});
    draft.say(ImportSeverity::Error, "", "nobody and no run here is named " + printable(name),
              "leave out one of: " + listed(known));
  }
}

/// Puts the session in front of a run's name where some person has that run in several sessions.
void settleSessions(Draft& draft) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> sessions;
  for (const Candidate& candidate : draft.candidates)
    if (candidate.holdsResponses())
      sessions[{candidate.person, candidate.run.id}].insert(candidate.run.session);
  std::set<std::string> repeated;
  for (const auto& [personAndRun, found] : sessions)
    if (found.size() > 1) repeated.insert(personAndRun.second);
  for (Candidate& candidate : draft.candidates) {
    if (!repeated.contains(candidate.run.id))
      candidate.run.session.clear();
    else if (!candidate.run.session.empty())
      candidate.run.id = "ses-" + candidate.run.session + "_" + candidate.run.id;
  }
}

void collectSpaces(Draft& draft) {
  std::vector<std::string>& spaces = draft.plan.spaces;
  for (const Candidate& candidate : draft.candidates)
    if (candidate.holdsResponses() &&
        std::find(spaces.begin(), spaces.end(), candidate.space) == spaces.end())
      spaces.push_back(candidate.space);
  std::sort(spaces.begin(), spaces.end(), [](const std::string& a, const std::string& b) {
    const int first = spaceRank(a), second = spaceRank(b);
    return first != second ? first < second : naturalLess(a, b);
  });
}

bool isAskedSpace(const std::string& space, const std::string& asked) {
  const std::string here = lowerCase(space), wanted = withoutKey(asked, "space-");
  return here == wanted || here.starts_with(wanted + "_");
}

void chooseSpace(Draft& draft) {
  collectSpaces(draft);
  ImportPlan& plan = draft.plan;
  if (plan.spaces.empty()) return;
  const std::string& asked = draft.options.space;
  std::vector<std::string> fitting;
  for (const std::string& space : plan.spaces)
    if (asked.empty() || isAskedSpace(space, asked)) fitting.push_back(space);
  if (fitting.empty())
    return draft.say(ImportSeverity::Error, "", "nothing here is in the space " + printable(asked),
                     "choose one of: " + listed(plan.spaces));
  plan.space = fitting.front();
  if (fitting.size() > 1)
    draft.say(ImportSeverity::Note, "",
              "responses are here in " + std::to_string(fitting.size()) + " spaces: " + listed(fitting) +
                  "; " + plan.space + " is taken",
              "ask for another one with --space");
}

using CellKey = std::pair<std::string, std::string>;  // person and run

/// The candidates of one cell and role, the best variant first.
using Rivals = std::map<std::pair<CellKey, FileRole>, std::vector<const Candidate*>>;

Rivals rivalsIn(const Draft& draft) {
  Rivals rivals;
  for (const Candidate& candidate : draft.candidates)
    if (candidate.space == draft.plan.space || (candidate.space.empty() && !candidate.holdsResponses()))
      rivals[{{candidate.person, candidate.run.id}, candidate.role}].push_back(&candidate);
  for (auto& [key, list] : rivals)
    std::stable_sort(list.begin(), list.end(),
                     [](const Candidate* a, const Candidate* b) { return a->rank < b->rank; });
  return rivals;
}

/// Says where two files claim the same place, and which ways of processing were passed over or mixed.
void reportRivals(Draft& draft, const Rivals& rivals) {
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
        draft.say(
            best.holdsResponses() ? ImportSeverity::Error : ImportSeverity::Warning,
            other->file.generic_string(),
            "is the same run (" + nameOf(best.role) + ") of the same person as " + best.file.generic_string(),
            "give the folder of one pipeline alone, or delete one of the two",
            key.first.first + " " + key.first.second);
    }
  }
  if (!passed.empty())
    draft.say(ImportSeverity::Note, "", "files processed in other ways were passed over: " + listed(passed),
              "nothing, unless one of these was meant; then give a folder without the others");
  for (const auto& [role, variants] : taken)
    if (variants.size() > 1)
      draft.say(ImportSeverity::Warning, "",
                "runs were not processed alike (" + nameOf(role) + "): " + listed(variants),
                "process all runs in the same way, or people differ by that alone");
}

void listPeopleAndRuns(Draft& draft) {
  ImportPlan& plan = draft.plan;
  std::map<std::string, ImportRun> runs;
  std::set<std::string> people;
  for (const Candidate& candidate : draft.candidates) {
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
void place(Draft& draft, const Candidate& candidate, std::optional<ImportCell>& cell) {
  if (!cell && !candidate.holdsResponses()) return;
  if (!cell) {
    cell.emplace();
    cell->space = candidate.space;
    cell->firstSample = candidate.firstSample;
    cell->samples = std::max<std::int64_t>(candidate.samples, 0);
  }
  cell->files.push_back({candidate.role, candidate.file, candidate.array});
  draft.used.insert(candidate.file);
}

void fillCells(Draft& draft, const Rivals& rivals) {
  std::map<std::string, std::size_t> people, runs;
  for (std::size_t i = 0; i < draft.plan.people.size(); ++i) people[draft.plan.people[i]] = i;
  for (std::size_t i = 0; i < draft.plan.runs.size(); ++i) runs[draft.plan.runs[i].id] = i;
  for (const bool responses : {true, false})
    for (const auto& [key, list] : rivals) {
      const Candidate& best = *list.front();
      const auto person = people.find(best.person);
      if (best.holdsResponses() != responses || person == people.end()) continue;
      auto& row = draft.plan.cells[person->second];
      const auto run = runs.find(best.run.id);
      if (best.role == FileRole::Mapper)
        for (std::optional<ImportCell>& cell : row) place(draft, best, cell);
      else if (run != runs.end())
        place(draft, best, row[run->second]);
    }
}

}  // namespace

int spaceRank(const std::string& space) {
  const auto starts = [&](const char* start) { return space.starts_with(start); };
  if (space == "fsaverage5") return 0;
  if (space == "fsaverage6") return 1;
  if (space == "fsaverage") return 2;
  if (starts("fsaverage")) return 3;
  if (space == "fsLR_den-91k") return 4;
  if (starts("fsLR")) return 5;
  if (starts("MNI152NLin2009cAsym")) return 6;
  if (starts("MNI")) return 7;
  if (starts("T1w")) return 9;
  if (starts("native") || space.empty()) return 10;
  if (starts("fsnative")) return 11;
  return 8;
}

bool isSharedSpace(const std::string& space) {
  return spaceRank(space) < 9;
}

void arrangeCells(Draft& draft) {
  keepAsked(draft, draft.options.task, "task-", [](const Candidate& candidate) {
    return std::vector<std::string>{candidate.run.task, candidate.run.id};
  });
  keepAsked(draft, draft.options.session, "ses-",
            [](const Candidate& candidate) { return std::vector<std::string>{candidate.run.session}; });
  settleSessions(draft);
  leaveOut(draft);
  chooseSpace(draft);
  const Rivals rivals = rivalsIn(draft);
  reportRivals(draft, rivals);
  listPeopleAndRuns(draft);
  fillCells(draft, rivals);
}

}  // namespace cortexscope::importing
