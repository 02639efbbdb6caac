// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// A few of the penalties, from whose fits those of all others follow: prediction(a) = sum_j coefficients(a,
/// j) prediction(node j), because the curves l / (l + a) of all penalties have low numerical rank together.
struct NodePenalties {
  VectorD penalties;     ///< nodes
  MatrixD coefficients;  ///< penalties asked for x nodes; none beyond 10 in size
};

/// penalties  positive
/// spectrum   eigenvalues of the Gram matrices concerned, in any order, none negative
/// tolerance  largest error of any curve l / (l + a) between the eigenvalues; 0 makes every penalty a node
/// relative   errors count beside the curve's largest value: for scores that do not see the size of
///            predictions
/// Source   interpolative decomposition by QR with column pivoting (Gu & Eisenstat 1996)
/// Cost     400 penalties^2 + 400 nodes^3, independent of the number of targets
NodePenalties chooseNodes(const VectorD& penalties, const VectorD& spectrum, double tolerance,
                          bool relative = false);

/// Neighbouring eigenvalues in which the curves 1 / (l + a) of all nodes are combinations of a few:
///   1 / (l(first + i) + a(node)) = sum_j mix(node, j) basis(j, i)
struct SpectralBand {
  Index first = 0, count = 0;  ///< eigenvalues
  Index firstPair = 0;         ///< place of the band's first basis curve among those of all bands
  MatrixD basis;               ///< rank x count
  MatrixD mix;                 ///< nodes x rank
};

/// Cuts a spectrum into bands so that the products with targets cost least: each band costs rank * (count +
/// overhead).
///
/// values     ascending, none negative
/// tolerance  relative error of every curve at every eigenvalue
/// Limits     cuts are sought on at most 96 places
std::vector<SpectralBand> planBands(const VectorD& values, const VectorD& nodes, double tolerance);

/// Basis curves of all bands together.
Index pairCount(const std::vector<SpectralBand>& bands);
/// Sum over bands of rank * count: depth of all products with a band's basis curves together.
Index pairDepth(const std::vector<SpectralBand>& bands);

}  // namespace cortexscope
