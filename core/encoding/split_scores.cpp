// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/split_scores.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/eigen.h"
#include "base/error.h"
#include "base/text.h"

namespace cortexscope {

SplitScores splitScores(const ConstMatrixRefF& truth, const std::vector<MatrixF>& predictions) {
  const Index spaces = static_cast<Index>(predictions.size()), targets = truth.cols();
  for (const MatrixF& prediction : predictions)
    require(prediction.rows() == truth.rows() && prediction.cols() == targets, ErrorCode::BadShape,
            "truth and the spaces' predictions differ in size");
  SplitScores scores{MatrixF::Zero(spaces, targets), MatrixF::Zero(spaces, targets), VectorF::Zero(targets),
                     VectorF::Zero(targets)};
  if (truth.rows() == 0 || spaces == 0) return scores;
  for (Index t = 0; t < targets; ++t) {
    VectorD y = truth.col(t).cast<double>();
    y.array() -= y.mean();
    MatrixD parts(truth.rows(), spaces);
    for (Index s = 0; s < spaces; ++s)
      parts.col(s) = predictions[static_cast<std::size_t>(s)].col(t).cast<double>();
    parts.rowwise() -= Eigen::RowVectorXd(parts.colwise().mean());
    const VectorD sum = parts.rowwise().sum();
    const double yy = y.squaredNorm(), ss = sum.squaredNorm();
    if (!(yy > 0)) continue;
    const VectorD withTruth = parts.transpose() * y, withSum = parts.transpose() * sum;
    scores.r2.col(t) = ((2 * withTruth - withSum) / yy).cast<float>();
    scores.wholeR2[t] = float((2 * withTruth.sum() - ss) / yy);
    if (!(ss > 0)) continue;
    scores.r.col(t) = (withTruth / std::sqrt(yy * ss)).cast<float>();
    scores.wholeR[t] = float(withTruth.sum() / std::sqrt(yy * ss));
  }
  return scores;
}

MatrixF uniqueVariance(const VectorF& wholeR2, const MatrixF& withoutR2) {
  require(withoutR2.cols() == wholeR2.size(), ErrorCode::BadShape,
          "scores with and without a space differ in length");
  return (-withoutR2).rowwise() + wholeR2.transpose();
}

WeightComponents weightComponents(const ConstMatrixRefF& weights, Index delays, const VectorF& r2,
                                  Index count) {
  require(delays > 0 && weights.rows() % delays == 0, ErrorCode::BadShape, [&] {
    return textOf(weights.rows()) + " weights cannot be " + textOf(delays) + " delays of the same features";
  });
  require(r2.size() == weights.cols(), ErrorCode::BadShape,
          "weights and R2 are of different numbers of targets");
  const Index features = weights.rows() / delays;
  require(count >= 1 && count <= features, ErrorCode::BadValue,
          [&] { return textOf(count) + " components of " + textOf(features) + " features"; });
  MatrixF mean = MatrixF::Zero(features, weights.cols());
  for (Index d = 0; d < delays; ++d) mean += weights.middleRows(d * features, features) / float(delays);
  for (Index t = 0; t < mean.cols(); ++t) {
    const float norm = mean.col(t).norm();
    mean.col(t) *= norm > 0 ? std::sqrt(std::max(0.0f, r2[t])) / norm : 0.0f;
  }
  const MatrixD exact = mean.cast<double>();
  const SymmetricEigen eigen = decomposeSymmetric(exact * exact.transpose());
  WeightComponents result;
  MatrixD directions = eigen.vectors.rightCols(count).rowwise().reverse().transpose();
  for (Index c = 0; c < count; ++c) {
    Index largest = 0;
    directions.row(c).cwiseAbs().maxCoeff(&largest);
    if (directions(c, largest) < 0) directions.row(c) *= -1;
  }
  const double total = eigen.values.cwiseMax(0.0).sum();
  result.share = eigen.values.tail(count).reverse().cwiseMax(0.0) / (total > 0 ? total : 1.0);
  result.components = directions.cast<float>();
  result.projections = result.components * mean;
  return result;
}

}  // namespace cortexscope
