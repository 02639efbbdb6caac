// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/parsing/text_numbers.h"

#include <charconv>
#include <cstdint>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

template <class Number>
bool parse(std::string_view word, Number& value) {
  if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace

std::string shown(std::string_view word) {
  constexpr std::size_t kLongest = 40;
  std::string text(word.substr(0, kLongest));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return word.size() > kLongest ? text + "..." : text;
}

bool TextNumbers::atEnd() {
  while (m_position < m_text.size() && isSpace(m_text[m_position])) {
    if (m_text[m_position] == '\n') ++m_line;
    ++m_position;
  }
  return m_position == m_text.size();
}

std::string_view TextNumbers::word() {
  if (atEnd()) return {};
  const std::size_t start = m_position;
  while (m_position < m_text.size() && !isSpace(m_text[m_position])) ++m_position;
  return m_text.substr(start, m_position - start);
}

std::string_view TextNumbers::required(std::string_view expected) {
  const std::string_view next = word();
  require(!next.empty(), ErrorCode::BadFile,
          [&] { return place() + ": the file ends where " + std::string(expected) + " is expected"; });
  return next;
}

double TextNumbers::number(std::string_view expected) {
  const std::string_view next = required(expected);
  double value = 0;
  require(parse(next, value), ErrorCode::BadFile, [&] {
    return place() + ": \"" + shown(next) + "\" is not a number where " + std::string(expected) +
           " is expected";
  });
  return value;
}

long long TextNumbers::integer(std::string_view expected, long long smallest, long long largest) {
  const std::string_view next = required(expected);
  long long value = 0;
  require(parse(next, value) && value >= smallest && value <= largest, ErrorCode::BadFile, [&] {
    return place() + ": \"" + shown(next) + "\" is not a whole number from " + textOf(smallest) + " to " +
           textOf(largest) + " where " + std::string(expected) + " is expected";
  });
  return value;
}

void TextNumbers::skip(std::size_t count, std::string_view expected) {
  for (std::size_t i = 0; i < count; ++i) required(expected);
}

std::size_t TextNumbers::count(std::string_view items, std::size_t numbersEach) {
  const auto claimed = integer("the number of " + std::string(items), 0, INT32_MAX);
  const std::size_t left = m_text.size() - m_position;
  require(static_cast<std::size_t>(claimed) <= left / (2 * numbersEach), ErrorCode::BadFile, [&] {
    return place() + ": claims " + textOf(claimed) + " " + std::string(items) + "; the " + textOf(left) +
           " bytes that follow cannot hold them";
  });
  return static_cast<std::size_t>(claimed);
}

}  // namespace cortexscope
