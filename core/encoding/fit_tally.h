// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <vector>

#include "encoding/ridge_stream.h"

// Private to encoding.
namespace cortexscope {

/// Counts of the targets from `first` on.
///
/// mask       per target, as maskTargets
/// penalty    per target: the one it took        gain  per target, as TileFit
/// penalties  all that were to choose from, ascending
StripCounts countTargets(Index first, const std::vector<char>& mask, const VectorD& penalty,
                         const VectorD& gain, const VectorD& penalties);

/// Sums of counts; threads may add at the same time.
class FitTally {
 public:
  void add(const StripCounts& strip, bool resumed = false);
  /// Fills in the counts, the part at the grid's edge and what is to be warned of.
  void writeTo(StreamReport& report) const;

 private:
  mutable std::mutex m_mutex;
  StripCounts m_sum;
  std::vector<Index> m_masked;
  Index m_resumed = 0;
};

}  // namespace cortexscope
