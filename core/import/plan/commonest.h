// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <map>
#include <optional>
#include <vector>

namespace cortexscope::importing {

/// The value that most have; of equally frequent ones the first met.
template <class Value>
std::optional<Value> commonest(const std::vector<Value>& values) {
  std::map<Value, std::size_t> counts;
  for (const Value& value : values) ++counts[value];
  std::optional<Value> best;
  std::size_t most = 0;
  for (const Value& value : values)
    if (counts[value] > most) most = counts[value], best = value;
  return best;
}

}  // namespace cortexscope::importing
