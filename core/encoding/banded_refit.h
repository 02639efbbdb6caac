// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/eigen.h"
#include "encoding/banded_ridge.h"
#include "encoding/banded_state.h"

// Private to encoding.
namespace cortexscope {

/// The places in groups of up to `size`.
std::vector<std::vector<Index>> inTiles(const std::vector<Index>& places, Index size);

/// The feature spaces of a banded fit and what its decompositions are made of.
struct BandedSpaces {
  /// Gram matrices are made at once where the plan needs them; the spaces must stay where they are.
  BandedSpaces(const std::vector<MatrixF>& spaces, const RidgeSetup& setup, const RidgePlan& plan,
               const Job& job);

  std::vector<const MatrixF*> features;
  std::vector<VectorD> means;  ///< 0 without an intercept
  std::vector<MatrixD> grams;  ///< samples x samples each; empty on the primal side
  RidgePlan plan;

  /// All spaces side by side, centred if there is an intercept, each times the root of its weight.
  MatrixF scaled(const Eigen::RowVectorXd& gammas) const;
  SymmetricEigen decompose(const Eigen::RowVectorXd& gammas, bool intercept, const Job& job) const;
};

/// A decomposition as the refit uses it.
struct KeptVectors {
  VectorD values;
  MatrixF vectors;
};

/// Weights of some targets, for their penalties: features of all spaces in order x targets, and intercepts.
using BandedWeights =
    std::function<MatrixF(const MatrixF& targets, const VectorD& penalties, VectorF& intercept)>;

/// Takes and gives back the weights of neighbouring targets.
class WeightStore {
 public:
  virtual ~WeightStore() = default;
  virtual MatrixF read(Index first, Index count) const = 0;
  virtual void write(Index first, const MatrixF& weights) = 0;
};

/// Fits the weights of every target with the weighting and penalty that it chose. Weightings are taken in
/// groups whose operators fit in memory together; each group reads all targets once.
///
/// kept        decompositions of weightings that are still there; others are made again
/// intercepts  one per target
void refitBanded(const BandedSpaces& spaces, const BandedSetup& setup, const TargetSource& targets,
                 const BandedState& choices, const std::map<Index, KeptVectors>& kept, WeightStore& weights,
                 VectorF& intercepts, const Job& job);

}  // namespace cortexscope
