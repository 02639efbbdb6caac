// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/importing.h"

#include <algorithm>

#include "import/scan/names.h"

namespace cortexscope::importing {

void Importing::leaveOut(std::size_t person, const std::string& place, const std::string& why) {
  isIn[person] = false;
  say(Severity::Error, "", place, printable(why) + "; this person is not in the study",
      "correct it and import again, or import without this person (--leave-out " + plan.people[person] + ")");
}

std::size_t Importing::peopleLeft() const {
  return std::size_t(std::count(isIn.begin(), isIn.end(), true));
}

}  // namespace cortexscope::importing
