// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/parsing/python_literal.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr int kMaxDepth = 16;

class Parser {
 public:
  explicit Parser(std::string_view text) : m_text(text) {}

  PythonLiteral whole() {
    PythonLiteral literal = value(0);
    skipSpace();
    if (m_at != m_text.size()) fail("something follows the closing bracket");
    return literal;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(ErrorCode::BadFile, reason + " at character " + textOf(m_at));
  }

  void skipSpace() {
    while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
      ++m_at;
  }

  char peek() {
    skipSpace();
    return m_at < m_text.size() ? m_text[m_at] : '\0';
  }

  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++m_at;
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail(std::string("expected '") + wanted + "'");
  }

  PythonLiteral value(int depth) {
    if (depth > kMaxDepth) fail("brackets are nested more than " + textOf(kMaxDepth) + " deep");
    const char first = peek();
    if (first == '{') return dict(depth);
    if (first == '(') return list(depth, ')');
    if (first == '[') return list(depth, ']');
    if (first == '\'' || first == '"') return {string()};
    if (first == '-' || (first >= '0' && first <= '9')) return {number()};
    return word();
  }

  PythonLiteral dict(int depth) {
    PythonLiteral::Dict dict;
    expect('{');
    while (!take('}')) {
      const char quote = peek();
      if (quote != '\'' && quote != '"') fail("expected a quoted key or '}'");
      std::string key = string();
      if (std::find(dict.keys.begin(), dict.keys.end(), key) != dict.keys.end())
        fail("the key '" + key + "' comes twice");
      expect(':');
      dict.keys.push_back(std::move(key));
      dict.values.push_back(value(depth + 1));
      if (!take(',') && peek() != '}') fail("expected ',' or '}'");
    }
    return {std::move(dict)};
  }

  PythonLiteral list(int depth, char close) {
    PythonLiteral::List list;
    list.isTuple = close == ')';
    ++m_at;
    bool comma = false;
    while (!take(close)) {
      list.items.push_back(value(depth + 1));
      comma = take(',');
      if (!comma && peek() != close) fail(std::string("expected ',' or '") + close + "'");
    }
    // Python reads (3) as the number 3: only a comma makes a tuple of one.
    if (list.isTuple && list.items.size() == 1 && !comma) return std::move(list.items.front());
    return {std::move(list)};
  }

  std::string string() {
    const char quote = m_text[m_at++];
    const std::size_t end = m_text.find(quote, m_at);
    if (end == std::string_view::npos) fail("a quoted text is not closed");
    const std::string_view content = m_text.substr(m_at, end - m_at);
    if (content.find_first_of("\\\n") != std::string_view::npos) fail("a quoted text holds an escape");
    m_at = end + 1;
    return std::string(content);
  }

  std::int64_t number() {
    std::int64_t number = 0;
    const char* begin = m_text.data() + m_at;
    const auto [end, error] = std::from_chars(begin, m_text.data() + m_text.size(), number);
    if (error == std::errc::result_out_of_range) fail("a number is beyond 64 bits");
    if (error != std::errc()) fail("expected a whole number");
    m_at += static_cast<std::size_t>(end - begin);
    if (m_at < m_text.size() && m_text[m_at] == 'L') ++m_at;  // Python 2 wrote long numbers so
    return number;
  }

  PythonLiteral word() {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    std::size_t end = m_at;
    while (end < m_text.size() && isLetter(m_text[end])) ++end;
    const std::string_view name = m_text.substr(m_at, end - m_at);
    if (name != "True" && name != "False" && name != "None") fail("expected a plain value");
    m_at = end;
    if (name == "None") return {PythonLiteral::None{}};
    return {name == "True"};
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

}  // namespace

PythonLiteral parsePythonLiteral(std::string_view text) {
  return Parser(text).whole();
}

}  // namespace cortexscope
