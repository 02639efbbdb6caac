// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "encoding/ridge_plan.h"

namespace cortexscope {

/// Samples x targets that are read some columns at a time, from memory or a file; read() may be called by
/// threads.
struct TargetSource {
  Index rows = 0, cols = 0;
  std::function<MatrixF(Index first, Index count)> read;
};
/// The matrix must outlive the source.
TargetSource targetsIn(const MatrixF& matrix);
/// A .npy file of float32 or float64 in either order; one pass reads it once.
TargetSource targetsIn(const std::filesystem::path& npyFile);

/// Result of some neighbouring targets.
struct StripResult {
  Index first = 0;
  VectorD penalty;  ///< NaN for targets that hold NaN or infinite values
  VectorF score;    ///< mean over folds at that penalty; NaN likewise
  MatrixF weights;  ///< features x targets if asked for; 0 for masked targets
  VectorF intercept;
};

/// What is said about a strip's targets; kept with its results, so that a fit that went on reports on all
/// targets.
struct StripCounts {
  Index nan = 0, constant = 0;  ///< masked, see StreamReport
  Index responsive = 0, atSmallest = 0, atLargest = 0;
  std::array<Index, 10> firstMasked{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
};

/// Takes results strip by strip, from several threads.
class FitSink {
 public:
  virtual ~FitSink() = default;
  /// Of a strip that an earlier run finished; nothing if it is still to be done.
  virtual std::optional<StripCounts> finished(Index strip) const = 0;
  virtual void put(Index strip, const StripResult& result, const StripCounts& counts) = 0;
};

struct StreamOptions {
  bool weights = false;
  int threads = 0;
  double memoryLimitBytes = 0;  ///< 0: what the system says is available
};

/// Counts over all targets, and what the fit cost.
struct StreamReport {
  std::string form;  ///< "primal" or "dual", with ", float64" where conditioning asked for it
  Index nodes = 0;
  double flops = 0;                ///< counted, preparation included; float64 counted once
  Index nanTargets = 0;            ///< masked: NaN or infinite values
  Index constantTargets = 0;       ///< fitted as 0: largest penalty, score 0
  std::vector<Index> firstMasked;  ///< up to ten
  Index strips = 0, resumedStrips = 0;
  Index responsive = 0;  ///< targets whose held-out error is at least 1 % below that of predicting the mean
  double edgeFraction = 0;  ///< part of the responsive targets whose penalty is the smallest or the largest
  std::vector<std::string> warnings;
};

/// What a fit will take at most, known before anything is computed.
struct FitEstimate {
  double bytes = 0;
  double flops = 0;  ///< float64 counted twice
};
FitEstimate estimateFit(const RidgePlan& plan, const StreamOptions& options);

/// Ridge with a penalty per target for any number of targets in bounded memory: strips go to the threads,
/// each is read once, fitted tile by tile and handed to the sink.
///
/// features  samples x features, finite
/// plan      of these sizes and this setup
/// Errors   BadShape, BadValue as checkSetup; BadShape for the plan of another fit; OutOfMemory before
///          anything is computed, with the estimate; Cancelled
/// Limits   same bits for every thread count, and for targets in memory or in a file
/// Cost     see makeDualForm and makePrimalForm; memory independent of the number of targets
StreamReport fitStreamed(const ConstMatrixRefF& features, const RidgeSetup& setup, const RidgePlan& plan,
                         const TargetSource& targets, const StreamOptions& options, FitSink& sink,
                         const Job& job);

/// Collects everything in memory.
class MemorySink final : public FitSink {
 public:
  MemorySink(Index features, Index targets, bool weights);
  std::optional<StripCounts> finished(Index) const override { return std::nullopt; }
  void put(Index strip, const StripResult& result, const StripCounts& counts) override;

  VectorD penalty;
  VectorF score, intercept;
  MatrixF weights;
};

/// Finds targets that cannot be fitted, sets them to 0 and says which: 0 good, 1 constant, 2 NaN or infinite.
std::vector<char> maskTargets(MatrixF& targets);

/// Errors   BadShape: the plan of a fit of other sizes
void checkPlan(const RidgePlan& plan, Index features, const TargetSource& targets);

/// Throws OutOfMemory with the estimate if a fit does not fit.
void checkMemory(double neededBytes, double limitBytes, const std::string& what);

}  // namespace cortexscope
