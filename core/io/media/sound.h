// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

extern "C" {
#include <libswresample/swresample.h>
}

#include <vector>

#include "io/media/stream.h"

namespace cortexscope {

/// One channel of sound with NaN and infinite samples counted and set to 0. Private to io.
struct MonoBlock {
  std::vector<float> samples;  ///< mean of the channels, full scale = 1
  std::int64_t replaced = 0;   ///< samples set to 0, each channel counted by itself
};

/// Errors   Unsupported for sample formats this program does not know
MonoBlock monoOf(const AVFrame& frame);

/// Turns a stream of samples at one rate into another rate. The first sample out is at the time of the first
/// one in, and the result does not depend on how the stream is cut into blocks.
class MonoResampler {
 public:
  /// Errors   Unsupported if the rates cannot be converted
  MonoResampler(int fromHz, int toHz);
  ~MonoResampler() { swr_free(&m_context); }
  MonoResampler(const MonoResampler&) = delete;
  MonoResampler& operator=(const MonoResampler&) = delete;

  int fromHz() const { return m_fromHz; }

  /// Appends what the block yields to `out`; some of it may come only with later blocks or with finish().
  void add(const std::vector<float>& block, std::vector<float>& out);
  /// Appends the rest: after it ceil(samples in * toHz / fromHz) have come out.
  void finish(std::vector<float>& out);

 private:
  void convert(const float* samples, int count, std::vector<float>& out);

  int m_fromHz;
  int m_toHz;
  SwrContext* m_context = nullptr;  ///< null if the rates are the same
  std::int64_t m_samplesIn = 0;
  std::int64_t m_samplesOut = 0;
};

}  // namespace cortexscope
