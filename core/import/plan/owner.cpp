// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/owner.h"

#include <string_view>

namespace cortexscope::importing {

std::string ownerOf(const std::filesystem::path& file, const std::vector<std::string>& people) {
  const std::string name = file.filename().string();
  for (const std::string& person : people) {
    for (const std::filesystem::path& part : file.parent_path())
      if (part == person) return person;
    if (name.starts_with(person) && name.size() > person.size() &&
        std::string_view("._-").find(name[person.size()]) != std::string_view::npos)
      return person;
  }
  return {};
}

}  // namespace cortexscope::importing
