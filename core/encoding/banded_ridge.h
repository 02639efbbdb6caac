// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "encoding/ridge_stream.h"
#include "encoding/weightings.h"

namespace cortexscope {

/// Racing margin that loses least: targets are dropped whose first fold trails by 2 % of the incumbent's
/// error.
inline constexpr double kUsualRacingMargin = 0.02;

struct BandedSetup {
  RidgeSetup ridge;         ///< folds, penalties, metric, intercept, threads; weights: refit at the end
  MatrixD gammas;           ///< candidates x spaces, rows not negative with sum 1
  double racingMargin = 0;  ///< 0: no racing
  Index stopAfter = 0;  ///< stop after so many candidates in a row that improve next to no target; 0: never
  double stopTolerance = 1e-4;  ///< improvement of the score that counts for stopAfter
  /// Weightings tried after the given ones: each is a move from one that targets chose, for targets near it.
  Index refinements = 0;
  unsigned seed = 1;            ///< of these moves
  double memoryLimitBytes = 0;  ///< 0: what the system says is available
  std::filesystem::path
      weightsFile;  ///< .npy to write weights to strip by strip; empty: BandedFit holds them
  /// Where the search is saved after each candidate, and goes on if the key is the same; empty: nowhere.
  std::filesystem::path checkpoint;
  std::string key;  ///< digest of all inputs and options that results depend on
};

struct BandedFit {
  MatrixD gammas;                       ///< candidates x spaces: the given ones, then the refinements
  std::vector<std::int64_t> candidate;  ///< per target: row of gammas
  VectorD penalty, score;               ///< per target; NaN for masked targets
  MatrixF candidateScore;  ///< candidates x targets: best score of each; NaN where not tried. The rows of
                           ///< corners are maps of single spaces
  MatrixF
      weights;  ///< features of all spaces in order x targets, gamma multiplied in; empty if not asked for
  VectorF intercept;
  StreamReport report;
  Index candidatesTried = 0;
  Index skippedFits = 0;  ///< fits of a target to a candidate that racing spared
};

/// Of ridge on all spaces side by side: the fit that is made once per weighting.
RidgePlan planBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup,
                     const TargetSource& targets);

/// What fitBanded() will take at most.
FitEstimate estimateBanded(const RidgePlan& plan, const BandedSetup& setup);

/// Banded ridge: ridge on the Gram matrix K = sum_s gamma_s X_s X_s', the weighting and the penalty of each
/// target by cross-validation. A candidate replaces a target's best one only if its score is better by more
/// than the float32 epsilon. Nothing is refitted before all candidates were tried.
///
///   weights_s = gamma_s X_s' (K + a I)^-1 y
///
/// spaces   samples x features each, finite; Gram matrices are made once
/// plan     from planBanded
/// targets  read once per candidate (refinements: the strips concerned) and once per group of weightings in
///          the refit
/// Errors   BadShape, BadValue (gammas negative or not summing to 1), OutOfMemory with the estimate,
///          Cancelled
/// Cost     per candidate one decomposition of samples^3 and a scoring pass over all targets
/// Source   Dupre la Tour, Eickenberg, Nunez-Elizalde & Gallant 2022 (random search over weightings)
BandedFit fitBanded(const std::vector<MatrixF>& spaces, const BandedSetup& setup, const RidgePlan& plan,
                    const TargetSource& targets, const Job& job);

}  // namespace cortexscope
