// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/scan/wording.h"

#include <algorithm>

#include "base/text.h"
#include "import/scan/names.h"

namespace cortexscope::importing {

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + printable(names[i]);
  return names.size() > kMost ? text + " and " + textOf(names.size() - kMost) + " more" : text;
}

std::string sizesText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t size : shape) text += (text.empty() ? "" : " x ") + textOf(size);
  return text;
}

}  // namespace cortexscope::importing
