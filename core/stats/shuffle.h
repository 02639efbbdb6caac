// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace cortexscope {

/// Uniform integer in [0, bound), bound > 0. Spelled out because std::uniform_int_distribution may differ
/// between standard libraries, and a seed must give the same answer everywhere.
/// Source   rejection of the incomplete last interval (von Neumann 1951)
inline std::uint32_t uniformBelow(std::uint32_t bound, std::mt19937& generator) {
  const std::uint64_t range = std::uint64_t{1} << 32;
  const std::uint64_t usable = range - range % bound;
  std::uint64_t draw = generator();
  while (draw >= usable) draw = generator();
  return static_cast<std::uint32_t>(draw % bound);
}

/// Random order of `items`, every order equally likely.
/// Source   Fisher & Yates 1938
template <class Item>
void shuffle(std::vector<Item>& items, std::mt19937& generator) {
  for (std::size_t left = items.size(); left > 1; --left)
    std::swap(items[left - 1], items[uniformBelow(static_cast<std::uint32_t>(left), generator)]);
}

}  // namespace cortexscope
