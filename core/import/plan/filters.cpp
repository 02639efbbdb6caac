// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/filters.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope::importing {
namespace {

/// Drops what was not asked for. What belongs to a person and not to a run stays.
void keepAsked(Source& source, const std::string& asked, const std::string& key,
               const std::function<std::vector<std::string>(const Candidate&)>& namesOf,
               std::vector<Candidate>& files) {
  if (asked.empty()) return;
  std::set<std::string> known;
  for (const Candidate& candidate : files)
    if (candidate.holdsResponses() && !namesOf(candidate).front().empty())
      known.insert(namesOf(candidate).front());
  const std::string wanted = withoutKey(asked, key);
  std::erase_if(files, [&](const Candidate& candidate) {
    if (candidate.role == FileRole::Mapper) return false;
    const std::vector<std::string> names = namesOf(candidate);
    return std::none_of(names.begin(), names.end(),
                        [&](const std::string& name) { return withoutKey(name, key) == wanted; });
  });
  const bool found = std::any_of(files.begin(), files.end(),
                                 [](const Candidate& candidate) { return candidate.holdsResponses(); });
  if (!found)
    source.say(Severity::Error, "", "nothing here is of " + key + printable(asked),
               known.empty() ? "leave the choice out: names here do not say any"
                             : "choose one of: " + listed({known.begin(), known.end()}));
}

/// Drops people and runs by name; returns the names that were there.
std::vector<std::string> leaveOut(Source& source, const std::vector<std::string>& names,
                                  std::vector<Candidate>& files) {
  std::vector<std::string> left;
  for (const std::string& name : names) {
    const auto isMeant = [&](const Candidate& candidate) {
      return candidate.person == name || candidate.run.id == name;
    };
    if (std::erase_if(files, isMeant) > 0) {
      left.push_back(name);
      continue;
    }
    std::set<std::string> known;
    for (const Candidate& candidate : files) known.insert({candidate.person, candidate.run.id});
    source.say(Severity::Error, "", "nobody and no run here is named " + printable(name),
               "leave out one of: " + listed({known.begin(), known.end()}));
  }
  return left;
}

/// Puts the session in front of a run's name where some person has that run in several sessions.
void settleSessions(std::vector<Candidate>& files) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> sessions;
  for (const Candidate& candidate : files)
    if (candidate.holdsResponses())
      sessions[{candidate.person, candidate.run.id}].insert(candidate.run.session);
  std::set<std::string> repeated;
  for (const auto& [personAndRun, found] : sessions)
    if (found.size() > 1) repeated.insert(personAndRun.second);
  for (Candidate& candidate : files) {
    if (!repeated.contains(candidate.run.id))
      candidate.run.session.clear();
    else if (!candidate.run.session.empty())
      candidate.run.id = "ses-" + candidate.run.session + "_" + candidate.run.id;
  }
}

}  // namespace

std::vector<std::string> keepRequested(Source& source, const ImportRequest& request,
                                       std::vector<Candidate>& files) {
  const auto taskOf = [](const Candidate& file) {
    return std::vector<std::string>{file.run.task, file.run.id};
  };
  const auto sessionOf = [](const Candidate& file) { return std::vector<std::string>{file.run.session}; };
  keepAsked(source, request.task, "task-", taskOf, files);
  keepAsked(source, request.session, "ses-", sessionOf, files);
  settleSessions(files);
  return leaveOut(source, request.leaveOut, files);
}

std::string withoutKey(const std::string& value, const std::string& key) {
  const std::string lower = lowerCase(value);
  return lower.starts_with(key) ? lower.substr(key.size()) : lower;
}

}  // namespace cortexscope::importing
