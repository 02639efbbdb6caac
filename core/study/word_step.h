#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/job.h"
#include "decoding/transfer.h"
#include "study/labels/label_source.h"
#include "study/study.h"

namespace cortexscope {

/// One item of a table of words with its vectors for all people.
struct WordLabel {
  LabelItem item;
  std::size_t table = 0;       ///< position in Study::labels
  std::vector<MatrixD> truth;  ///< per person, samples x dimensions; equal for a shared table; NaN rows = unknown
  UnknownWords unknown;        ///< over people; examples of the first one with any
};

/// All labels of a study that are words.
/// Errors   as readLabelValues and readWordVectors
std::vector<WordLabel> readWordLabels(const Study& study);

/// Estimates every dimension of every item with all methods, writes vectors (.npy) and their nearest words (TSV) and appends
/// these files to `written`. Returns the statistics, one entry per item.
nlohmann::ordered_json estimateWords(const Study& study, const std::vector<WordLabel>& labels, const TransferInputs& inputs,
                                     const TransferOptions& options, std::vector<std::filesystem::path>& written,
                                     const Job& job);

/// What estimateWords wrote for one person ("" = everybody) and method ("btl", "tl", "measured", "truth"): the vectors, samples
/// x dimensions, and the words nearest to each, nearest first.
/// Errors   as readNpy and readTable; BadShape (rows against samples)
MatrixD readWordEstimates(const Study& study, const std::string& who, const std::string& method, const LabelItem& item);
std::vector<std::vector<std::string>> readNearestWords(const Study& study, const std::string& who, const std::string& method,
                                                       const LabelItem& item);

}  // namespace cortexscope
