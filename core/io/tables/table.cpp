// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/tables/table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/parsing/foreign_file.h"

namespace cortexscope {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxLineBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxWordShown = 40;

[[noreturn]] void failAtLine(std::size_t line, const std::string& reason) {
  throw Error(ErrorCode::BadFile, "line " + textOf(line) + ": " + reason);
}

std::string inQuotes(std::string_view word) {
  const bool cut = word.size() > kMaxWordShown;
  return "\"" + std::string(word.substr(0, kMaxWordShown)) + (cut ? "...\"" : "\"");
}

/// Length of the UTF-8 character at the start of `text`, 0 if its bytes are not one.
std::size_t utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool beyond = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : length;
}

std::string utf8FromLatin1(std::string_view text) {
  std::string converted;
  converted.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      converted += c;
    } else {
      converted += static_cast<char>(0xc0 | byte >> 6);
      converted += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return converted;
}

/// Refuses what cannot be text; returns the line of the first bytes that are not UTF-8, if there are any.
std::optional<std::size_t> checkCharacters(std::string_view text) {
  std::optional<std::size_t> firstOddLine;
  std::size_t line = 1, lineStart = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\n' || c == '\r') {
      if (c == '\n' || i + 1 >= text.size() || text[i + 1] != '\n') ++line;
      lineStart = i + 1;
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      failAtLine(line, "holds the byte " + textOf(static_cast<int>(c)) + " at position " +
                           textOf(i - lineStart + 1) + ", so it is not text");
    }
    if (i + 1 - lineStart > kMaxLineBytes)
      failAtLine(line, "is longer than " + textOf(kMaxLineBytes) + " bytes");
    const std::size_t length = utf8Length(text.substr(i));
    if (length == 0 && !firstOddLine) firstOddLine = line;
    i += std::max<std::size_t>(1, length);
  }
  return firstOddLine;
}

/// Cuts text into rows of cells.
class Splitter {
 public:
  Splitter(std::string_view text, bool isCsv)
      : m_text(text), m_separator(isCsv ? ',' : '\t'), m_isCsv(isCsv) {}

  bool atEnd() const { return m_at >= m_text.size(); }
  /// Line on which the row last read starts.
  std::size_t rowLine() const { return m_rowLine; }

  std::vector<std::string> row() {
    m_rowLine = m_line;
    std::vector<std::string> cells;
    do cells.push_back(m_isCsv && !atEnd() && m_text[m_at] == '"' ? quotedCell() : plainCell());
    while (takeSeparator());
    return cells;
  }

 private:
  bool atLineEnd() const { return m_text[m_at] == '\n' || m_text[m_at] == '\r'; }

  void takeLineEnd() {
    if (m_text[m_at] == '\r' && m_at + 1 < m_text.size() && m_text[m_at + 1] == '\n') ++m_at;
    ++m_at;
    ++m_line;
  }

  std::string plainCell() {
    const std::size_t start = m_at;
    while (!atEnd() && !atLineEnd() && m_text[m_at] != m_separator) ++m_at;
    return std::string(m_text.substr(start, m_at - start));
  }

  std::string quotedCell() {
    const std::size_t startLine = m_line;
    std::string cell;
    for (++m_at; !atEnd();) {
      if (m_text[m_at] == '"') {
        if (++m_at >= m_text.size() || m_text[m_at] != '"') return cell;
        cell += m_text[m_at++];
      } else if (atLineEnd()) {
        cell += '\n';
        takeLineEnd();
      } else {
        cell += m_text[m_at++];
      }
    }
    failAtLine(startLine, "a quote is opened and never closed");
  }

  bool takeSeparator() {
    if (atEnd()) return false;
    if (m_text[m_at] == m_separator) {
      ++m_at;
      return true;
    }
    if (!atLineEnd()) failAtLine(m_line, "something follows a closing quote");
    takeLineEnd();
    return false;
  }

  std::string_view m_text;
  char m_separator;
  bool m_isCsv;
  std::size_t m_at = 0;
  std::size_t m_line = 1;
  std::size_t m_rowLine = 1;
};

void checkColumns(const std::vector<std::string>& columns) {
  std::set<std::string_view> seen;
  for (const std::string& name : columns)
    if (!seen.insert(name).second) failAtLine(1, "the column name " + inQuotes(name) + " comes twice");
}

Table splitTable(std::string_view text, bool isCsv) {
  // Empty lines at the end are no rows, whatever the number of columns.
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  require(!text.empty(), ErrorCode::BadFile, "is empty: there is no line with column names");
  Table table;
  Splitter splitter(text, isCsv);
  table.columns = splitter.row();
  checkColumns(table.columns);
  while (!splitter.atEnd()) {
    std::vector<std::string> cells = splitter.row();
    if (cells.size() != table.columns.size())
      failAtLine(splitter.rowLine(), "has " + textOf(cells.size()) + " cells where the header has " +
                                         textOf(table.columns.size()) + " columns");
    table.rows.push_back(std::move(cells));
    table.lines.push_back(splitter.rowLine());
  }
  if (table.rows.empty()) table.warnings.push_back("there are no rows below the column names");
  return table;
}

