// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <filesystem>
#include <string>
#include <vector>

namespace cortexscope::importing {

/// The person whose name is a folder above the file or starts its name; empty if there is none.
std::string ownerOf(const std::filesystem::path& file, const std::vector<std::string>& people);

}  // namespace cortexscope::importing
