// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/job.h"
#include "io/inspect/file_facts.h"

namespace cortexscope {

/// Says what a file is, data or network, by its content.
/// Errors   as inspectData and inspectNetwork: one sentence with the file, the reason and the place
FileFacts inspectFile(const std::filesystem::path& file, const Job& job = {});

/// One JSON object on one line. `file`, `format`, `kind`, `shape`, `dtype`, `min`, `max`, `mean`, `std` and
/// `nonfinite` are always there (null where they do not apply), the others where they apply.
std::string factsJson(const FileFacts& facts);

/// The same for people: a line for the file and one for each fact.
std::string factsText(const FileFacts& facts);

}  // namespace cortexscope
