#include "base/eigen.h"

#include <lapacke.h>

#include <cmath>
#include <string>

#include "base/error.h"

namespace cortexscope {
namespace {

constexpr Index kMaxSize = 32766;  // 1 + 6 n + 2 n^2 still fits LAPACK's 32-bit workspace size

void checkInput(const MatrixD& matrix) {
  require(matrix.rows() == matrix.cols(), ErrorCode::BadShape, [&] {
    return "an eigendecomposition needs a square matrix, got " + std::to_string(matrix.rows()) + " x " +
           std::to_string(matrix.cols());
  });
  require(matrix.rows() <= kMaxSize, ErrorCode::Unsupported, [&] {
    return "an eigendecomposition handles at most " + std::to_string(kMaxSize) + " rows, got " +
           std::to_string(matrix.rows());
  });
  for (Index row = 0; row < matrix.rows(); ++row)
    for (Index col = 0; col <= row; ++col)
      require(std::isfinite(matrix(row, col)), ErrorCode::BadValue, [&] {
        return "an eigendecomposition met a NaN or infinite value in row " + std::to_string(row) +
               ", column " + std::to_string(col);
      });
}

}  // namespace

SymmetricEigen decomposeSymmetric(const MatrixD& matrix) {
  checkInput(matrix);
  const auto size = static_cast<lapack_int>(matrix.rows());
  SymmetricEigen eigen{VectorD(size), matrix};
  if (size == 0) return eigen;
  // LAPACK reads columns first: our lower triangle is its upper one, and its column k comes back as our row
  // k.
  const lapack_int info =
      LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', size, eigen.vectors.data(), size, eigen.values.data());
  require(info == 0, info == LAPACK_WORK_MEMORY_ERROR ? ErrorCode::OutOfMemory : ErrorCode::BadValue, [&] {
    return "the eigendecomposition of a " + std::to_string(size) + " x " + std::to_string(size) +
           " matrix failed (LAPACK dsyevd code " + std::to_string(info) + ")";
  });
  eigen.vectors.transposeInPlace();
  return eigen;
}

}  // namespace cortexscope
