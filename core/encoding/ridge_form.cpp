#include "encoding/ridge_form.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/dense.h"
#include "base/error.h"
#include "encoding/ridge_panels.h"
#include "encoding/ridge_plan.h"

namespace cortexscope {
namespace {

constexpr double kUsualNodes = 12, kUsualRank = 3, kUsualPairs = 60, kUsualTile = 128;

RidgePlan planDual(double n, double p, const RidgeSetup& setup) {
  const double rank = std::min(n, p), nodes = std::min<double>(kUsualNodes, double(setup.penalties.size()));
  RidgePlan plan;
  double blocks = 0, held = 0;
  for (const RidgeFold& fold : setup.folds) {
    const auto rows = double(fold.heldCount);
    plan.preparationFlops += 2 * nodes * rows * rows * (n + rows);
    blocks += rows * double(fold.count);
    held = std::max(held, rows);
  }
  plan.preparationFlops += 2 * (n * n * p + 8 * n * n * n) + (setup.weights ? 2 * n * p * rank : 0.0);
  plan.flopsPerTarget = 2 * n * rank * (1 + kUsualRank) + (rank < n ? 2 * n * rank : 0.0) +
                        2 * nodes * blocks + 2 * n * nodes * kUsualPairs +
                        (setup.weights ? 2 * p * rank : 0.0);
  const double eigen = 8 * n * p + 8 * 4 * n * n;
  const double operators =
      8 * n * n + 4 * (2 * n * rank + (setup.weights ? 2 * p * rank : 0.0)) + 12 * nodes * blocks;
  plan.preparationBytes = 4 * n * p + std::max(eigen, operators);
  plan.bytesPerThread =
      4 * kUsualTile * (2 * n + kUsualRank * rank + 2 * nodes * held + (setup.weights ? 2 * p : 0.0));
  return plan;
}

RidgePlan planPrimal(double n, double p, const RidgeSetup& setup) {
  const double nodes = std::min<double>(kUsualNodes, double(setup.penalties.size()));
  const auto folds = double(setup.folds.size());
  RidgePlan plan;
  plan.primal = true;
  plan.preparationFlops = 2 * (2 * n * p * p + (folds + 1) * 8 * p * p * p);
  for (const RidgeFold& fold : setup.folds) plan.preparationFlops += 2 * 4 * double(fold.count) * p * p;
  plan.flopsPerTarget = 2 * n * p + folds * p * p * (4 + kUsualRank) + (setup.weights ? 4 * p * p : 0.0) +
                        folds * p * nodes * (2 * kUsualPairs + nodes);
  plan.preparationBytes =
      4 * n * p + 8 * n * p + (folds + 1) * 8 * p * p + 4 * 8 * p * p + 4 * (folds * (2 * p * p) + n * p);
  plan.bytesPerThread = 4 * kUsualTile * (n + (2 * folds + 8 + nodes + kUsualRank) * p);
  return plan;
}

std::string countOf(Index count, const char* what) {
  return std::to_string(count) + " " + what;
}

}  // namespace

std::vector<RidgeFold> ridgeFolds(const Runs& runs, Index samples, Index gap) {
  checkRuns(runs);
  require(sampleCount(runs) == samples, ErrorCode::BadShape, [&] {
    return "features have " + countOf(samples, "samples, the runs ") + std::to_string(sampleCount(runs));
  });
  require(runs.size() >= 2, ErrorCode::BadShape, "cross-validation needs at least 2 training runs, got 1");
  require(gap >= 0, ErrorCode::BadValue,
          [&] { return "the gap around a fold is negative: " + std::to_string(gap); });
  std::vector<RidgeFold> folds;
  for (const Run& run : runs) {
    const Index first = std::max<Index>(0, run.firstSample - gap);
    const Index end = std::min(samples, run.endSample() + gap);
    require(end - first < samples, ErrorCode::BadShape, [&] {
      return "a fold of " + countOf(run.sampleCount, "samples with a gap of ") + std::to_string(gap) +
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
            [&] { return "ridge penalty " + std::to_string(penalty) + " is not a positive number"; });
    require(a == 0 || penalty > setup.penalties[a - 1], ErrorCode::BadValue, "ridge penalties do not rise");
  }
  require(features.allFinite(), ErrorCode::BadValue, "features hold NaN or infinite values");
}

void checkSmallestPenalty(const VectorD& penalties, double largestEigenvalue, Index size) {
  const double least = double(size) * std::numeric_limits<double>::epsilon() * largestEigenvalue;
  require(penalties.minCoeff() >= least, ErrorCode::BadValue, [&] {
    return "ridge penalty " + std::to_string(penalties.minCoeff()) +
           " is below the rounding error of the features' " + "largest eigenvalue (" + std::to_string(least) +
           ")";
  });
}

RidgePlan planRidge(Index samples, Index features, Index targets, const RidgeSetup& setup) {
  const RidgePlan dual = planDual(double(samples), double(features), setup);
  const RidgePlan primal = planPrimal(double(samples), double(features), setup);
  const auto total = [&](const RidgePlan& plan) {
    return plan.preparationFlops + double(targets) * plan.flopsPerTarget;
  };
  return features <= samples && total(primal) <= total(dual) ? primal : dual;
}

std::unique_ptr<RidgeForm> makeRidgeForm(const ConstMatrixRefF& features, const RidgeSetup& setup,
                                         Index targetCount, const Job& job) {
  checkSetup(features, setup);
  const VectorD mean = columnMeans(features, setup.intercept);
  job.checkpoint(0, "preparing the features");
  if (planRidge(features.rows(), features.cols(), targetCount, setup).primal)
    return makePrimalForm(features.cast<double>().rowwise() - mean.transpose(), mean, setup, job);
  return makeDualForm(decomposeGram(gramOfRows(features, mean, setup.threads, job), setup.intercept, job),
                      features, mean, setup, job);
}

}  // namespace cortexscope
