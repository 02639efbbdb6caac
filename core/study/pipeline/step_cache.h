// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "study/document/study.h"

namespace cortexscope {

/// What was computed already: results/manifest.json maps each step to the digest of its inputs and options,
/// the files it wrote with their sizes, and the seconds it took. A step is present only if its key and all
/// its files still agree.
class StepCache {
 public:
  /// A manifest that cannot be read counts as empty: its steps are computed again.
  explicit StepCache(std::filesystem::path folder);

  bool has(const std::string& step, const std::string& key) const;

  /// Whether the step was computed at all, from whatever inputs.
  bool holds(const std::string& step) const { return m_entries.contains(step); }
  bool isEmpty() const { return m_entries.empty(); }

  /// Runs `compute` unless the step is present. `compute` writes its files and returns them; the manifest is
  /// written after.
  void once(const std::string& step, const std::string& key,
            const std::function<std::vector<std::filesystem::path>()>& compute);

  /// Seconds of all steps whose name starts with `prefix`.
  double seconds(const std::string& prefix) const;

 private:
  struct Entry {
    std::string key;
    std::map<std::string, std::uintmax_t> sizeOfFile;  // relative to the folder
    double seconds = 0;
  };
  void write() const;

  std::filesystem::path m_folder;
  std::map<std::string, Entry> m_entries;
};

}  // namespace cortexscope
