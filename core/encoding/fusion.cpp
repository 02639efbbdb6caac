// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/fusion.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

namespace cortexscope {
namespace {

/// Normal equations of one run and one target; runs add up, so leaving a run out is a subtraction.
struct NormalEquations {
  MatrixD gram;
  VectorD rightSide;
};

NormalEquations equationsOf(const std::vector<MatrixF>& predictions, const ConstMatrixRefF& truth,
                            Index target, const Run& run) {
  const Index spaces = static_cast<Index>(predictions.size());
  MatrixD columns(run.sampleCount, spaces);
  for (Index s = 0; s < spaces; ++s)
    columns.col(s) = predictions[static_cast<std::size_t>(s)]
                         .col(target)
                         .segment(run.firstSample, run.sampleCount)
                         .cast<double>();
  const VectorD y = truth.col(target).segment(run.firstSample, run.sampleCount).cast<double>();
  return {columns.transpose() * columns, columns.transpose() * y};
}

/// Least squares with the weights outside `free` held at 0.
VectorD solveOn(const std::vector<Index>& free, const MatrixD& gram, const VectorD& rightSide) {
  VectorD weights = VectorD::Zero(rightSide.size());
  const MatrixD freeGram = gram(free, free);
  const VectorD freeRight = rightSide(free);
  const VectorD solved = Eigen::LDLT<MatrixD>(freeGram).solve(freeRight);
  weights(free) = solved;
  return weights;
}

/// Walks from `weights` towards the solution on the free set; a weight that reaches 0 on the way leaves the
/// set, until the rest can go all the way.
void moveInside(std::vector<Index>& free, VectorD& weights, const MatrixD& gram, const VectorD& rightSide) {
  while (!free.empty()) {
    const VectorD target = solveOn(free, gram, rightSide);
    Index blocking = -1;
    double step = 1;
    for (const Index s : free) {
      if (target[s] > 0) continue;
      const double reach = weights[s] > 0 ? weights[s] / (weights[s] - target[s]) : 0.0;
      if (blocking < 0 || reach < step) step = reach, blocking = s;
    }
    if (blocking < 0) {
      weights = target;
      return;
    }
    for (const Index s : free) weights[s] = std::max(0.0, weights[s] + step * (target[s] - weights[s]));
    weights[blocking] = 0;
    std::erase_if(free, [&](Index s) { return weights[s] == 0.0 && target[s] <= 0; });
  }
}

}  // namespace

VectorD solveNonNegative(const MatrixD& gram, const VectorD& rightSide) {
  VectorD weights = VectorD::Zero(rightSide.size());
  if (rightSide.size() == 0) return weights;
  const double tolerance = 1e-10 * rightSide.cwiseAbs().maxCoeff();
  const Index maxSteps =
      10 * rightSide.size();  // each step lowers the error, so rounding alone could make it go round
  std::vector<Index> free;
  for (Index i = 0; i < maxSteps; ++i) {
    const VectorD gradient = rightSide - gram * weights;
    Index best = -1;
    for (Index s = 0; s < weights.size(); ++s)
      if (std::find(free.begin(), free.end(), s) == free.end() && gram(s, s) > 0 && gradient[s] > tolerance &&
          (best < 0 || gradient[s] > gradient[best]))
        best = s;
    if (best < 0) break;
    free.push_back(best);
    moveInside(free, weights, gram, rightSide);
  }
  return weights;
}

FusionFit fitFusion(const std::vector<MatrixF>& predictions, const ConstMatrixRefF& truth,
                    const Runs& folds) {
  const Index spaces = static_cast<Index>(predictions.size());
  FusionFit fit{MatrixF(spaces, truth.cols()), MatrixF(truth.rows(), truth.cols())};
  for (Index t = 0; t < truth.cols(); ++t) {
    std::vector<NormalEquations> perRun;
    NormalEquations whole{MatrixD::Zero(spaces, spaces), VectorD::Zero(spaces)};
    for (const Run& run : folds) {
      perRun.push_back(equationsOf(predictions, truth, t, run));
      whole.gram += perRun.back().gram;
      whole.rightSide += perRun.back().rightSide;
    }
    fit.weights.col(t) = solveNonNegative(whole.gram, whole.rightSide).cast<float>();
    for (std::size_t f = 0; f < folds.size(); ++f) {
      const VectorF others =
          solveNonNegative(whole.gram - perRun[f].gram, whole.rightSide - perRun[f].rightSide).cast<float>();
      auto fused = fit.outOfFold.col(t).segment(folds[f].firstSample, folds[f].sampleCount);
      fused.setZero();
      for (Index s = 0; s < spaces; ++s)
        fused += others[s] * predictions[static_cast<std::size_t>(s)].col(t).segment(folds[f].firstSample,
                                                                                     folds[f].sampleCount);
    }
  }
  return fit;
}

}  // namespace cortexscope
