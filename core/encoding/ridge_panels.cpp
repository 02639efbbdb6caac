// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_panels.h"

#include <algorithm>

namespace cortexscope {

VectorD columnMeans(const ConstMatrixRefF& targets, bool wanted) {
  VectorD sums = VectorD::Zero(targets.cols());
  if (!wanted || targets.rows() == 0) return sums;
  for (Index row = 0; row < targets.rows(); ++row) sums += targets.row(row).transpose().cast<double>();
  return sums / double(targets.rows());
}

template <class Scalar>
void loadPanels(const ConstMatrixRefF& targets, const VectorD& means, const Panels<Scalar>& panels) {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  for (Index panel = 0; panel < panels.count; ++panel) {
    const Index first = panel * kWidth, count = std::min(kWidth, targets.cols() - first);
    for (Index row = 0; row < targets.rows(); ++row) {
      Scalar* to = panels.at(panel, row);
      const float* from = targets.row(row).data() + first;
      for (Index lane = 0; lane < count; ++lane) to[lane] = Scalar(double(from[lane]) - means[first + lane]);
      std::fill(to + count, to + kWidth, Scalar(0));
    }
  }
}

template <class Scalar>
void storePanels(const Panels<Scalar>& panels, Index row,
                 Eigen::Ref<MatrixF, 0, Eigen::OuterStride<>> values) {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  for (Index panel = 0; panel < panels.count; ++panel) {
    const Index first = panel * kWidth, count = std::min(kWidth, values.cols() - first);
    for (Index i = 0; i < values.rows(); ++i) {
      const Scalar* from = panels.at(panel, row + i);
      for (Index lane = 0; lane < count; ++lane) values(i, first + lane) = float(from[lane]);
    }
  }
}

template <class Scalar>
void filterPanels(const Panels<Scalar>& in, const VectorD& values, const VectorD& penalties,
                  const Panels<Scalar>& out) {
  constexpr Index kWidth = kPanelTargets<Scalar>;
  for (Index panel = 0; panel < in.count; ++panel) {
    const Index first = panel * kWidth, count = std::min(kWidth, penalties.size() - first);
    Scalar penalty[kWidth];
    std::fill(penalty, penalty + kWidth, Scalar(1));
    for (Index lane = 0; lane < count; ++lane) penalty[lane] = Scalar(penalties[first + lane]);
    for (Index i = 0; i < values.size(); ++i) {
      const Scalar* from = in.at(panel, i);
      Scalar* to = out.at(panel, i);
      const auto value = Scalar(values[i]);
      for (Index lane = 0; lane < kWidth; ++lane) to[lane] = from[lane] / (value + penalty[lane]);
    }
  }
}

template void loadPanels(const ConstMatrixRefF&, const VectorD&, const Panels<float>&);
template void loadPanels(const ConstMatrixRefF&, const VectorD&, const Panels<double>&);
template void storePanels(const Panels<float>&, Index, Eigen::Ref<MatrixF, 0, Eigen::OuterStride<>>);
template void storePanels(const Panels<double>&, Index, Eigen::Ref<MatrixF, 0, Eigen::OuterStride<>>);
template void filterPanels(const Panels<float>&, const VectorD&, const VectorD&, const Panels<float>&);
template void filterPanels(const Panels<double>&, const VectorD&, const VectorD&, const Panels<double>&);

}  // namespace cortexscope
