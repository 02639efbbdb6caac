// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cortexscope::test {

/// A reader under attack: any bytes must give a value or an Error, nothing else.
struct FuzzTarget {
  const char* name;
  void (*run)(std::string_view bytes);
  std::vector<std::string> (*seeds)();  ///< good and odd files of its format
};

const std::vector<FuzzTarget>& fuzzTargets();

/// Runs the target; an Error is a good answer, everything else passes through.
void runFuzzTarget(const FuzzTarget& target, std::string_view bytes);

}  // namespace cortexscope::test
