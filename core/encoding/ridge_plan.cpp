// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_plan.h"

#include <algorithm>

namespace cortexscope {
namespace {

constexpr double kUsualNodes = 12, kUsualRank = 3, kUsualPairs = 60, kUsualTile = 128;
constexpr Index kStripBytes = Index{16} << 20;
constexpr Index kTileTargets = 256;

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

Index stripTargetsFor(Index samples, Index targets) {
  const Index bySize = kStripBytes / (4 * std::max<Index>(samples, 1)) / kTileTargets * kTileTargets;
  const Index byCount = (targets / 32 + kTileTargets - 1) / kTileTargets * kTileTargets;
  return std::max(kTileTargets, std::min(bySize, byCount));
}

}  // namespace

TargetStrip RidgePlan::strip(Index place) const {
  const Index first = place * stripTargets;
  return {first, std::min(stripTargets, targets - first)};
}

RidgePlan planRidge(Index samples, Index features, Index targets, const RidgeSetup& setup) {
  RidgePlan dual = planDual(double(samples), double(features), setup);
  RidgePlan primal = planPrimal(double(samples), double(features), setup);
  for (RidgePlan* plan : {&dual, &primal}) {
    plan->samples = samples;
    plan->features = features;
    plan->targets = targets;
    plan->stripTargets = stripTargetsFor(samples, targets);
  }
  return features <= samples && primal.flops() <= dual.flops() ? primal : dual;
}

}  // namespace cortexscope
