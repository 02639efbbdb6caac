// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "import/scan/source.h"

namespace cortexscope::importing {

/// Times that a JSON file beside an image states.
struct Sidecar {
  std::string file;  ///< that stated the time between samples; empty if none does
  std::optional<double> trSec, startSec;
};

/// The JSON files of a folder, each read once.
class Sidecars {
 public:
  explicit Sidecars(Source& source);

  /// What the sidecars of an image say, the nearest first as BIDS inherits them.
  Sidecar of(const std::filesystem::path& image);

 private:
  /// The nearest and most particular first.
  std::vector<std::filesystem::path> filesFor(const std::filesystem::path& image) const;
  const Sidecar& readOnce(const std::filesystem::path& path);

  Source& m_source;
  std::map<std::filesystem::path, std::vector<const ScannedFile*>> m_files;  ///< by folder
  std::map<std::filesystem::path, Sidecar> m_read;
};

}  // namespace cortexscope::importing
