// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time_axis.h"

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {

void checkRuns(const Runs& runs) {
  Index expected = 0;
  for (const Run& run : runs) {
    require(run.sampleCount > 0, ErrorCode::BadShape,
            [&] { return "run \"" + run.id + "\" has no samples"; });
    require(run.firstSample == expected, ErrorCode::BadShape, [&] {
      return "run \"" + run.id + "\" starts at sample " + textOf(run.firstSample) + ", expected " +
             textOf(expected);
    });
    expected = run.endSample();
  }
  require(!runs.empty(), ErrorCode::BadShape, "there are no runs");
}

Index sampleCount(const Runs& runs) {
  return runs.empty() ? 0 : runs.back().endSample();
}

std::vector<Index> rowsOf(const Runs& runs, bool heldOut) {
  std::vector<Index> rows;
  for (const Run& run : runs)
    if (run.heldOut == heldOut)
      for (Index row = run.firstSample; row < run.endSample(); ++row) rows.push_back(row);
  return rows;
}

Runs trainingRuns(const Runs& runs) {
  Runs kept;
  Index next = 0;
  for (Run run : runs) {
    if (run.heldOut) continue;
    run.firstSample = next;
    next = run.endSample();
    kept.push_back(run);
  }
  return kept;
}

std::size_t runOfSample(const Runs& runs, Index sample) {
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (sample >= runs[i].firstSample && sample < runs[i].endSample()) return i;
  throw Error(ErrorCode::BadValue, "sample " + textOf(sample) + " lies in no run");
}

}  // namespace cortexscope
