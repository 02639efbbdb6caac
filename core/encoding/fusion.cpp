#include "encoding/fusion.h"

#include <algorithm>
#include <cmath>

namespace cortexscope {
namespace {

/// Normal equations of one run and one target; runs add up, so leaving a run out is a subtraction.
struct NormalEquations {
  MatrixD gram;
  VectorD rightSide;
};

NormalEquations equationsOf(const std::vector<MatrixF>& predictions, const ConstMatrixRefF& truth, Index target,
                            const Run& run) {
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

}  // namespace

VectorD solveNonNegative(const MatrixD& gram, const VectorD& rightSide) {
  constexpr int kMaxSweeps = 500;
  const double tolerance = 1e-10 * std::max(1.0, rightSide.cwiseAbs().maxCoeff());
  VectorD weights = VectorD::Zero(rightSide.size());
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    double largestStep = 0;
    for (Index s = 0; s < weights.size(); ++s) {
      if (gram(s, s) <= 0) continue;
      const double gradient = rightSide[s] - gram.row(s).dot(weights);
      const double updated = std::max(0.0, weights[s] + gradient / gram(s, s));
      largestStep = std::max(largestStep, std::abs(updated - weights[s]) * gram(s, s));
      weights[s] = updated;
    }
    if (largestStep < tolerance) break;
  }
  return weights;
}

FusionFit fitFusion(const std::vector<MatrixF>& predictions, const ConstMatrixRefF& truth, const Runs& folds) {
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
