// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/mel_front_end.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <unsupported/Eigen/FFT>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr Index kWindowSamples = 400;
constexpr Index kFrequencies = kMelFrameSamples / 2 + 1;
constexpr Index kFramesAtOnce = 256;
constexpr double kFullScale = 32768.0;  // of 16-bit samples
constexpr double kLeastPower = 1e-10;
constexpr float kRangeDecibels = 80.0f;

/// Periodic Hann of 400 samples in the middle of 512.
Eigen::ArrayXd centredHann() {
  Eigen::ArrayXd window = Eigen::ArrayXd::Zero(kMelFrameSamples);
  for (Index i = 0; i < kWindowSamples; ++i)
    window((kMelFrameSamples - kWindowSamples) / 2 + i) =
        0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / kWindowSamples);
  return window;
}

}  // namespace

MelFrontEnd::MelFrontEnd(const MatrixF& melMatrix)
    : m_melMatrix(melMatrix.cast<double>()), m_window(kFullScale * centredHann()) {
  require(melMatrix.rows() == kFrequencies && melMatrix.cols() == kMelBands, ErrorCode::BadShape, [&] {
    return "the mel matrix must be " + textOf(kFrequencies) + " x " + textOf(kMelBands) + ", got " +
           textOf(melMatrix.rows()) + " x " + textOf(melMatrix.cols());
  });
  require(melMatrix.allFinite(), ErrorCode::BadValue, "the mel matrix holds a NaN or infinite value");
}

MatrixF MelFrontEnd::decibels(std::span<const float> sound) const {
  require(std::all_of(sound.begin(), sound.end(), [](float sample) { return std::isfinite(sample); }),
          ErrorCode::BadValue, "the sound holds a NaN or infinite sample");
  MatrixF result(melFrameCount(static_cast<Index>(sound.size())), kMelBands);
  Eigen::FFT<double> transform(Eigen::default_fft_impl<double>(), Eigen::FFT<double>::HalfSpectrum);
  VectorD frame(kMelFrameSamples);
  Eigen::VectorXcd spectrum;
  MatrixD power(kFramesAtOnce, kFrequencies);
  for (Index first = 0; first < result.rows(); first += kFramesAtOnce) {
    const Index count = std::min(kFramesAtOnce, result.rows() - first);
    for (Index i = 0; i < count; ++i) {
      const Eigen::Map<const VectorF> samples(sound.data() + (first + i) * kMelHopSamples, kMelFrameSamples);
      frame = samples.cast<double>().array() * m_window;
      transform.fwd(spectrum, frame);
      power.row(i) = spectrum.cwiseAbs2().transpose();
    }
    const MatrixD mel = power.topRows(count) * m_melMatrix;
    result.middleRows(first, count) = (10.0 * mel.array().max(kLeastPower).log10()).cast<float>().matrix();
  }
  return result;
}

void MelFrontEnd::limitAndScale(MatrixF& decibels) {
  if (decibels.size() == 0) return;
  const float floor = decibels.maxCoeff() - kRangeDecibels;
  decibels = (decibels.array().max(floor) / 10.0f + 2.0f).matrix();
}

}  // namespace cortexscope
