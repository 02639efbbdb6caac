// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "study/document/study.h"
#include "study/labels/label_source.h"

namespace cortexscope {

/// Fewest and most over people.
struct CountRange {
  Index fewest = 0, most = 0;
};
std::string textOf(const CountRange& range);  ///< "75" or "70 to 75"

struct LabelItemSummary {
  std::string name;
  CountRange training, heldOut;  ///< samples in which it is known
  double least = 0, most = 0;    ///< of its values on the study's clock; NaN for words
};

/// What a label table says about a study, over all people.
struct LabelSummary {
  Index rows = 0;                                       ///< in all files
  std::size_t trainingSamples = 0, heldOutSamples = 0;  ///< of the study
  std::size_t words = 0;                                ///< in the embedding
  Index dimensions = 0;                                 ///< of the embedding
  std::vector<LabelItemSummary> items;
  UnknownWords unknown;  ///< over items and people
  std::vector<std::string> warnings;
};

/// Reads a table for everybody it belongs to. Items that decoders could not learn (known in fewer than two
/// training runs) are warnings.
/// Errors   as readLabelValues and readWordVectors
LabelSummary summarizeLabels(const Study& study, const LabelTable& table);

}  // namespace cortexscope
