// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/tests.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

#include "base/error.h"
#include "base/matrix.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::size_t kExactPairs = 20;
constexpr long kRandomFlips = 100000;
/// Sums that are equal on paper differ by rounding; a flip this close to the observed sum counts as reaching
/// it.
constexpr double kTieTolerance = 1e-12;

void requireSameLength(std::size_t a, std::size_t b) {
  require(a == b, ErrorCode::BadShape, [&] {
    return "the two series must be equally long, got " + textOf(a) + " and " + textOf(b) + " values";
  });
}

void requireFinite(std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    require(std::isfinite(values[i]), ErrorCode::BadValue,
            [&] { return "value " + textOf(i) + " of a paired test is NaN or infinite"; });
}

double twoSidedStudentP(double t, double degrees) {
  const boost::math::students_t_distribution<double> student(degrees);
  return std::min(1.0, 2.0 * boost::math::cdf(boost::math::complement(student, std::abs(t))));
}

/// Sums of `values` under all 2^size choices of signs.
std::vector<double> signedSums(std::span<const double> values) {
  std::vector<double> sums{0.0};
  for (const double value : values) {
    const std::size_t known = sums.size();
    for (std::size_t i = 0; i < known; ++i) {
      sums.push_back(sums[i] - value);
      sums[i] += value;
    }
  }
  return sums;
}

double exactSignFlipP(std::span<const double> differences, double threshold) {
  const std::size_t half = differences.size() / 2;
  const std::vector<double> low = signedSums(differences.first(half));
  const std::vector<double> high = signedSums(differences.subspan(half));
  std::int64_t reached = 0;
  for (const double a : low)
    for (const double b : high) reached += std::abs(a + b) >= threshold;
  return static_cast<double>(reached) / static_cast<double>(low.size() * high.size());
}

double randomSignFlipP(std::span<const double> differences, double threshold, unsigned seed) {
  std::mt19937_64 generator(seed);
  long reached = 0;
  for (long flip = 0; flip < kRandomFlips; ++flip) {
    double sum = 0.0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < differences.size(); ++i, bits >>= 1) {
      if (i % 64 == 0) bits = generator();
      sum += (bits & 1) != 0 ? differences[i] : -differences[i];
    }
    reached += std::abs(sum) >= threshold;
  }
  return static_cast<double>(reached + 1) / static_cast<double>(kRandomFlips + 1);
}

/// Autocorrelations at lags 1 .. n - 1; zeros for a constant series.
Eigen::ArrayXd autocorrelations(std::span<const double> values) {
  const auto count = static_cast<Index>(values.size());
  Eigen::ArrayXd lags = Eigen::ArrayXd::Zero(count - 1);
  if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); }))
    return lags;
  VectorD centred = Eigen::Map<const VectorD>(values.data(), count);
  centred.array() -= centred.mean();
  const double power = centred.squaredNorm();
  for (Index lag = 1; lag < count; ++lag)
    lags(lag - 1) = centred.head(count - lag).dot(centred.tail(count - lag)) / power;
  return lags;
}

}  // namespace

PairedTest pairedT(std::span<const double> a, std::span<const double> b) {
  requireSameLength(a.size(), b.size());
  requireFinite(a);
  requireFinite(b);
  PairedTest test;
  test.count = static_cast<int>(a.size());
  if (a.empty()) return test;
  Eigen::ArrayXd difference(static_cast<Index>(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i) difference(static_cast<Index>(i)) = a[i] - b[i];
  test.meanDifference = difference.mean();
  if (test.count < 2 || (difference == difference(0)).all()) return test;
  const double degrees = test.count - 1;
  const double sd = std::sqrt((difference - test.meanDifference).square().sum() / degrees);
  test.t = test.meanDifference / (sd / std::sqrt(static_cast<double>(test.count)));
  test.p = twoSidedStudentP(test.t, degrees);
  return test;
}

double signFlipP(std::span<const double> differences, unsigned seed) {
  requireFinite(differences);
  double sum = 0.0, size = 0.0;
  for (const double difference : differences) {
    sum += difference;
    size += std::abs(difference);
  }
  const double threshold = std::abs(sum) - kTieTolerance * size;
  return differences.size() <= kExactPairs ? exactSignFlipP(differences, threshold)
                                           : randomSignFlipP(differences, threshold, seed);
}

double pearsonP(double r, double effectiveSamples) {
  if (std::isnan(r)) return r;
  constexpr double kRounding = 1e-6;  // r may come from float32
  require(std::abs(r) <= 1.0 + kRounding, ErrorCode::BadValue,
          [&] { return "a correlation of " + textOf(r) + " is outside -1 to 1"; });
  const double degrees = effectiveSamples - 2.0;
  if (!(degrees > 0.0)) return 1.0;
  if (std::abs(r) >= 1.0) return 0.0;
  return twoSidedStudentP(r * std::sqrt(degrees / (1.0 - r * r)), degrees);
}

double effectiveSampleCount(std::span<const double> a, std::span<const double> b) {
  requireSameLength(a.size(), b.size());
  const auto count = static_cast<double>(a.size());
  if (a.size() < 3) return count;
  const Eigen::ArrayXd products = autocorrelations(a) * autocorrelations(b);
  const Eigen::ArrayXd lag = Eigen::ArrayXd::LinSpaced(products.size(), 1.0, count - 1.0);
  const double inflation = 1.0 + 2.0 * ((1.0 - lag / count) * products).sum();
  return inflation > 0.0 ? std::clamp(count / inflation, 3.0, count) : count;
}

}  // namespace cortexscope
