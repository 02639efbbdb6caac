// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/SparseCore>

#include "io/arrays/npz.h"

namespace cortexscope {

/// A matrix of which each row has few values, kept row by row.
using SparseRows = Eigen::SparseMatrix<float, Eigen::RowMajor>;

/// Adds the arrays data, indices, indptr, shape and format ("csr") of a matrix in compressed rows, as
/// scipy.sparse.save_npz writes them and load_npz reads them.
void addSparseRows(NpzWriter& writer, const SparseRows& matrix);

/// The matrix in those arrays. Counts are checked against each other and so against the file's size; of the
/// number of columns, which costs no memory, only that it is no smaller than the indices need.
/// Errors   BadFile naming the array: counts that differ, rows that do not rise, columns out of range or not
///          rising within a row, values that are not finite; Unsupported for other formats than csr; as
///          NpzReader
/// Limits   2^31 - 1 rows, columns and values
SparseRows sparseRowsIn(const NpzReader& reader);

}  // namespace cortexscope
