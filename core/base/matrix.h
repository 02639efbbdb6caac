// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace cortexscope {

using Index = Eigen::Index;

/// Time runs down the rows, so that one sample (a frame of the film, a volume of the brain) is contiguous in
/// memory and in .npy files. Values are float32 at rest and in products with targets, float64 in
/// decompositions.
using MatrixF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using VectorF = Eigen::VectorXf;
using VectorD = Eigen::VectorXd;

/// Read-only view of samples x something that lives elsewhere (a memory-mapped file, another matrix).
using ConstMatrixRefF = Eigen::Ref<const MatrixF, 0, Eigen::OuterStride<>>;
using ConstMatrixRefD = Eigen::Ref<const MatrixD, 0, Eigen::OuterStride<>>;

/// The chosen rows of a matrix, in the order given.
template <class Derived>
MatrixF rowsOf(const Eigen::MatrixBase<Derived>& values, const std::vector<Index>& rows) {
  MatrixF chosen(static_cast<Index>(rows.size()), values.cols());
  for (Index i = 0; i < chosen.rows(); ++i) chosen.row(i) = values.row(rows[static_cast<std::size_t>(i)]);
  return chosen;
}

}  // namespace cortexscope
