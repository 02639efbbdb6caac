// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "import/layouts/array_choice.h"
#include "import/layouts/file_role.h"
#include "import/layouts/import_run.h"
#include "import/layouts/layout.h"

namespace cortexscope::importing {

/// A file (or an array in one) that belongs to one person's run, before one space is chosen.
struct Candidate {
  std::string person;
  ImportRun run;  ///< `session` as the name says it, `id` without it
  FileRole role = FileRole::Array;
  std::filesystem::path file;
  std::string array{};
  std::string space{};    ///< empty for files that belong to all of them
  std::string variant{};  ///< how it was processed, for messages
  int rank = 0;           ///< among variants: the lowest is taken
  std::int64_t firstSample = 0;
  std::int64_t samples = -1;  ///< of an array that holds several runs; -1: all of it

  /// Responses themselves, not what belongs to them.
  bool holdsResponses() const {
    return role == FileRole::Left || role == FileRole::Right || role == FileRole::Volume ||
           role == FileRole::Grayordinates || role == FileRole::Array;
  }
};

/// What a layout makes of a folder.
struct Candidates {
  ImportLayout layout = ImportLayout::Unknown;
  std::vector<Candidate> files;
  std::set<std::filesystem::path> used;     ///< files that have their place already
  std::vector<ImportArrayFile> arrayFiles;  ///< of plain folders
};

}  // namespace cortexscope::importing
