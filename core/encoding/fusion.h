// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Combines the predictions of several feature spaces per target: stacked regression with weights that are
/// not negative.
///
///   weights(t) = argmin_{w >= 0} | y(t) - sum_s w_s prediction_s(t) |^2
///
/// Source   Wolpert 1992, Breiman 1996 (stacked regressions)
struct FusionFit {
  MatrixF weights;    ///< spaces x targets, from all training samples
  MatrixF outOfFold;  ///< training samples x targets: each run combined with weights from the other runs
};

/// predictions  per space, training samples x targets, each made out of fold
/// truth        training samples x targets
/// folds        training runs
FusionFit fitFusion(const std::vector<MatrixF>& predictions, const ConstMatrixRefF& truth, const Runs& folds);

/// Non-negative least squares from normal equations: gram (k x k, positive semi-definite) and right side (k).
/// Exact also where predictions are nearly the same, as those of neighbouring layers are.
/// Source   active sets, Lawson & Hanson 1974
VectorD solveNonNegative(const MatrixD& gram, const VectorD& rightSide);

}  // namespace cortexscope
