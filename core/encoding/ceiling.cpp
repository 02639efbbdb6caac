// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ceiling.h"

#include <cmath>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "stats/correlation.h"

namespace cortexscope {

double bestR2(double explainableVariance, double repeats) {
  return explainableVariance > 0 ? repeats * explainableVariance / (1 + (repeats - 1) * explainableVariance)
                                 : 0.0;
}

NoiseCeiling noiseCeiling(const std::vector<MatrixF>& repeats) {
  require(repeats.size() >= 2, ErrorCode::BadShape,
          [&] { return "a noise ceiling needs at least 2 repeats, got " + textOf(repeats.size()); });
  const Index samples = repeats[0].rows(), targets = repeats[0].cols();
  require(samples >= 2, ErrorCode::BadShape, "a noise ceiling needs at least 2 samples");
  MatrixD sum = MatrixD::Zero(samples, targets);
  Eigen::Array<bool, 1, Eigen::Dynamic> constant =
      Eigen::Array<bool, 1, Eigen::Dynamic>::Constant(targets, false);
  for (const MatrixF& repeat : repeats) {
    require(repeat.rows() == samples && repeat.cols() == targets, ErrorCode::BadShape,
            "repeats differ in size");
    require(repeat.allFinite(), ErrorCode::BadValue, "repeats hold NaN or infinite values");
    MatrixF scaled = repeat;
    zscoreRows(scaled, 0, samples);
    constant = constant || (scaled.array() == 0.0f).colwise().all();
    sum += scaled.cast<double>();
  }
  const auto count = double(repeats.size());
  // Z-scored repeats have variance 1, so the ratio of variances is that of the mean.
  const Eigen::ArrayXd plain = (sum / count).colwise().squaredNorm().transpose().array() / double(samples);
  const Eigen::ArrayXd corrected = plain - (1 - plain) / (count - 1);
  NoiseCeiling ceiling{VectorF(targets), VectorF(targets), VectorF(targets)};
  for (Index t = 0; t < targets; ++t) {
    const double ev = constant[t] ? 0.0 : corrected[t];
    const double best = bestR2(ev, count);
    ceiling.explainableVariance[t] = float(ev);
    ceiling.maxR2[t] = float(best);
    ceiling.maxR[t] = float(std::sqrt(best));
  }
  return ceiling;
}

VectorF normalizedR(const VectorF& r, const NoiseCeiling& ceiling) {
  require(r.size() == ceiling.maxR.size(), ErrorCode::BadShape, "r and its ceiling differ in length");
  return (ceiling.maxR.array() > 0).select(r.array() / ceiling.maxR.array(), 0.0f);
}

}  // namespace cortexscope
