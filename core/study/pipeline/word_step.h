// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/pipeline.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/job.h"
#include "decoding/transfer.h"
#include "study/document/study.h"
#include "study/labels/study_labels.h"

namespace cortexscope {

/// Estimates every dimension of every item with all methods, writes vectors (.npy) and their nearest words
/// (TSV) and appends these files to `written`. Returns the statistics, one entry per item.
nlohmann::ordered_json estimateWords(const Study& study, const std::vector<WordLabel>& labels,
                                     const TransferInputs& inputs, const TransferOptions& options,
                                     std::vector<std::filesystem::path>& written, const Job& job);

/// What estimateWords wrote for one person ("" = everybody) and method ("btl", "tl", "measured", "truth"):
/// the vectors, samples x dimensions, and the words nearest to each, nearest first.
/// Errors   as readNpy and readTable; BadShape (rows against samples)
MatrixD readWordEstimates(const Study& study, const std::string& who, const std::string& method,
                          const LabelItem& item);
std::vector<std::vector<std::string>> readNearestWords(const Study& study, const std::string& who,
                                                       const std::string& method, const LabelItem& item);

}  // namespace cortexscope
