// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// An embedding table: one vector per word.
struct WordVectors {
  std::vector<std::string> words;  ///< as in the file, each once
  MatrixF vectors;                 ///< words x dimensions
  std::unordered_map<std::string, Index> rows;
  std::vector<std::string> warnings;  ///< odd but usable things met while reading

  /// Row of a word: as it is spelled, else in lower case (ASCII letters); none if the table has neither.
  std::optional<Index> row(std::string_view word) const;
};

/// Reads word vectors. Two forms:
///   text   one word a line, `word v1 v2 ...`, between tabs (then a word may hold spaces) or spaces; a first
///   line with the
///          two counts (as word2vec writes) or with column names is understood
///   .npy   words x dimensions, with the words beside it, one a line, in a file of the same name ending in
///   .txt
/// A word that comes again is left out with a warning.
/// Limits   1 GiB, 4096 dimensions, words of 256 bytes
/// Errors   MissingFile; BadFile with file, line and column (a cell that is no finite number, a line of
///          another length, no words, a count that the file does not keep); BadShape (.npy rows against
///          words, both counts)
WordVectors readWordVectors(const std::filesystem::path& file);

/// The file of words beside an .npy file of vectors; empty for other files.
std::filesystem::path wordListBeside(const std::filesystem::path& vectors);

}  // namespace cortexscope
