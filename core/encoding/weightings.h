// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/matrix.h"

namespace cortexscope {

/// Weightings of feature spaces: the centre, then each space alone, then Dirichlet draws whose concentration
/// alternates between 0.1 (few spaces) and 1 (all mixtures alike).
/// Returns  candidates x spaces, rows not negative with sum 1
/// Limits   the same numbers for a seed on every machine
MatrixD drawCandidates(Index spaces, Index count, unsigned seed);

/// A weighting part of the way from `gammas` to a random one, all of which are equally likely.
/// share  of the way, 0 to 1
/// Limits the same numbers for a seed and a step on every machine
Eigen::RowVectorXd moveNear(const Eigen::RowVectorXd& gammas, double share, unsigned seed, Index step);

}  // namespace cortexscope
