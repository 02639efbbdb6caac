// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/held_out.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "import/scan/names.h"

namespace cortexscope::importing {
namespace {

std::string namesOf(const std::vector<PlannedRun>& runs) {
  std::string names;
  for (const PlannedRun& planned : runs) names += " " + planned.run.id;
  return names;
}

/// Seconds of a film that are learned from prove nothing when they are tested with.
void warnOfSharedFilm(Importing& importing, const std::vector<PlannedRun>& runs) {
  const auto endOf = [&](const Run& run) {
    return run.stimulusStartSec + importing.trSec * double(run.sampleCount);
  };
  for (const PlannedRun& held : runs)
    for (const PlannedRun& other : runs) {
      const Run &a = held.run, &b = other.run;
      if (!a.heldOut || b.heldOut || a.stimulus != b.stimulus) continue;
      if (a.stimulusStartSec + kTimeSlackSec < endOf(b) && b.stimulusStartSec + kTimeSlackSec < endOf(a))
        importing.say(
            Severity::Warning, "", a.id,
            "is held out, but shows the same seconds of " + a.stimulus + " as " + b.id +
                ", which is learned from",
            "hold out both, or average repeats: tests with film that was learned from say too much");
    }
}

/// Runs that are called tests; else the one presented most often; else the last one.
void holdOutUsual(std::vector<PlannedRun>& runs) {
  std::vector<PlannedRun*> tests;
  PlannedRun* most = &runs.front();
  const auto repeats = [](const PlannedRun& planned) {
    std::size_t count = 0;
    for (const auto& presentations : planned.presentations) count = std::max(count, presentations.size());
    return count;
  };
  for (PlannedRun& planned : runs) {
    const std::string name = lowerCase(planned.run.id);
    if (name.find("test") != std::string::npos || name.find("heldout") != std::string::npos)
      tests.push_back(&planned);
    if (repeats(planned) >= repeats(*most)) most = &planned;
  }
  if (!tests.empty() && tests.size() + 2 <= runs.size())
    for (PlannedRun* test : tests) test->run.heldOut = true;
  else
    most->run.heldOut = true;
}

}  // namespace

void holdOut(Importing& importing, std::vector<PlannedRun>& runs) {
  const std::vector<std::string>& asked = importing.choices.heldOut;
  for (const std::string& name : asked) {
    bool found = false;
    for (PlannedRun& planned : runs)
      if (planned.run.id == name || planned.run.id.starts_with(name + "_part-"))
        planned.run.heldOut = found = true;
    require(found, ErrorCode::BadValue,
            [&] { return "no run is named \"" + name + "\"; there are" + namesOf(runs); });
  }
  if (asked.empty()) holdOutUsual(runs);
  const auto held =
      std::count_if(runs.begin(), runs.end(), [](const PlannedRun& p) { return p.run.heldOut; });
  require(std::ssize(runs) - held >= 2, ErrorCode::BadValue, [&] {
    return "at least two runs must be left to learn from; held out of" + namesOf(runs) + " are " +
           textOf(held);
  });
  std::string names;
  for (const PlannedRun& planned : runs) names += planned.run.heldOut ? " " + planned.run.id : "";
  warnOfSharedFilm(importing, runs);
  importing.say(Severity::Note, "", "", "held out, never fitted to:" + names,
                "choose others with --held-out");
}

}  // namespace cortexscope::importing
