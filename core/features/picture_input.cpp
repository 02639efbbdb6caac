// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/picture_input.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

/// Which source pixels make one target pixel, and how much each counts; the weights add up to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Taps> tapsFor(int from, int to) {
  const double ratio = static_cast<double>(from) / to;
  const double reach = std::max(1.0, ratio);
  std::vector<Taps> all(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * ratio - 0.5;
    const int first = std::max(0, static_cast<int>(std::floor(centre - reach)) + 1);
    const int last = std::min(from - 1, static_cast<int>(std::ceil(centre + reach)) - 1);
    Taps& taps = all[static_cast<std::size_t>(i)];
    taps.first = first;
    double sum = 0;
    for (int source = first; source <= last; ++source) sum += 1.0 - std::abs(source - centre) / reach;
    for (int source = first; source <= last; ++source)
      taps.weights.push_back(static_cast<float>((1.0 - std::abs(source - centre) / reach) / sum));
  }
  return all;
}

/// Rows of the picture scaled to `width`, three floats a pixel.
std::vector<float> scaledRows(const VideoFrame& picture, int width) {
  const std::vector<Taps> columns = tapsFor(picture.width, width);
  std::vector<float> rows;
  rows.reserve(static_cast<std::size_t>(picture.height) * static_cast<std::size_t>(width) * 3);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* line =
        picture.rgb.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) * 3;
    for (const Taps& taps : columns) {
      float sum[3] = {0, 0, 0};
      const std::uint8_t* pixel = line + static_cast<std::size_t>(taps.first) * 3;
      for (const float weight : taps.weights)
        for (float& channel : sum) channel += weight * static_cast<float>(*pixel++);
      rows.insert(rows.end(), sum, sum + 3);
    }
  }
  return rows;
}

}  // namespace

std::vector<float> pictureInput(const VideoFrame& picture, const NetworkInfo& network) {
  require(network.kind == "image" && network.inputShape.size() == 3 && network.inputShape[0] == 3,
          ErrorCode::BadValue, [&] { return "network \"" + network.title + "\" takes no pictures"; });
  const std::size_t pixels = static_cast<std::size_t>(std::max(picture.width, 0)) *
                             static_cast<std::size_t>(std::max(picture.height, 0));
  require(pixels > 0 && picture.rgb.size() == pixels * 3, ErrorCode::BadShape, [&] {
    return "a picture of " + textOf(picture.width) + " x " + textOf(picture.height) + " pixels holds " +
           textOf(picture.rgb.size()) + " bytes";
  });
  const int height = network.inputShape[1], width = network.inputShape[2];
  const std::vector<float> rows = scaledRows(picture, width);
  const std::vector<Taps> lines = tapsFor(picture.height, height);
  const std::size_t rowLength = static_cast<std::size_t>(width) * 3;
  const std::size_t plane = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<float> input(3 * plane), line(rowLength);
  for (int y = 0; y < height; ++y) {
    const Taps& taps = lines[static_cast<std::size_t>(y)];
    std::fill(line.begin(), line.end(), 0.0f);
    for (std::size_t tap = 0; tap < taps.weights.size(); ++tap) {
      const float* source = rows.data() + (static_cast<std::size_t>(taps.first) + tap) * rowLength;
      for (std::size_t i = 0; i < rowLength; ++i) line[i] += taps.weights[tap] * source[i];
    }
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const std::size_t from = network.channelOrder == "BGR" ? 2 - channel : channel;
      float* target =
          input.data() + channel * plane + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
      for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x)
        target[x] = (line[3 * x + from] - network.mean[channel]) * network.scale[channel];
    }
  }
  return input;
}

}  // namespace cortexscope
