// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/job.h"

// OpenCV's reading and setting up of a network that nobody vouches for, in a program of its own,
// cortexscope-network-trial: what crashes there ends nothing else.

namespace cortexscope {

/// Limits of a trial: time of a processor for reading the network, loading it and running it once, which
/// takes about a second for a large one, and the same by the clock on a machine with much else to do.
constexpr std::chrono::seconds kMostTrialComputing{60}, kLongestTrialStep{300};

/// Has that program load a network and run it once, and learns from it whether this program may. A network
/// that this process has seen pass is not tried again.
///
/// digest   of the network that is about to be loaded here, so that no other can pass in its place
/// Errors   BadFile naming the file if OpenCV crashed on it, or took more time or memory than networks of its
///          size do; BadFile or Unsupported with the reason if OpenCV refused it; MissingFile if the program
///          is not there; Cancelled
void tryNetworkApart(const std::filesystem::path& onnxFile, const std::string& digest, const Job& job,
                     std::chrono::seconds longestStep = kLongestTrialStep);

/// Memory that a trial may take in all, in bytes: OpenCV and its libraries, the layers' values, the weights
/// in the forms that they pass through.
std::size_t mostTrialMemory(const std::filesystem::path& onnxFile);

}  // namespace cortexscope
