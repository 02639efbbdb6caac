// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr double kLobes = 3.0;
constexpr double kBorderRounding = 1e-9;

void checkAxis(const TimeAxis& axis, const char* which) {
  require(std::isfinite(axis.startSec) && std::isfinite(axis.periodSec) && axis.periodSec > 0.0 &&
              axis.sampleCount >= 0,
          ErrorCode::BadValue, [&] {
            return std::string("the ") + which + " time axis is not legal: " + textOf(axis.sampleCount) +
                   " samples of " + textOf(axis.periodSec) + " s from " + textOf(axis.startSec) + " s";
          });
}

void checkInput(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to) {
  checkAxis(from, "source");
  checkAxis(to, "target");
  require(values.rows() == from.sampleCount, ErrorCode::BadShape, [&] {
    return "a series of " + textOf(values.rows()) + " samples cannot be resampled from a time axis of " +
           textOf(from.sampleCount);
  });
}

double sinc(double x) {
  return x == 0.0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double lanczos(double x) {
  return std::abs(x) < kLobes ? sinc(x) * sinc(x / kLobes) : 0.0;
}

}  // namespace

MatrixF resampleLanczos(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to) {
  checkInput(values, from, to);
  require(from.sampleCount > 0, ErrorCode::BadShape, "a series without samples cannot be resampled");
  const double samplesPerLobe = std::max(1.0, to.periodSec / from.periodSec);
  const double last = static_cast<double>(from.sampleCount - 1);
  MatrixF result(to.sampleCount, values.cols());
  for (Index target = 0; target < to.sampleCount; ++target) {
    // Where the target's centre lies, counted in source samples.
    const double position =
        std::clamp((to.centreSec(target) - from.startSec) / from.periodSec - 0.5, 0.0, last);
    const double reach = kLobes * samplesPerLobe;
    const auto first = static_cast<Index>(std::max(0.0, std::ceil(position - reach)));
    const auto end = static_cast<Index>(std::min(last, std::floor(position + reach))) + 1;
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(values.cols());
    double total = 0.0;
    for (Index source = first; source < end; ++source) {
      const double weight = lanczos((position - static_cast<double>(source)) / samplesPerLobe);
      if (weight == 0.0) continue;
      sum += weight * values.row(source).cast<double>();
      total += weight;
    }
    result.row(target) = (sum / total).cast<float>();
  }
  return result;
}

MatrixF resampleMean(const ConstMatrixRefF& values, const TimeAxis& from, const TimeAxis& to) {
  checkInput(values, from, to);
  MatrixD sum = MatrixD::Zero(to.sampleCount, values.cols());
  Eigen::ArrayXd count = Eigen::ArrayXd::Zero(to.sampleCount);
  for (Index source = 0; source < from.sampleCount; ++source) {
    const double target = std::floor((from.centreSec(source) - to.startSec) / to.periodSec + kBorderRounding);
    if (target < 0.0 || target >= static_cast<double>(to.sampleCount)) continue;
    sum.row(static_cast<Index>(target)) += values.row(source).cast<double>();
    count(static_cast<Index>(target)) += 1.0;
  }
  const Eigen::ArrayXd divisor = (count > 0.0).select(count, std::numeric_limits<double>::quiet_NaN());
  return (sum.array().colwise() / divisor).cast<float>().matrix();
}

}  // namespace cortexscope
