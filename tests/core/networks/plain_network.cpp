// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/networks/plain_network.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace cortexscope::test {

std::vector<float> randomValues(std::size_t count, unsigned seed, float from, float to) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(from, to);
  std::vector<float> values(count);
  for (float& value : values) value = uniform(generator);
  return values;
}

Kernel randomKernel(int height, int width, int inputs, int outputs, unsigned seed) {
  return {height, width, inputs, outputs,
          randomValues(static_cast<std::size_t>(height) * static_cast<std::size_t>(width * inputs * outputs),
                       seed)};
}

int sameBefore(int size, int kernel, int stride) {
  const int outputs = (size + stride - 1) / stride;
  const int total = (outputs - 1) * stride + kernel - size;
  return total > 0 ? total / 2 : 0;
}

int outputSize(int size, int kernel, int stride, bool same) {
  return same ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
}

Map convolve(const Map& input, const Kernel& kernel, const std::vector<float>& bias, int stride, bool same,
             bool depthwise) {
  const int top = same ? sameBefore(input.height, kernel.height, stride) : 0;
  const int left = same ? sameBefore(input.width, kernel.width, stride) : 0;
  Map output(outputSize(input.height, kernel.height, stride, same),
             outputSize(input.width, kernel.width, stride, same),
             depthwise ? kernel.inputs * kernel.outputs : kernel.outputs);
  for (int y = 0; y < output.height; ++y)
    for (int x = 0; x < output.width; ++x)
      for (int o = 0; o < output.channels; ++o) {
        double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(o)];
        for (int ky = 0; ky < kernel.height; ++ky)
          for (int kx = 0; kx < kernel.width; ++kx) {
            const int sy = y * stride + ky - top, sx = x * stride + kx - left;
            if (sy < 0 || sx < 0 || sy >= input.height || sx >= input.width) continue;
            for (int i = 0; i < input.channels; ++i) {
              if (depthwise && o / kernel.outputs != i) continue;
              sum += input.at(sy, sx, i) *
                     static_cast<double>(kernel.at(ky, kx, i, depthwise ? o % kernel.outputs : o));
            }
          }
        output.at(y, x, o) = sum;
      }
  return output;
}

Map maxPool(const Map& input, int kernel, int stride, bool same) {
  const int top = same ? sameBefore(input.height, kernel, stride) : 0;
  const int left = same ? sameBefore(input.width, kernel, stride) : 0;
  Map output(outputSize(input.height, kernel, stride, same), outputSize(input.width, kernel, stride, same),
             input.channels);
  for (int y = 0; y < output.height; ++y)
    for (int x = 0; x < output.width; ++x)
      for (int c = 0; c < input.channels; ++c) {
        double most = -1e300;
        for (int ky = 0; ky < kernel; ++ky)
          for (int kx = 0; kx < kernel; ++kx) {
            const int sy = y * stride + ky - top, sx = x * stride + kx - left;
            if (sy >= 0 && sx >= 0 && sy < input.height && sx < input.width)
              most = std::max(most, input.at(sy, sx, c));
          }
        output.at(y, x, c) = most;
      }
  return output;
}

Map zeroPadded(const Map& input, int top, int bottom, int left, int right) {
  Map output(input.height + top + bottom, input.width + left + right, input.channels);
  for (int y = 0; y < input.height; ++y)
    for (int x = 0; x < input.width; ++x)
      for (int c = 0; c < input.channels; ++c) output.at(y + top, x + left, c) = input.at(y, x, c);
  return output;
}

Map normalized(Map map, const Normalization& by) {
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    const std::size_t c = i % static_cast<std::size_t>(map.channels);
    map.values[i] = double(by.gamma[c]) * (map.values[i] - double(by.mean[c])) /
                        std::sqrt(double(by.variance[c]) + by.epsilon) +
                    double(by.beta[c]);
  }
  return map;
}

Map limited(Map map, double least, double most) {
  for (double& value : map.values) value = value < least ? least : value > most ? most : value;
  return map;
}

Map added(Map map, const Map& other) {
  for (std::size_t i = 0; i < map.values.size(); ++i) map.values[i] += other.values[i];
  return map;
}

Map globalMean(const Map& map) {
  Map mean(1, 1, map.channels);
  for (int y = 0; y < map.height; ++y)
    for (int x = 0; x < map.width; ++x)
      for (int c = 0; c < map.channels; ++c) mean.at(0, 0, c) += map.at(y, x, c) / (map.height * map.width);
  return mean;
}

Map mapFrom(int height, int width, int channels, const std::vector<float>& channelMajor) {
  Map map(height, width, channels);
  for (int c = 0; c < channels; ++c)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        map.at(y, x, c) =
            static_cast<double>(channelMajor[static_cast<std::size_t>((c * height + y) * width + x)]);
  return map;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 1e300;
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(double(a[i]) - double(b[i])));
  return most;
}

}  // namespace cortexscope::test
