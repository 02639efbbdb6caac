#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/eigen.h"
#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"

// Private to encoding: what ridge.h, the streamed fit and banded ridge have in common.
namespace cortexscope {

enum class RidgeMetric {
  NegativeMse,  ///< minus the mean squared error
  R2,           ///< 1 - SSE / SST of the fold, 0 where SST is 0
  R             ///< Pearson's r of the fold, 0 where either side is constant
};

/// One cross-validation fold: rows that are scored and the rows, these and a gap around them, that are not
/// fitted to.
struct RidgeFold {
  Index first = 0, count = 0;
  Index heldFirst = 0, heldCount = 0;
};

/// Folds of `runs`, each with `gap` rows on both sides that are neither fitted to nor scored.
/// Errors   BadShape: fewer than 2 folds, an empty fold, runs that do not cover the samples, nothing left to
/// fit to
std::vector<RidgeFold> ridgeFolds(const Runs& runs, Index sampleCount, Index gap);

struct RidgeSetup {
  std::vector<RidgeFold> folds;
  VectorD penalties;  ///< ascending
  RidgeMetric metric = RidgeMetric::NegativeMse;
  bool intercept = false;    ///< of each fold's own training rows, and of all rows in the refit
  bool weights = true;       ///< a refit will be asked for
  bool predictions = false;  ///< out-of-fold predictions will be asked for
  double tolerance = 1e-4;   ///< of node penalties; 0 makes every penalty a node
  int threads = 0;
  bool float64 = false;  ///< products with targets in float64, whatever the conditioning
};

/// What fitting some targets gives; parts that were not asked for are empty.
struct TileFit {
  std::vector<Index> best;  ///< per target: place of its penalty
  VectorD score;            ///< per target: mean over folds at the best penalty
  VectorD gain;       ///< per target: part of the held-out mean square that is explained; r squared for r
  MatrixF weights;    ///< features x targets
  VectorF intercept;  ///< per target
  MatrixF outOfFold;  ///< samples x targets
};

struct TileWants {
  bool weights = false;
  bool predictions = false;
  Index folds = 0;  ///< score only the first folds; 0 scores all
};

/// A design prepared for one choice of the side of the Gram matrix. Const and free of shared state: many
/// threads may fit different targets at once; a target's result has the same bits whatever stands beside it.
class RidgeForm {
 public:
  virtual ~RidgeForm() = default;

  /// targets   samples x some targets, finite
  virtual TileFit fit(const ConstMatrixRefF& targets, const TileWants& wants) const = 0;
  /// Weights and intercepts alone, with a given penalty per target.
  virtual TileFit refit(const ConstMatrixRefF& targets, const VectorD& penalties) const = 0;

  virtual std::string name() const = 0;
  virtual Index nodeCount() const = 0;
  virtual double flopsPerTarget() const = 0;
  virtual std::size_t workspaceBytes() const = 0;
  /// Targets that one call should be given: enough to keep operators busy, few enough for progress and
  /// cancel.
  virtual Index tileTargets() const = 0;
};

/// Dual: operators of samples x samples, made from the eigenvectors of the Gram matrix of all samples.
///
///   Q = (K + a I)^-1,   y_F - prediction_F = rows F of (Q_HH)^-1 (Q y)_H      for held-out rows H, which
///   hold F
///
/// eigen     of the samples x samples Gram matrix, from decomposeGram
/// features  samples x features, as given, and their mean (0 without an intercept); read only if weights are
///           wanted
/// Source   block inverse; Rasmussen & Williams 2006, 5.4.2 for leave-one-out
std::unique_ptr<RidgeForm> makeDualForm(SymmetricEigen eigen, const ConstMatrixRefF& features,
                                        const VectorD& featureMean, const RidgeSetup& setup, const Job& job);

/// Decomposition of a Gram matrix of samples, eigenvalues clipped at 0; with an intercept, of centred
/// features, without the constant vector. Gives up within 50 ms when the job is cancelled.
SymmetricEigen decomposeGram(MatrixD gram, bool intercept, const Job& job);

/// Primal: operators of features x features; the Gram matrix of each fold's training rows by subtraction.
///
/// features  samples x features, with an intercept centred by featureMean
std::unique_ptr<RidgeForm> makePrimalForm(MatrixD features, const VectorD& featureMean,
                                          const RidgeSetup& setup, const Job& job);

/// Centres if there is an intercept, then makes the form that needs fewer operations for this many targets.
std::unique_ptr<RidgeForm> makeRidgeForm(const ConstMatrixRefF& features, const RidgeSetup& setup,
                                         Index targetCount, const Job& job);

}  // namespace cortexscope
