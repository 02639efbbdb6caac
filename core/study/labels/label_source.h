// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "io/tables/word_vectors.h"
#include "study/document/study.h"

namespace cortexscope {

/// What stands for ids in the name of a table's file.
inline constexpr const char *kPersonMark = "{person}", *kStimulusMark = "{stimulus}";

/// Words of a label table that its embedding lacks.
struct UnknownWords {
  long count = 0;                     ///< how often one was met
  std::vector<std::string> examples;  ///< the first few different ones
};

/// What a label table says about each sample of a study, for one person or for all.
struct LabelValues {
  std::vector<MatrixD>
      items;  ///< per item of the table, samples x 1, or samples x dimensions for words; NaN = unknown
  Index rowCount = 0;                 ///< in the table's files
  std::vector<UnknownWords> unknown;  ///< per item
  std::vector<std::string> warnings;
};

/// A file of a label table.
struct LabelFile {
  std::filesystem::path path;           ///< relative to the study folder, ids filled in
  std::optional<std::size_t> stimulus;  ///< the film it belongs to, where each has a file of its own
};

/// The files that a table's values for one person (nullptr: a table shared by all) lie in.
std::vector<LabelFile> labelFiles(const Study& study, const LabelTable& table, const Person* person);

/// All files of a table, relative to the study folder: of everybody it has values for, then its embedding
/// with its word list.
std::vector<std::filesystem::path> filesOf(const Study& study, const LabelTable& table);

/// What can be told of a table without its files: names a file for everybody, fields that belong together.
/// Errors   BadFile; BadValue
void checkLabelTable(const Study& study, const LabelTable& table);

/// Reads a table and brings it onto the study's clock: rows as they are for LabelTiming::Samples, else
/// weighted means over the film time of each sample (labels/label_times.h).
///
/// A cell of words (between spaces, commas or semicolons) becomes the mean of its words' vectors. Words that
/// the embedding lacks take no part and are counted; a cell without known words is unknown, as are `n/a` and
/// empty cells.
///
/// words    the table's embedding; nullptr for numbers
/// Errors   as readTable, numericColumn and spansOfRows; BadShape (rows against samples); BadFile for
///          infinite numbers, with line and column; BadValue for an item without a value in any sample,
///          naming the table's first file
LabelValues readLabelValues(const Study& study, const LabelTable& table, const Person* person,
                            const WordVectors* words);

}  // namespace cortexscope
