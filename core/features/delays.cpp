// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/delays.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

void checkInput(const ConstMatrixRefF& features, const std::vector<int>& delays, const Runs& runs) {
  checkRuns(runs);
  require(sampleCount(runs) == features.rows(), ErrorCode::BadShape, [&] {
    return "the runs hold " + textOf(sampleCount(runs)) + " samples, the features to be delayed " +
           textOf(features.rows());
  });
  require(!delays.empty(), ErrorCode::BadValue, "the list of delays is empty");
  std::vector<int> sorted = delays;
  std::sort(sorted.begin(), sorted.end());
  const auto twin = std::adjacent_find(sorted.begin(), sorted.end());
  require(twin == sorted.end(), ErrorCode::BadValue,
          [&] { return "delay " + textOf(*twin) + " is given more than once"; });
  const Index limit = std::numeric_limits<Index>::max() / std::max<Index>(features.size(), 1) / 8;
  require(static_cast<Index>(delays.size()) <= limit, ErrorCode::OutOfMemory, [&] {
    return textOf(delays.size()) + " delayed copies of " + textOf(features.rows()) + " x " +
           textOf(features.cols()) + " features are too large";
  });
}

}  // namespace

MatrixF withDelays(const ConstMatrixRefF& features, const std::vector<int>& delays, const Runs& runs) {
  checkInput(features, delays, runs);
  const Index width = features.cols();
  MatrixF delayed = MatrixF::Zero(features.rows(), width * static_cast<Index>(delays.size()));
  for (const Run& run : runs)
    for (std::size_t block = 0; block < delays.size(); ++block) {
      const Index delay = delays[block];
      const Index first = std::max(run.firstSample, run.firstSample + delay);
      const Index end = std::min(run.endSample(), run.endSample() + delay);
      if (first >= end) continue;
      delayed.block(first, static_cast<Index>(block) * width, end - first, width) =
          features.middleRows(first - delay, end - first);
    }
  return delayed;
}

MatrixF delayBlock(const ConstMatrixRefF& delayed, std::size_t block, std::size_t delayCount) {
  require(delayCount > 0 && block < delayCount && delayed.cols() % static_cast<Index>(delayCount) == 0,
          ErrorCode::BadShape, [&] {
            return "there is no delay block " + textOf(block) + " of " + textOf(delayCount) + " in " +
                   textOf(delayed.cols()) + " columns";
          });
  const Index width = delayed.cols() / static_cast<Index>(delayCount);
  return delayed.middleCols(static_cast<Index>(block) * width, width);
}

}  // namespace cortexscope
