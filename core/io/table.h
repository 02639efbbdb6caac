#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// A table of text cells with named columns.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
  std::vector<std::string> warnings;           ///< odd but usable things met while reading

  /// Position of a column; throws BadValue naming the columns there are.
  std::size_t column(const std::string& name) const;
};

/// Reads TSV (or CSV by extension): UTF-8 with or without mark, CRLF or LF, quotes in CSV, `n/a` kept as text.
/// Errors   MissingFile; BadFile with the line number (ragged row, column name twice, unclosed quote, NUL bytes)
Table readTable(const std::filesystem::path& file);

/// Numbers of one column, `n/a` and empty cells as NaN. Errors   BadFile with file, line and the word met
std::vector<double> numericColumn(const Table& table, const std::string& name, const std::filesystem::path& file);

/// Writes tab-separated values atomically. Numbers print with up to 7 significant digits; NaN as `n/a`.
void writeTsv(const std::filesystem::path& file, const std::vector<std::string>& columns, const MatrixD& values);

}  // namespace cortexscope
