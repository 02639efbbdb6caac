// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cortexscope {

/// First line of what a program says with --version: "cortexscope-cli 0.1.0".
inline std::string versionLine(const std::string& program) {
  return program + " " CORTEXSCOPE_VERSION;
}

}  // namespace cortexscope
