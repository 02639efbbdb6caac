// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/tables/word_vectors.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/npy.h"
#include "io/parsing/foreign_file.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxEmbeddingBytes = std::uintmax_t{1} << 30;
constexpr std::size_t kMaxDimensions = 4096;
constexpr std::size_t kMaxWordBytes = 256;

std::vector<std::string_view> cellsOfLine(std::string_view line) {
  const bool tabs = line.find('\t') != std::string_view::npos;
  std::vector<std::string_view> cells;
  while (!line.empty()) {
    const std::size_t end = std::min(line.size(), line.find(tabs ? '\t' : ' '));
    if (tabs || end > 0) cells.push_back(line.substr(0, end));
    line.remove_prefix(std::min(line.size(), end + 1));
  }
  return cells;
}

std::optional<float> finiteNumber(std::string_view cell) {
  float value = 0;
  const auto [stop, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error == std::errc::result_out_of_range && stop == cell.data() + cell.size()) {
    long double wide = 0;  // too small for float32 is as good as 0
    if (std::from_chars(cell.data(), stop, wide).ec != std::errc() || std::abs(wide) >= 1)
      return std::nullopt;
    value = static_cast<float>(wide);
  } else if (error != std::errc() || stop != cell.data() + cell.size()) {
    return std::nullopt;
  }
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::size_t> wholeNumber(std::string_view cell) {
  std::size_t value = 0;
  const auto [stop, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && stop == cell.data() + cell.size() ? std::optional(value) : std::nullopt;
}

/// Words that come again: one warning for all of them.
struct RepeatedWords {
  std::size_t count = 0;
  std::string first;

  void add(std::string_view word) {
    if (count++ == 0) first = word;
  }
  void warn(std::vector<std::string>& warnings) const {
    if (count > 0)
      warnings.push_back(textOf(count) + " words come again and are left out there, the first is \"" + first +
                         "\"");
  }
};

/// Collects lines of text; knows the number of the line it is at.
class EmbeddingText {
 public:
  void addLine(std::string_view line) {
    ++m_line;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::vector<std::string_view> cells = cellsOfLine(line);
    if (cells.empty() || (m_line == 1 && isHeader(cells))) return;
    refuseIf(cells.size() < 2, "holds a word without a vector");
    if (m_dimensions == 0) m_dimensions = cells.size() - 1;
    refuseIf(cells.size() - 1 != m_dimensions,
             "has " + textOf(cells.size() - 1) + " numbers, " + textOf(m_dimensions) + " were expected");
    refuseIf(m_dimensions > kMaxDimensions, "has more than " + textOf(kMaxDimensions) + " numbers");
    refuseIf(
        cells[0].empty() || cells[0].size() > kMaxWordBytes || cells[0].find('\0') != std::string_view::npos,
        "starts with no word of 1 to " + textOf(kMaxWordBytes) + " bytes");
    ++m_claimedWordsMet;
    if (!m_table.rows.try_emplace(std::string(cells[0]), Index(m_table.words.size())).second) {
      m_repeats.add(cells[0]);
      return;
    }
    m_table.words.emplace_back(cells[0]);
    for (std::size_t i = 1; i < cells.size(); ++i) {
      const std::optional<float> number = finiteNumber(cells[i]);
      refuseIf(!number, "\"" + std::string(cells[i].substr(0, 40)) + "\" in column " + textOf(i + 1) +
                            " is not a finite number");
      m_values.push_back(*number);
    }
  }

  WordVectors finish() && {
    require(!m_table.words.empty(), ErrorCode::BadFile, "holds no word with a vector");
    require(!m_claimedWords || *m_claimedWords == m_claimedWordsMet, ErrorCode::BadFile, [&] {
      return "line 1 says " + textOf(*m_claimedWords) + " words, the file has " + textOf(m_claimedWordsMet) +
             ", so it is cut or damaged";
    });
    m_repeats.warn(m_table.warnings);
    m_table.vectors =
        Eigen::Map<const MatrixF>(m_values.data(), Index(m_table.words.size()), Index(m_dimensions));
    return std::move(m_table);
  }

 private:
  void refuseIf(bool wrong, const std::string& reason) const {
    require(!wrong, ErrorCode::BadFile, [&] { return "line " + textOf(m_line) + ": " + reason; });
  }

  bool isHeader(const std::vector<std::string_view>& cells) {
    const std::optional<std::size_t> words = wholeNumber(cells[0]);
    const std::optional<std::size_t> dimensions = cells.size() == 2 ? wholeNumber(cells[1]) : std::nullopt;
    if (words && dimensions && *dimensions > 1) {
      m_claimedWords = words;
      m_dimensions = *dimensions;
      return true;
    }
    return cells.size() > 1 && std::none_of(cells.begin() + 1, cells.end(), [](std::string_view cell) {
             return finiteNumber(cell).has_value();
           });
  }

  WordVectors m_table;
  RepeatedWords m_repeats;
  std::vector<float> m_values;
  std::size_t m_line = 0, m_dimensions = 0, m_claimedWordsMet = 0;
  std::optional<std::size_t> m_claimedWords;
};

std::string_view plainText(const MappedFile& file) {
  std::string_view text = file.text();
  const std::string foreign = foreignFileReason(text.substr(0, 512));
  require(foreign.empty(), ErrorCode::BadFile, foreign);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

template <class Take>
void forEachLine(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.size(), text.find('\n'));
    take(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
}

WordVectors readEmbeddingArray(const fs::path& file) {
  WordVectors table;
  table.vectors = readNpy(file);
  require(table.vectors.allFinite(), ErrorCode::BadFile,
          [&] { return file.string() + ": holds NaN or infinite values"; });
  const fs::path list = wordListBeside(file);
  require(regularFileSize(list) <= kMaxEmbeddingBytes, ErrorCode::BadFile,
          [&] { return list.string() + ": is larger than " + textOf(kMaxEmbeddingBytes) + " bytes"; });
  const MappedFile mapped(list);
  RepeatedWords repeats;
  forEachLine(plainText(mapped), [&](std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    table.words.emplace_back(line.substr(0, kMaxWordBytes));
    if (!table.rows.try_emplace(table.words.back(), Index(table.words.size()) - 1).second)
      repeats.add(table.words.back());
  });
  require(Index(table.words.size()) == table.vectors.rows() && !table.words.empty(), ErrorCode::BadShape,
          [&] {
            return file.string() + " has " + textOf(table.vectors.rows()) + " vectors, " + list.string() +
                   " has " + textOf(table.words.size()) + " words";
          });
  repeats.warn(table.warnings);
  return table;
}

}  // namespace

std::optional<Index> WordVectors::row(std::string_view word) const {
  std::string spelled(word);
  auto found = rows.find(spelled);
  if (found == rows.end()) {
    for (char& c : spelled) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    found = rows.find(spelled);
  }
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

fs::path wordListBeside(const fs::path& vectors) {
  return vectors.extension() == ".npy" ? fs::path(vectors).replace_extension(".txt") : fs::path();
}

WordVectors readWordVectors(const fs::path& file) {
  require(regularFileSize(file) <= kMaxEmbeddingBytes, ErrorCode::BadFile,
          [&] { return file.string() + ": is larger than " + textOf(kMaxEmbeddingBytes) + " bytes"; });
  if (file.extension() == ".npy") return readEmbeddingArray(file);
  try {
    const MappedFile mapped(file);
    EmbeddingText text;
    forEachLine(plainText(mapped), [&](std::string_view line) { text.addLine(line); });
    return std::move(text).finish();
  } catch (const Error& error) {
    throw error.within(file.string());
  }
}

}  // namespace cortexscope
