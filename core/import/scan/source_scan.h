// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "import/scan/bids_name.h"
#include "study/document/findings.h"

namespace cortexscope {

struct ScanLimits {
  int deepest = 16;                   ///< folders below the source
  std::size_t mostEntries = 500'000;  ///< files and folders
};

/// A regular file below the source. Nothing of it was read.
struct ScannedFile {
  std::filesystem::path path;  ///< relative to the source
  std::uintmax_t bytes = 0;
  std::optional<BidsName> bids;  ///< of its name, where that is built so

  std::string name() const { return path.filename().string(); }
};

struct SourceScan {
  std::filesystem::path root;      ///< canonical
  std::vector<ScannedFile> files;  ///< in natural order of their paths
  Findings findings;               ///< what was not followed, could not be read or was left out
};

/// Lists the files of a folder and those below it. Hidden files are passed over. Links to files are followed
/// where they stay inside the folder; links to folders never are (inside, their target is met at its own
/// place). Pipes and devices are never opened. One folder that cannot be read does not end the scan. Errors
/// MissingFile, BadFile (not a folder) for `source` itself alone; Cancelled
SourceScan scanSource(const std::filesystem::path& source, const ScanLimits& limits = {},
                      const Job& job = {});

}  // namespace cortexscope
