#pragma once

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

}  // namespace cortexscope
