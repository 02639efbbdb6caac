// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

// Layers as plain loops, channels last as TensorFlow stores them: the truth that converted networks are held
// against.
namespace cortexscope::test {

struct Map {
  int height = 0, width = 0, channels = 0;
  std::vector<double> values;  // row by row, the channels of a pixel together

  Map(int h, int w, int c)
      : height(h),
        width(w),
        channels(c),
        values(static_cast<std::size_t>(h) * static_cast<std::size_t>(w * c)) {}
  double& at(int y, int x, int c) { return values[static_cast<std::size_t>((y * width + x) * channels + c)]; }
  double at(int y, int x, int c) const {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }

  /// Channel by channel, as Network gives its layers.
  std::vector<float> channelMajor() const {
    std::vector<float> flat;
    for (int c = 0; c < channels; ++c)
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) flat.push_back(static_cast<float>(at(y, x, c)));
    return flat;
  }
};

struct Kernel {
  int height = 1, width = 1, inputs = 1, outputs = 1;
  std::vector<float> values;  // height, width, inputs, outputs

  float at(int y, int x, int i, int o) const {
    return values[static_cast<std::size_t>(((y * width + x) * inputs + i) * outputs + o)];
  }
};

struct Normalization {
  std::vector<float> gamma, beta, mean, variance;
  double epsilon = 1e-3;
};

std::vector<float> randomValues(std::size_t count, unsigned seed, float from = -1, float to = 1);
Kernel randomKernel(int height, int width, int inputs, int outputs, unsigned seed);
/// Rows (or columns) that SAME padding puts in front.
int sameBefore(int size, int kernel, int stride);
int outputSize(int size, int kernel, int stride, bool same);
/// depthwise: output c * outputs + m sees input c alone.
Map convolve(const Map& input, const Kernel& kernel, const std::vector<float>& bias, int stride, bool same,
             bool depthwise = false);
Map maxPool(const Map& input, int kernel, int stride, bool same);
Map zeroPadded(const Map& input, int top, int bottom, int left, int right);
Map normalized(Map map, const Normalization& by);
Map limited(Map map, double least, double most = 1e300);
Map added(Map map, const Map& other);
Map globalMean(const Map& map);
/// The network's input of a map: channel-major.
Map mapFrom(int height, int width, int channels, const std::vector<float>& channelMajor);
double largestDifference(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace cortexscope::test
