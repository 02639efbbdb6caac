// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/job.h"

namespace cortexscope {

/// What a program wrote and how it ended.
struct ChildResult {
  std::string output;
  std::string errors;   ///< at most 4 KiB
  int exitStatus = -1;  ///< -1 if it was ended by a signal
  int signal = 0;
  bool tooMuch = false;  ///< stopped because it wrote more than it may
  bool tooLong = false;  ///< stopped because it was silent for too long
};

/// Runs a program with an almost empty environment, no standard input and no other open files of ours, and
/// collects what it writes. Cancelling ends it.
/// Errors   Io if it cannot be started; Cancelled
ChildResult runChild(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                     std::size_t mostBytes, std::chrono::seconds longestSilence, const Job& job);

/// A program of this project: beside the running one, or in ../bin from there.
/// Errors   MissingFile naming where it was looked for
std::filesystem::path programBeside(const std::string& name);

}  // namespace cortexscope
