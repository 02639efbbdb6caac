// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <cstdint>
#include <string>
#include <vector>

namespace cortexscope::importing {

/// Names after one another, printable; after the first twelve only how many more there are.
std::string listed(const std::vector<std::string>& names);

/// "240 x 10242"; empty for a single number.
std::string sizesText(const std::vector<std::int64_t>& shape);

}  // namespace cortexscope::importing
