// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// A table of text cells with named columns.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
  std::vector<std::size_t> lines;              ///< line of the file (from 1) on which each row starts
  std::vector<std::string> warnings;           ///< odd but usable things met while reading

  /// Position of a column; throws BadValue naming the columns there are.
  std::size_t column(const std::string& name) const;
};

/// Reads TSV (or CSV where the extension is .csv): UTF-8 with or without mark, LF, CRLF or CR, `n/a` kept as
/// text. In CSV a cell in double quotes may hold commas, line ends and doubled quotes; in TSV quotes are
/// plain text. Warnings no rows; bytes that are not UTF-8 (then the whole file is read as Latin-1) Errors
/// MissingFile; BadFile with the line number (no header, ragged row, column name twice, unclosed quote, NUL
/// or control bytes, UTF-16, another kind of file under this name)
/// Limits   64 MiB a file, 4 MiB a line
Table readTable(const std::filesystem::path& file);

/// Numbers of one column, `n/a`, `nan` and empty cells as NaN; `inf` and `-inf` are infinite.
/// `file` is for messages alone.
/// Errors   BadValue if there is no such column; BadFile with file, line and the word met (a word, a decimal
///          comma, a number beyond float64)
std::vector<double> numericColumn(const Table& table, const std::string& name,
                                  const std::filesystem::path& file);

/// What a column holds, for people and programs that meet the table without this program.
struct ColumnNote {
  std::string name;
  std::string description;
  std::string units;  ///< may be empty
};

/// Writes the JSON file that BIDS wants beside a table: the same name, ending in .json, one object per column
/// and one entry for each of `more`. Atomically.
/// Errors   BadValue for a table that does not end in .tsv; Io
void writeTsvSidecar(const std::filesystem::path& table, const std::vector<ColumnNote>& columns,
                     const std::vector<std::pair<std::string, std::string>>& more = {});

/// Writes tab-separated values atomically. Numbers print with up to 7 significant digits; NaN as `n/a`.
/// Errors   BadShape (names against columns), BadValue (a name twice, or with a tab or line end), Io
void writeTsv(const std::filesystem::path& file, const std::vector<std::string>& columns,
              const MatrixD& values);

}  // namespace cortexscope
