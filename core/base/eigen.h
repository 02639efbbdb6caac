// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "base/matrix.h"

namespace cortexscope {

/// matrix = vectors * diag(values) * vectors'
struct SymmetricEigen {
  VectorD values;   ///< ascending
  MatrixD vectors;  ///< n x n, orthonormal columns, in the order of the values; signs are LAPACK's own
};

/// All eigenvalues and eigenvectors of a symmetric matrix, in float64, on the calling thread.
///
/// matrix   n x n, symmetric; only its lower triangle is read. An empty matrix gives empty results
/// Errors   BadShape if not square; BadValue for NaN or infinite entries in the lower triangle;
///          Unsupported above n = 32,766 (workspace counted in 32 bits)
/// Cost     O(n^3), about 5 s for n = 3,000 on one core; 4 n^2 doubles
SymmetricEigen decomposeSymmetric(const MatrixD& matrix);

/// The `count` largest eigenvalues (ascending) and their vectors (size x count) of a symmetric matrix without
/// negative eigenvalues that is known by its products with blocks of vectors alone. The same bits every time.
///
/// product  size x b -> size x b
/// Returns  nothing if some residual |M v - l v| is above 1e-8 of the largest eigenvalue after 100 products:
///          eigenvalues beyond the leading ones are then nearly as large as these
/// Cost     10 to 100 products with 2 count + 10 vectors
/// Source   subspace iteration with Rayleigh-Ritz, Saad 2011, section 5.2
std::optional<SymmetricEigen> leadingEigen(Index size, Index count,
                                           const std::function<MatrixD(const MatrixD&)>& product);

}  // namespace cortexscope
