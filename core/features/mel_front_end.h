// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "base/matrix.h"
#include "networks/mel_matrix.h"

namespace cortexscope {

inline constexpr Index kMelHopSamples = 160;
inline constexpr Index kMelFrameSamples = 512;

/// Mel frames that fit into so many samples; none below 512.
inline Index melFrameCount(Index samples) {
  return samples < kMelFrameSamples ? 0 : 1 + (samples - kMelFrameSamples) / kMelHopSamples;
}

/// The part of melSpectrogram() that looks at one frame at a time, so that long sound can come in pieces.
class MelFrontEnd {
 public:
  /// Errors   BadShape unless 257 x 32; BadValue for NaN or infinite values
  explicit MelFrontEnd(const MatrixF& melMatrix);

  /// 10 log10 of mel power, not below -100 dB. sound  full scale = 1.
  /// Returns  frames x 32
  /// Errors   BadValue for NaN or infinite samples
  MatrixF decibels(std::span<const float> sound) const;

  /// dB to what the network sees, in place: floored 80 dB below the largest value there is, / 10, + 2.
  static void limitAndScale(MatrixF& decibels);

 private:
  MatrixD m_melMatrix;
  Eigen::ArrayXd m_window;
};

}  // namespace cortexscope
