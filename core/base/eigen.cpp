// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/eigen.h"

#include <lapacke.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr Index kMaxSize = 32766;  // 1 + 6 n + 2 n^2 still fits LAPACK's 32-bit workspace size

void checkInput(const MatrixD& matrix) {
  require(matrix.rows() == matrix.cols(), ErrorCode::BadShape, [&] {
    return "an eigendecomposition needs a square matrix, got " + textOf(matrix.rows()) + " x " +
           textOf(matrix.cols());
  });
  require(matrix.rows() <= kMaxSize, ErrorCode::Unsupported, [&] {
    return "an eigendecomposition handles at most " + textOf(kMaxSize) + " rows, got " +
           textOf(matrix.rows());
  });
  for (Index row = 0; row < matrix.rows(); ++row)
    for (Index col = 0; col <= row; ++col)
      require(std::isfinite(matrix(row, col)), ErrorCode::BadValue, [&] {
        return "an eigendecomposition met a NaN or infinite value in row " + textOf(row) + ", column " +
               textOf(col);
      });
}

constexpr int kMostProducts = 100;
constexpr double kResidual = 1e-8;

MatrixD startingBlock(Index rows, Index cols) {
  std::mt19937 generator(1);
  return MatrixD::NullaryExpr(rows, cols, [&] { return double(generator()) / 2147483648.0 - 1; });
}

MatrixD orthonormalized(const MatrixD& block) {
  return Eigen::HouseholderQR<MatrixD>(block).householderQ() * MatrixD::Identity(block.rows(), block.cols());
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
    return "the eigendecomposition of a " + textOf(size) + " x " + textOf(size) +
           " matrix failed (LAPACK dsyevd code " + textOf(info) + ")";
  });
  eigen.vectors.transposeInPlace();
  return eigen;
}

std::optional<SymmetricEigen> leadingEigen(Index size, Index count,
                                           const std::function<MatrixD(const MatrixD&)>& product) {
  const Index width = std::min(size, 2 * count + 10);
  require(count >= 1 && count <= size, ErrorCode::BadValue, [&] {
    return textOf(count) + " eigenvectors of a " + textOf(size) + " x " + textOf(size) + " matrix";
  });
  MatrixD basis = orthonormalized(startingBlock(size, width));
  for (int i = 0; i < kMostProducts; ++i) {
    MatrixD image = product(basis);
    const SymmetricEigen inside = decomposeSymmetric(basis.transpose() * image);
    image = image * inside.vectors;
    const SymmetricEigen found{inside.values.tail(count), basis * inside.vectors.rightCols(count)};
    const MatrixD residual = image.rightCols(count) - found.vectors * found.values.asDiagonal();
    if (residual.colwise().norm().maxCoeff() <= kResidual * inside.values.tail(1)(0)) return found;
    basis = orthonormalized(image);
  }
  return std::nullopt;
}

}  // namespace cortexscope
