// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/file_role.h"

#include <array>
#include <cstddef>

namespace cortexscope {

std::string nameOf(FileRole role) {
  static constexpr std::array kNames = {"left", "right",     "volume", "grayordinates", "array",
                                        "mask", "confounds", "events", "mapper"};
  return kNames[static_cast<std::size_t>(role)];
}

}  // namespace cortexscope
