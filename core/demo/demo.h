// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/job.h"
#include "study/document/study.h"

namespace cortexscope {

struct DemoOptions {
  std::filesystem::path materials;  ///< folder filled by packaging/fetch_materials.sh
  std::filesystem::path resources;  ///< this program's resources folder
  bool fast = false;                ///< the small image network
  int people = 8;
  bool shiftResponses =
      false;  ///< negative control: every person's responses shifted in time by a random amount
  unsigned seed = 1;
  int threads = 0;
};

/// Makes (or completes) the demo study in `folder`: copies the films, imports the networks, prepares the
/// cortex, extracts features and simulates the people on them. A second call with the same options changes
/// nothing.
/// Errors   MissingFile naming the material and the script that fetches it; as the readers'
Study makeDemoStudy(const std::filesystem::path& folder, const DemoOptions& options, const Job& job);

}  // namespace cortexscope
