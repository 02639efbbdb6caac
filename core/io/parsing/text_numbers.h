// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"

namespace cortexscope {

/// Reads words and numbers parted by white space from a text that is in memory, keeping the line for
/// messages.
class TextNumbers {
 public:
  TextNumbers(std::string_view text, std::string file) : m_text(text), m_file(std::move(file)) {}

  /// Next word; empty at the end.
  std::string_view word();
  /// Next number.
  /// Errors   BadFile naming the line, what was expected and the word met
  double number(std::string_view expected);
  /// Next whole number from `smallest` to `largest`.
  long long integer(std::string_view expected, long long smallest, long long largest);
  /// Goes past `count` words without looking into them.
  /// Errors   BadFile if the text ends before
  void skip(std::size_t count, std::string_view expected);

  /// A count of numbers to come: at least two bytes each must be left for them.
  std::size_t count(std::string_view items, std::size_t numbersEach);

  bool atEnd();
  std::size_t line() const { return m_line; }
  std::string place() const { return m_file + ", line " + textOf(m_line); }

 private:
  std::string_view required(std::string_view expected);
  std::string_view m_text;
  std::string m_file;
  std::size_t m_position = 0;
  std::size_t m_line = 1;
};

/// A word for a message: at most 40 characters, unprintable ones as '?'.
std::string shown(std::string_view word);

}  // namespace cortexscope
