// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/dense.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr Index kBlockRows = 512;

int asInt(Index value) {
  require(value < (Index{1} << 31), ErrorCode::Unsupported,
          "a matrix is too large for 32-bit linear algebra");
  return static_cast<int>(value);
}

void mirrorLower(MatrixD& matrix) {
  matrix.triangularView<Eigen::StrictlyUpper>() = matrix.transpose();
}

}  // namespace

MatrixD gramOfRows(const ConstMatrixRefF& rows, const VectorD& mean, int threads, const Job& job) {
  const Index n = rows.rows(), p = rows.cols();
  MatrixD gram = MatrixD::Zero(n, n);
  if (n == 0 || p == 0) return gram;
  const MatrixD exact = rows.cast<double>().rowwise() - mean.transpose();
  std::vector<std::pair<Index, Index>> blocks;
  for (Index i = 0; i < n; i += kBlockRows)
    for (Index j = 0; j <= i; j += kBlockRows) blocks.emplace_back(i, j);
  parallelFor(static_cast<Index>(blocks.size()), threads, [&](Index block) {
    job.checkpoint(0, "preparing the features");
    const auto [i, j] = blocks[static_cast<std::size_t>(block)];
    const Index high = std::min(kBlockRows, n - i), wide = std::min(kBlockRows, n - j);
    if (i == j)
      cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, asInt(high), asInt(p), 1.0, exact.data() + i * p,
                  asInt(p), 0.0, gram.data() + i * n + i, asInt(n));
    else
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, asInt(high), asInt(wide), asInt(p), 1.0,
                  exact.data() + i * p, asInt(p), exact.data() + j * p, asInt(p), 0.0,
                  gram.data() + i * n + j, asInt(n));
  });
  mirrorLower(gram);
  return gram;
}

MatrixD gramOfColumns(const ConstMatrixRefD& columns) {
  MatrixD gram = MatrixD::Zero(columns.cols(), columns.cols());
  if (columns.size() == 0) return gram;
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, asInt(columns.cols()), asInt(columns.rows()), 1.0,
              columns.data(), asInt(columns.outerStride()), 0.0, gram.data(), asInt(gram.cols()));
  mirrorLower(gram);
  return gram;
}

MatrixD weightedGram(const ConstMatrixRefD& rows, const VectorD& weights) {
  const MatrixD scaled = rows * weights.cwiseSqrt().asDiagonal();
  MatrixD gram = MatrixD::Zero(rows.rows(), rows.rows());
  if (rows.size() == 0) return gram;
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, asInt(rows.rows()), asInt(rows.cols()), 1.0,
              scaled.data(), asInt(scaled.cols()), 0.0, gram.data(), asInt(gram.cols()));
  mirrorLower(gram);
  return gram;
}

void invertPositive(MatrixD& matrix) {
  const int n = asInt(matrix.rows());
  if (n == 0) return;
  // Row-major lower is LAPACK's upper triangle.
  int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', n, matrix.data(), n);
  if (info == 0) info = LAPACKE_dpotri(LAPACK_COL_MAJOR, 'U', n, matrix.data(), n);
  require(info == 0, ErrorCode::BadValue, [&] {
    return "a matrix is not positive definite (row " + textOf(info) + " of the Cholesky factor)";
  });
  mirrorLower(matrix);
}

MatrixD product(const ConstMatrixRefD& left, const ConstMatrixRefD& right) {
  return left * right;
}

MatrixD triangularFactor(const ConstMatrixRefD& columns) {
  const Index p = columns.cols();
  MatrixD factor = MatrixD::Zero(p, p);
  if (columns.size() == 0) return factor;
  Eigen::MatrixXd work = columns;
  std::vector<double> scale(static_cast<std::size_t>(std::min(work.rows(), p)));
  const int info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, asInt(work.rows()), asInt(p), work.data(),
                                  asInt(work.rows()), scale.data());
  require(info == 0, ErrorCode::BadValue, "a QR factorization failed");
  const Index rank = std::min(work.rows(), p);
  factor.topRows(rank) = work.topRows(rank).triangularView<Eigen::Upper>();
  return factor;
}

}  // namespace cortexscope
