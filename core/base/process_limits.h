// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

// For the small programs that give a file to a library which a damaged or hostile one may crash
// (base/child_process.h starts them).

namespace cortexscope {

/// Status with which they end, beside their words on standard error.
constexpr int kChildWrongUsage = 2, kChildBadFile = 3, kChildUnsupported = 4;

/// Takes away what a parser of hostile files does not need: memory and time of a processor beyond limits,
/// core dumps, writing files, outliving who started it.
void limitThisProcess(std::size_t mostMemoryBytes, std::optional<std::chrono::seconds> mostComputing = {});

}  // namespace cortexscope
