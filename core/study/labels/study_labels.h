// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "decoding/transfer.h"
#include "study/document/study.h"
#include "study/labels/label_source.h"

namespace cortexscope {

/// One label of a study with its values for all people.
struct StudyLabel {
  LabelItem item;
  std::string table;
  LabelTask task;
};

/// All labels of a study that are numbers, on the study's clock; a shared label is repeated for every person.
/// Errors   as readLabelValues
std::vector<StudyLabel> readLabels(const Study& study);
/// Those of one table. What becomes of people whose values cannot be read:
enum class Unreadable {
  Refused,  ///< that is the error
  Unknown,  ///< all their values are NaN
};
std::vector<StudyLabel> readLabels(const Study& study, const LabelTable& table,
                                   Unreadable people = Unreadable::Refused);

/// Throws BadValue, naming the item and its file, unless a person's label is known in 2 training runs or
/// more.
void requireKnownRuns(const Study& study, const LabelTable& table, const Person& person,
                      const std::string& item, const VectorD& truth);

/// One item of a table of words with its vectors for all people.
struct WordLabel {
  LabelItem item;
  std::size_t table = 0;  ///< position in Study::labels
  std::vector<MatrixD>
      truth;             ///< per person, samples x dimensions; equal for a shared table; NaN rows = unknown
  UnknownWords unknown;  ///< over people; examples of the first one with any
};

/// All labels of a study that are words.
/// Errors   as readLabelValues and readWordVectors
std::vector<WordLabel> readWordLabels(const Study& study);
/// Those of one table of the study.
std::vector<WordLabel> readWordLabels(const Study& study, const LabelTable& table);

}  // namespace cortexscope
