// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/job.h"
#include "base/matrix.h"

namespace cortexscope {

/// rows * rows' after `mean` was taken from every row, float64, whole matrix. Work is cut into fixed blocks
/// for the threads: same bits for every count.
/// Errors   Cancelled, within some blocks of 512 rows
/// Cost     n^2 p multiply-adds, n p + n^2 doubles
MatrixD gramOfRows(const ConstMatrixRefF& rows, const VectorD& mean, int threads, const Job& job);

/// columns' * columns, float64, whole matrix, on the calling thread.
MatrixD gramOfColumns(const ConstMatrixRefD& columns);

/// product = rows * diag(weights) * rows', float64, for weights that are not negative, on the calling thread.
MatrixD weightedGram(const ConstMatrixRefD& rows, const VectorD& weights);

/// Replaces a symmetric positive definite matrix by its inverse.
/// Errors   BadValue if it is not positive definite, in as much as float64 can tell
void invertPositive(MatrixD& matrix);

/// left * right, float64, by BLAS; on the calling thread.
MatrixD product(const ConstMatrixRefD& left, const ConstMatrixRefD& right);

/// Upper triangular factor R with R' R = columns' * columns (zero rows below where there are fewer rows than
/// columns), by Householder reflections: as accurate as the columns themselves, also where their Gram matrix
/// is not.
MatrixD triangularFactor(const ConstMatrixRefD& columns);

}  // namespace cortexscope