Table parseTable(std::string text, bool isCsv) {
  const std::string_view start = std::string_view(text).substr(0, 512);
  const std::string foreign = foreignFileReason(start);
  require(foreign.empty(), ErrorCode::BadFile, foreign);
  require(!start.starts_with("\xff\xfe") && !start.starts_with("\xfe\xff"), ErrorCode::BadFile,
          "the text is UTF-16: save it as UTF-8");
  if (start.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  const std::optional<std::size_t> oddLine = checkCharacters(text);
  if (oddLine) text = utf8FromLatin1(text);
  Table table = splitTable(text, isCsv);
  if (oddLine)
    table.warnings.push_back("line " + textOf(*oddLine) + " is not UTF-8; the file was read as Latin-1");
  return table;
}

std::string_view trimmed(std::string_view word) {
  const std::size_t first = word.find_first_not_of(' ');
  return first == std::string_view::npos ? "" : word.substr(first, word.find_last_not_of(' ') - first + 1);
}

/// The number that the whole word spells, or the reason why it spells none.
double numberOf(std::string_view cell, std::string& reason) {
  std::string_view word = trimmed(cell);
  if (word.empty() || word == "n/a" || word == "N/A" || word == "NA")
    return std::numeric_limits<double>::quiet_NaN();
  if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);
  double number = 0;
  const char* end = word.data() + word.size();
  auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error == std::errc::result_out_of_range) {
    long double wide = 0;  // tells numbers too small, which are as good as 0, from numbers too large
    if (std::from_chars(word.data(), end, wide).ec == std::errc() && std::abs(wide) < 1) {
      number = static_cast<double>(wide);
      error = std::errc();
    } else {
      reason = "is beyond the range of numbers";
    }
  } else if (error != std::errc() || stop != end) {
    const bool comma = stop < end && *stop == ',' && error == std::errc();
    reason = comma ? "is not a number (the decimal sign must be a point)" : "is not a number";
  }
  return number;
}

std::string printed(double number) {
  if (std::isnan(number)) return "n/a";
  std::array<char, 32> text;
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 7);
  return {text.data(), result.ptr};
}

}  // namespace

std::size_t Table::column(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  std::string names;
  for (std::size_t i = 0; i < columns.size() && i < 20; ++i)
    names += (i == 0 ? "" : ", ") + inQuotes(columns[i]);
  if (columns.size() > 20) names += " and " + textOf(columns.size() - 20) + " more";
  throw Error(ErrorCode::BadValue, "there is no column " + inQuotes(name) + "; there are " + names);
}

Table readTable(const std::filesystem::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string text = readTextFile(file, kMaxFileBytes);
  try {
    return parseTable(std::move(text), extension == ".csv");
  } catch (const Error& error) {
    throw error.within(file.string());
  }
}

std::vector<double> numericColumn(const Table& table, const std::string& name,
                                  const std::filesystem::path& file) {
  std::vector<double> numbers;
  numbers.reserve(table.rows.size());
  try {
    const std::size_t column = table.column(name);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      std::string reason;
      numbers.push_back(numberOf(table.rows[row][column], reason));
      if (!reason.empty())
        failAtLine(row < table.lines.size() ? table.lines[row] : row + 2,
                   inQuotes(table.rows[row][column]) + " in column " + inQuotes(name) + " " + reason);
    }
  } catch (const Error& error) {
    throw error.within(file.string());
  }
  return numbers;
}

void writeTsv(const std::filesystem::path& file, const std::vector<std::string>& columns,
              const MatrixD& values) {
  require(static_cast<Index>(columns.size()) == values.cols(), ErrorCode::BadShape, [&] {
    return file.string() + ": " + textOf(columns.size()) + " column names for " + textOf(values.cols()) +
           " columns of numbers";
  });
  std::set<std::string_view> seen;
  for (const std::string& name : columns)
    require(
        name.find_first_of(std::string_view("\t\r\n\0", 4)) == std::string::npos && seen.insert(name).second,
        ErrorCode::BadValue, [&] {
          return file.string() + ": the column name " + inQuotes(name) +
                 " comes twice or holds a tab or line end";
        });
  writeFileAtomically(file, [&](std::ostream& out) {
    for (std::size_t i = 0; i < columns.size(); ++i) out << (i == 0 ? "" : "\t") << columns[i];
    out << '\n';
    for (Index row = 0; row < values.rows(); ++row)
      for (Index col = 0; col < values.cols(); ++col)
        out << printed(values(row, col)) << (col + 1 == values.cols() ? '\n' : '\t');
  });
}

}  // namespace cortexscope
