// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/correlation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

using RowD = Eigen::Array<double, 1, Eigen::Dynamic>;
using RowB = Eigen::Array<bool, 1, Eigen::Dynamic>;

void requireSameLength(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(), ErrorCode::BadShape, [&] {
    return "a correlation needs two series of the same length, got " + textOf(a.size()) + " and " +
           textOf(b.size()) + " values";
  });
}

/// Asked of the values themselves: the rounded mean of a constant series may leave a tiny, meaningless
/// variance.
bool isConstant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); });
}

RowB constantColumns(const ConstMatrixRefF& values) {
  RowB constant = RowB::Constant(values.cols(), true);
  for (Index row = 1; row < values.rows(); ++row)
    constant = constant && (values.row(row).array() == values.row(0).array());
  return constant;
}

RowD columnMeans(const ConstMatrixRefF& values) {
  RowD sum = RowD::Zero(values.cols());
  for (Index row = 0; row < values.rows(); ++row) sum += values.row(row).array().cast<double>();
  return sum / static_cast<double>(std::max<Index>(values.rows(), 1));
}

}  // namespace

double pearson(std::span<const double> a, std::span<const double> b) {
  requireSameLength(a, b);
  if (a.empty() || isConstant(a) || isConstant(b)) return 0.0;
  const auto count = static_cast<Index>(a.size());
  Eigen::ArrayXd x = Eigen::Map<const Eigen::ArrayXd>(a.data(), count);
  Eigen::ArrayXd y = Eigen::Map<const Eigen::ArrayXd>(b.data(), count);
  x -= x.mean();
  y -= y.mean();
  const double scale = std::sqrt(x.square().sum()) * std::sqrt(y.square().sum());
  const double r = (x * y).sum() / scale;
  return std::isnan(r) ? r : std::clamp(r, -1.0, 1.0);
}

VectorF columnwisePearson(const ConstMatrixRefF& a, const ConstMatrixRefF& b) {
  require(a.rows() == b.rows() && a.cols() == b.cols(), ErrorCode::BadShape, [&] {
    return "columns can be correlated between matrices of one size, got " + textOf(a.rows()) + " x " +
           textOf(a.cols()) + " and " + textOf(b.rows()) + " x " + textOf(b.cols());
  });
  if (a.rows() == 0) return VectorF::Zero(a.cols());
  const RowD meanA = columnMeans(a), meanB = columnMeans(b);
  RowD sumAA = RowD::Zero(a.cols()), sumBB = sumAA, sumAB = sumAA;
  for (Index row = 0; row < a.rows(); ++row) {
    const RowD x = a.row(row).array().cast<double>() - meanA;
    const RowD y = b.row(row).array().cast<double>() - meanB;
    sumAA += x.square();
    sumBB += y.square();
    sumAB += x * y;
  }
  const RowB constant = constantColumns(a) || constantColumns(b);
  VectorF r(a.cols());
  for (Index col = 0; col < a.cols(); ++col)
    r(col) =
        constant(col) ? 0.0f : static_cast<float>(sumAB(col) / std::sqrt(sumAA(col)) / std::sqrt(sumBB(col)));
  return r;
}

VectorF columnwiseR2(const ConstMatrixRefF& truth, const ConstMatrixRefF& predicted) {
  require(truth.rows() == predicted.rows() && truth.cols() == predicted.cols(), ErrorCode::BadShape, [&] {
    return "R2 needs truth and prediction of one size, got " + textOf(truth.rows()) + " x " +
           textOf(truth.cols()) + " and " + textOf(predicted.rows()) + " x " + textOf(predicted.cols());
  });
  const Eigen::RowVectorXd mean = truth.cast<double>().colwise().mean();
  const Eigen::RowVectorXd errors = (truth.cast<double>() - predicted.cast<double>()).colwise().squaredNorm();
  const Eigen::RowVectorXd total = (truth.cast<double>().rowwise() - mean).colwise().squaredNorm();
  VectorF r2(truth.cols());
  for (Index t = 0; t < truth.cols(); ++t) r2[t] = total[t] > 0 ? float(1 - errors[t] / total[t]) : 0.0f;
  return r2;
}

std::vector<double> ranks(std::span<const double> values) {
  require(std::none_of(values.begin(), values.end(), [](double value) { return std::isnan(value); }),
          ErrorCode::BadValue, "NaN has no rank among the values to be ranked");
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> result(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    const double meanRank = 0.5 * static_cast<double>(first + 1 + end);
    for (; first < end; ++first) result[order[first]] = meanRank;
  }
  return result;
}

double spearman(std::span<const double> a, std::span<const double> b) {
  requireSameLength(a, b);
  return pearson(ranks(a), ranks(b));
}

void zscoreRows(MatrixF& values, Index first, Index count) {
  require(first >= 0 && count >= 0 && first <= values.rows() && count <= values.rows() - first,
          ErrorCode::BadShape, [&] {
            return "rows " + textOf(first) + " to " + textOf(first + count) +
                   " cannot be z-scored in a matrix of " + textOf(values.rows()) + " rows";
          });
  if (count == 0) return;
  auto rows = values.middleRows(first, count);
  const RowD mean = columnMeans(rows);
  RowD variance = RowD::Zero(values.cols());
  for (Index row = 0; row < count; ++row) variance += (rows.row(row).array().cast<double>() - mean).square();
  const RowB constant = constantColumns(rows);
  const RowD scale = constant.select(0.0, (variance / static_cast<double>(count)).rsqrt());
  for (Index row = 0; row < count; ++row)
    rows.row(row) = ((rows.row(row).array().cast<double>() - mean) * scale).cast<float>().matrix();
}

}  // namespace cortexscope
