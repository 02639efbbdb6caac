// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/mds.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/eigen.h"
#include "base/error.h"
#include "base/text.h"
#include "stats/mantel.h"

namespace cortexscope {
namespace {

/// -1/2 J D^2 J, the inner products of the centred points.
MatrixD innerProducts(std::span<const double> distances) {
  const Index things = thingsOfPairs(distances.size());
  MatrixD squared = MatrixD::Zero(things, things);
  std::size_t pair = 0;
  for (Index i = 0; i < things; ++i)
    for (Index j = i + 1; j < things; ++j, ++pair) {
      const double distance = distances[pair];
      require(std::isfinite(distance) && distance >= 0.0, ErrorCode::BadValue, [&] {
        return "distance " + textOf(pair) + " is " + textOf(distance) +
               "; scaling needs finite distances of at least 0";
      });
      squared(i, j) = squared(j, i) = distance * distance;
    }
  const Eigen::RowVectorXd columnMean = squared.colwise().mean();
  const double mean = columnMean.mean();
  squared.rowwise() -= columnMean;
  squared.colwise() -= columnMean.transpose();
  return -0.5 * (squared.array() + mean).matrix();
}

/// -1 or 1, so that the largest coordinate (the first of equally large ones) becomes positive.
double signOfLargest(const VectorD& axis) {
  constexpr double kNearlyEqual = 1.0 - 1e-9;
  const double largest = axis.cwiseAbs().maxCoeff();
  for (Index i = 0; i < axis.size(); ++i)
    if (std::abs(axis(i)) >= kNearlyEqual * largest) return axis(i) < 0.0 ? -1.0 : 1.0;
  return 1.0;
}

}  // namespace

MatrixD classicalMds(std::span<const double> distances, int dimensions) {
  require(dimensions >= 1, ErrorCode::BadValue,
          [&] { return "scaling needs at least 1 dimension, got " + textOf(dimensions); });
  const SymmetricEigen eigen = decomposeSymmetric(innerProducts(distances));
  const Index things = eigen.values.size();
  const double threshold = 1e-12 * eigen.values.cwiseAbs().maxCoeff();
  MatrixD coordinates = MatrixD::Zero(things, dimensions);
  for (Index axis = 0; axis < std::min<Index>(dimensions, things); ++axis) {
    const Index source = things - 1 - axis;
    if (eigen.values(source) <= threshold) break;
    const VectorD vector = eigen.vectors.col(source);
    coordinates.col(axis) = signOfLargest(vector) * std::sqrt(eigen.values(source)) * vector;
  }
  return coordinates;
}

}  // namespace cortexscope
