// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/layouts.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "import/layouts/array_choice.h"
#include "import/layouts/layout.h"
#include "import/scan/source.h"
#include "io/inspect/file_facts.h"

namespace cortexscope::importing {

/// Which arrays of a plain folder's files are runs: the chosen ones, else all that can be.
class ArraysTaken {
 public:
  ArraysTaken(Source& source, const std::vector<ArrayChoice>& choices)
      : m_source(source), m_choices(choices) {}

  /// Those of one file, none where it holds one array without a name. No value: an error was found, and the
  /// file takes no part.
  std::optional<std::vector<std::string>> of(const std::filesystem::path& file, const FileFacts& facts);

  /// Files that hold several arrays, as far as they were asked for.
  const std::vector<ImportArrayFile>& files() const { return m_files; }

  /// Says what was not chosen though it can be, and which choices fit nothing.
  void report(ImportLayout layout);

 private:
  std::optional<std::vector<std::string>> chosenIn(const std::filesystem::path& file, const FileFacts& facts);
  void reportUnchosen();
  void reportUnmet(const ArrayChoice& choice, ImportLayout layout);

  Source& m_source;
  const std::vector<ArrayChoice>& m_choices;
  std::vector<ImportArrayFile> m_files;
  std::set<std::size_t> m_met;  ///< choices that fit a file
};

}  // namespace cortexscope::importing
