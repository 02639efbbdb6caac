// SPDX-License-Identifier: GPL-3.0-or-later
#include "function_lengths.h"

#include <algorithm>
#include <cctype>
#include <regex>

namespace cortexscope::test {
namespace {

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, text.size()); ++i)
    if (text[i] != '\n') text[i] = ' ';
}

/// First position behind the literal that starts with the quote at `start`.
std::size_t endOfQuoted(const std::string& text, std::size_t start) {
  const char quote = text[start];
  std::size_t i = start + 1;
  while (i < text.size() && text[i] != quote && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

std::size_t endOfRawString(const std::string& text, std::size_t quote) {
  const std::size_t open = text.find('(', quote);
  if (open == std::string::npos) return text.size();
  const std::string close = ")" + text.substr(quote + 1, open - quote - 1) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string::npos ? text.size() : end + close.size();
}

bool isWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Preprocessor lines, with their continuations.
void blankDirectives(std::string& text) {
  for (std::size_t line = 0; line < text.size();) {
    std::size_t end = std::min(text.find('\n', line), text.size());
    const std::size_t first = text.find_first_not_of(" \t", line);
    if (first != std::string::npos && text[first] == '#') {
      while (end < text.size() && text[end - 1] == '\\')
        end = std::min(text.find('\n', end + 1), text.size());
      blank(text, line, end);
    }
    line = end + 1;
  }
}

enum class Brace { Scope, Function, Other };

Brace kindOfBrace(const std::string& before) {
  static const std::regex scope(
      R"(^\s*(template\s*<[^{]*>\s*)?(inline\s+)?(namespace|class|struct|union|enum)\b)");
  static const std::regex linkage(R"(^\s*extern\s+$)");
  if (std::regex_search(before, linkage)) return Brace::Scope;
  const std::size_t parenthesis = before.find('(');
  if (std::regex_search(before, scope) && parenthesis == std::string::npos) return Brace::Scope;
  if (parenthesis == std::string::npos || before.find('=') < parenthesis) return Brace::Other;
  return Brace::Function;
}

std::string nameBeforeParameters(const std::string& before) {
  std::size_t end = before.find('(');
  while (end > 0 && std::isspace(static_cast<unsigned char>(before[end - 1])) != 0) --end;
  std::size_t begin = end;
  while (begin > 0 && (isWordCharacter(before[begin - 1]) || before[begin - 1] == '~')) --begin;
  return before.substr(begin, end - begin);
}

std::size_t matchingBrace(const std::string& text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return text.size();
}

int lineOf(const std::string& text, std::size_t position) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

}  // namespace

std::string withoutCommentsAndLiterals(std::string_view source) {
  std::string text(source);
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    const std::string_view two = std::string_view(text).substr(i, 2);
    if (two == "//") {
      end = std::min(text.find('\n', i), text.size());
      blank(text, i, end);
    } else if (two == "/*") {
      end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
      blank(text, i, end);
    } else if (text[i] == '"') {
      end = i > 0 && text[i - 1] == 'R' ? endOfRawString(text, i) : endOfQuoted(text, i);
      blank(text, i, end);
    } else if (text[i] == '\'' && (i == 0 || !isWordCharacter(text[i - 1]))) {  // not the separator in 1'000
      end = endOfQuoted(text, i);
      blank(text, i, end);
    }
    i = end;
  }
  return text;
}

std::vector<FunctionLength> functionLengths(std::string_view source) {
  std::string text = withoutCommentsAndLiterals(source);
  blankDirectives(text);
  std::vector<FunctionLength> found;
  std::size_t statement = 0;  // where the text in front of the next brace starts
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';' || text[i] == '}') statement = i + 1;
    if (text[i] != '{') continue;
    const std::string before = text.substr(statement, i - statement);
    const Brace kind = kindOfBrace(before);
    if (kind != Brace::Scope) {
      const std::size_t close = matchingBrace(text, i);
      const int line = lineOf(text, i);
      if (kind == Brace::Function)
        found.push_back({nameBeforeParameters(before), line, lineOf(text, close) - line + 1});
      i = close;
    }
    statement = i + 1;
  }
  return found;
}

}  // namespace cortexscope::test
