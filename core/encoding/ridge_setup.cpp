// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_setup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

std::string countOf(Index count, const char* what) {
  return textOf(count) + " " + what;
}

}  // namespace

std::vector<RidgeFold> ridgeFolds(const Runs& runs, Index samples, Index gap) {
  checkRuns(runs);
  require(sampleCount(runs) == samples, ErrorCode::BadShape, [&] {
    return "features have " + countOf(samples, "samples, the runs ") + textOf(sampleCount(runs));
  });
  require(runs.size() >= 2, ErrorCode::BadShape, "cross-validation needs at least 2 training runs, got 1");
  require(gap >= 0, ErrorCode::BadValue, [&] { return "the gap around a fold is negative: " + textOf(gap); });
  std::vector<RidgeFold> folds;
  for (const Run& run : runs) {
    const Index first = std::max<Index>(0, run.firstSample - gap);
    const Index end = std::min(samples, run.endSample() + gap);
    require(end - first < samples, ErrorCode::BadShape, [&] {
      return "a fold of " + countOf(run.sampleCount, "samples with a gap of ") + textOf(gap) +
             " leaves nothing to fit to";
    });
    folds.push_back({run.firstSample, run.sampleCount, first, end - first});
  }
  return folds;
}

void checkSetup(const ConstMatrixRefF& features, const RidgeSetup& setup) {
  require(setup.folds.size() >= 2, ErrorCode::BadShape, "cross-validation needs at least 2 folds");
  require(setup.penalties.size() > 0, ErrorCode::BadShape, "no ridge penalty was given");
  for (Index a = 0; a < setup.penalties.size(); ++a) {
    const double penalty = setup.penalties[a];
    require(std::isfinite(penalty) && penalty > 0, ErrorCode::BadValue,
            [&] { return "ridge penalty " + textOf(penalty) + " is not a positive number"; });
    require(a == 0 || penalty > setup.penalties[a - 1], ErrorCode::BadValue, "ridge penalties do not rise");
  }
  require(features.allFinite(), ErrorCode::BadValue, "features hold NaN or infinite values");
}

void checkSmallestPenalty(const VectorD& penalties, double largestEigenvalue, Index size) {
  const double least = double(size) * std::numeric_limits<double>::epsilon() * largestEigenvalue;
  require(penalties.minCoeff() >= least, ErrorCode::BadValue, [&] {
    return "ridge penalty " + textOf(penalties.minCoeff()) +
           " is below the rounding error of the features' " + "largest eigenvalue (" + textOf(least) + ")";
  });
}

}  // namespace cortexscope
