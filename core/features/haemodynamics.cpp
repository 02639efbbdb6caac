// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/haemodynamics.h"

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr double kLengthSec = 32.0;
constexpr double kUndershootLaterSec = 10.0;
constexpr double kUndershootRatio = 1.0 / 6.0;
constexpr double kDerivativeWeight = 0.5;

}  // namespace

VectorD haemodynamicResponse(double periodSec, double peakSec) {
  require(periodSec > 0 && peakSec > 0, ErrorCode::BadValue, [&] {
    return "a haemodynamic response needs a sample period and a peak above 0, got " + textOf(periodSec) +
           " and " + textOf(peakSec) + " s";
  });
  const boost::math::gamma_distribution<double> peak(peakSec + 1.0, 1.0);
  const boost::math::gamma_distribution<double> undershoot(peakSec + kUndershootLaterSec + 1.0, 1.0);
  VectorD kernel(static_cast<Index>(std::ceil(kLengthSec / periodSec)));
  for (Index k = 0; k < kernel.size(); ++k) {
    const double timeSec = periodSec * static_cast<double>(k);
    kernel[k] = boost::math::pdf(peak, timeSec) - kUndershootRatio * boost::math::pdf(undershoot, timeSec);
  }
  return kernel / kernel.sum();
}

VectorD convolvePerRun(const VectorD& series, const VectorD& kernel, const Runs& runs) {
  VectorD result = VectorD::Zero(series.size());
  for (const Run& run : runs)
    for (Index t = 0; t < run.sampleCount; ++t)
      for (Index k = 0; k <= std::min<Index>(t, kernel.size() - 1); ++k)
        result[run.firstSample + t] += kernel[k] * series[run.firstSample + t - k];
  return result;
}

MatrixF withHaemodynamics(const ConstMatrixRefF& features, double periodSec, const Runs& runs) {
  require(sampleCount(runs) == features.rows(), ErrorCode::BadShape, [&] {
    return "features have " + textOf(features.rows()) + " samples, the runs " + textOf(sampleCount(runs));
  });
  const VectorD response = haemodynamicResponse(periodSec);
  VectorD derivative = haemodynamicResponse(periodSec, 5.5) - haemodynamicResponse(periodSec, 4.5);
  derivative *= kDerivativeWeight * response.norm() / derivative.norm();
  MatrixF result(features.rows(), 2 * features.cols());
  for (Index f = 0; f < features.cols(); ++f) {
    const VectorD series = features.col(f).cast<double>();
    result.col(f) = convolvePerRun(series, response, runs).cast<float>();
    result.col(features.cols() + f) = convolvePerRun(series, derivative, runs).cast<float>();
  }
  return result;
}

}  // namespace cortexscope
