// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace cortexscope {

/// Lets `option` take the words of `choices` (pairs of word and value), which help and errors then name in
/// this order. CLI11's transformer alone would also name, and take, the numbers behind them.
template <class Choices>
CLI::Option* takeOneOf(CLI::Option* option, const Choices& choices) {
  std::vector<std::string> words;
  for (const auto& choice : choices) words.push_back(choice.first);
  // The last one added comes first: words are checked before they become numbers.
  return option->transform(CLI::CheckedTransformer(choices).description(""))->transform(CLI::IsMember(words));
}

}  // namespace cortexscope
