// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/plan.

#include <string>

#include "import/plan/import_plan.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// One cell while its headers are read.
struct DescribedCell {
  Source& source;
  ImportLayout layout;
  ImportCell& cell;
  std::string place;  ///< of findings

  void error(const ImportFile& file, std::string what, std::string advice) {
    source.say(Severity::Error, file.file.generic_string(), std::move(what), std::move(advice), place);
  }
};

}  // namespace cortexscope::importing
