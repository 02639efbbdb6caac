// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/space_choice.h"

#include <algorithm>

#include "base/text.h"
#include "import/layouts/spaces.h"
#include "import/plan/filters.h"
#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope::importing {
namespace {

/// Spaces of responses, the preferred one first.
std::vector<std::string> spacesIn(const std::vector<Candidate>& files) {
  std::vector<std::string> spaces;
  for (const Candidate& candidate : files)
    if (candidate.holdsResponses() &&
        std::find(spaces.begin(), spaces.end(), candidate.space) == spaces.end())
      spaces.push_back(candidate.space);
  std::sort(spaces.begin(), spaces.end(), [](const std::string& a, const std::string& b) {
    const int first = spaceRank(a), second = spaceRank(b);
    return first != second ? first < second : naturalLess(a, b);
  });
  return spaces;
}

bool isAskedSpace(const std::string& space, const std::string& asked) {
  const std::string here = lowerCase(space), wanted = withoutKey(asked, "space-");
  return here == wanted || here.starts_with(wanted + "_");
}

}  // namespace

void chooseSpace(Source& source, const std::string& asked, const std::vector<Candidate>& files,
                 ImportPlan& plan) {
  plan.spaces = spacesIn(files);
  if (plan.spaces.empty()) return;
  std::vector<std::string> fitting;
  for (const std::string& space : plan.spaces)
    if (asked.empty() || isAskedSpace(space, asked)) fitting.push_back(space);
  if (fitting.empty())
    return source.say(Severity::Error, "", "nothing here is in the space " + printable(asked),
                      "choose one of: " + listed(plan.spaces));
  plan.space = fitting.front();
  if (fitting.size() > 1)
    source.say(Severity::Note, "",
               "responses are here in " + textOf(fitting.size()) + " spaces: " + listed(fitting) + "; " +
                   plan.space + " is taken",
               "ask for another one with --space");
}

}  // namespace cortexscope::importing
