// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/color_scale.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::size_t kMostValuesSorted = 1'000'000;

// ColorBrewer's RdBu with 11 classes, from blue to red (Brewer, Harrower; Apache 2.0).
constexpr std::array<Color, 11> kBlueWhiteRed{{{0.0196f, 0.1882f, 0.3804f},
                                               {0.1294f, 0.4000f, 0.6745f},
                                               {0.2627f, 0.5765f, 0.7647f},
                                               {0.5725f, 0.7725f, 0.8706f},
                                               {0.8196f, 0.8980f, 0.9412f},
                                               {0.9686f, 0.9686f, 0.9686f},
                                               {0.9922f, 0.8588f, 0.7804f},
                                               {0.9569f, 0.6471f, 0.5098f},
                                               {0.8392f, 0.3765f, 0.3020f},
                                               {0.6980f, 0.0941f, 0.1686f},
                                               {0.4039f, 0.0000f, 0.1216f}}};

// Every 15th of the 256 colours of "inferno" (van der Walt, Smith; public domain, CC0).
constexpr std::array<Color, 18> kInferno{{{0.0015f, 0.0005f, 0.0139f},
                                          {0.0377f, 0.0259f, 0.1322f},
                                          {0.1167f, 0.0476f, 0.2723f},
                                          {0.2179f, 0.0366f, 0.3835f},
                                          {0.3163f, 0.0535f, 0.4251f},
                                          {0.4101f, 0.0879f, 0.4331f},
                                          {0.5035f, 0.1216f, 0.4234f},
                                          {0.5969f, 0.1548f, 0.3981f},
                                          {0.6887f, 0.1922f, 0.3576f},
                                          {0.7751f, 0.2397f, 0.3035f},
                                          {0.8514f, 0.3023f, 0.2396f},
                                          {0.9130f, 0.3816f, 0.1698f},
                                          {0.9569f, 0.4754f, 0.0947f},
                                          {0.9819f, 0.5794f, 0.0263f},
                                          {0.9875f, 0.6904f, 0.0800f},
                                          {0.9731f, 0.8054f, 0.2169f},
                                          {0.9476f, 0.9174f, 0.4107f},
                                          {0.9884f, 0.9984f, 0.6449f}}};

/// Colour at a place 0..1 along evenly spaced colours.
Color mixed(std::span<const Color> colors, double place) {
  const double position = std::clamp(place, 0.0, 1.0) * static_cast<double>(colors.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(position), colors.size() - 2);
  const auto part = static_cast<float>(position - static_cast<double>(below));
  Color color{};
  for (std::size_t c = 0; c < color.size(); ++c)
    color[c] = (1.0f - part) * colors[below][c] + part * colors[below + 1][c];
  return color;
}

template <std::size_t N>
std::array<Color, kColorCount> resampled(const std::array<Color, N>& anchors) {
  std::array<Color, kColorCount> colors;
  for (int i = 0; i < kColorCount; ++i)
    colors[static_cast<std::size_t>(i)] = mixed(anchors, static_cast<double>(i) / (kColorCount - 1));
  return colors;
}

/// The finite values, thinned evenly (by an odd step, so that rows of even length are not always met at one
/// column).
std::vector<float> finiteSample(std::span<const float> values) {
  const std::size_t step = values.size() <= kMostValuesSorted ? 1 : (values.size() / kMostValuesSorted) | 1;
  std::vector<float> sample;
  sample.reserve(values.size() / step + 1);
  for (std::size_t i = 0; i < values.size(); i += step)
    if (std::isfinite(values[i])) sample.push_back(values[i]);
  return sample;
}

std::optional<float> percentileOf(std::vector<float>& sample, double percent) {
  if (sample.empty()) return std::nullopt;
  const double position = std::clamp(percent, 0.0, 100.0) / 100.0 * static_cast<double>(sample.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  std::nth_element(sample.begin(), sample.begin() + below, sample.end());
  const float lower = sample[static_cast<std::size_t>(below)];
  const auto part = static_cast<float>(position - static_cast<double>(below));
  if (part == 0.0f) return lower;
  const float upper = *std::min_element(sample.begin() + below + 1, sample.end());
  return lower + part * (upper - lower);
}

std::string limitText(double value) {
  const std::string text = textOf(std::abs(value), 3);
  return value < 0 ? "\u2212" + text : text;
}

}  // namespace

void ColorScale::check() const {
  const auto fail = [this](const std::string& reason) {
    throw Error(ErrorCode::BadValue, "colour scale \"" + name + "\": " + reason);
  };
  if (!std::isfinite(low) || !std::isfinite(high) || low >= high)
    fail("the lower limit " + textOf(low) + " is not below the upper limit " + textOf(high));
  if (!std::isfinite(threshold) || threshold < 0.0f)
    fail("the threshold must be 0 or more, got " + textOf(threshold));
  if (!(opacity >= 0.0f && opacity <= 1.0f)) fail("opacity must be from 0 to 1, got " + textOf(opacity));
}

const std::array<Color, kColorCount>& colorsOf(ColorMap map) {
  static const std::array<Color, kColorCount> blueWhiteRed = resampled(kBlueWhiteRed);
  static const std::array<Color, kColorCount> inferno = resampled(kInferno);
  return map == ColorMap::BlueWhiteRed ? blueWhiteRed : inferno;
}

std::optional<Color> colorOf(const ColorScale& scale, float value) {
  if (!std::isfinite(value)) return std::nullopt;
  return mixed(colorsOf(scale.map), (value - scale.low) / (scale.high - scale.low));
}

float visibilityOf(const ColorScale& scale, float value) {
  if (!std::isfinite(value)) return 0.0f;
  const float size = scale.isSigned() ? std::abs(value) : std::max(value - scale.low, 0.0f);
  if (size >= scale.threshold) return scale.opacity;
  if (scale.belowThreshold == BelowThreshold::Hide) return 0.0f;
  return scale.opacity * (size / scale.threshold) * (size / scale.threshold);
}

std::optional<float> percentile(std::span<const float> values, double percent) {
  std::vector<float> sample = finiteSample(values);
  return percentileOf(sample, percent);
}

ColorScale signedScale(std::span<const float> values) {
  std::vector<float> sizes = finiteSample(values);
  for (float& size : sizes) size = std::abs(size);
  float limit = percentileOf(sizes, 98.0).value_or(0.0f);
  // Sparse data: most values are exactly zero, yet the few others are what one wants to see.
  if (limit == 0.0f && !sizes.empty()) limit = *std::max_element(sizes.begin(), sizes.end());
  if (limit == 0.0f) limit = 1.0f;
  ColorScale scale;
  scale.low = -limit;
  scale.high = limit;
  return scale;
}

ColorScale oneSidedScale(std::span<const float> values) {
  std::vector<float> sample = finiteSample(values);
  ColorScale scale;
  scale.map = ColorMap::Inferno;
  scale.low = percentileOf(sample, 1.0).value_or(0.0f);
  scale.high = percentileOf(sample, 99.0).value_or(1.0f);
  // Adding 1 is lost to rounding for huge values, so widen in proportion to them.
  if (scale.high <= scale.low) scale.high = scale.low + std::max(1.0f, std::abs(scale.low) * 1e-3f);
  return scale;
}

ColorScale scaleFor(std::span<const float> values) {
  return percentile(values, 1.0).value_or(0.0f) < 0.0f ? signedScale(values) : oneSidedScale(values);
}

std::vector<double> roundTicks(double low, double high, int maxCount) {
  if (!(low < high) || !std::isfinite(low) || !std::isfinite(high)) return {};
  const int most = std::max(maxCount, 2);
  double step = std::pow(10.0, std::floor(std::log10((high - low) / most)) - 1);
  const auto count = [&](double s) { return std::floor(high / s + 1e-6) - std::ceil(low / s - 1e-6) + 1; };
  for (int i = 0; count(step) > most; ++i) step *= i % 3 == 1 ? 2.5 : 2.0;  // 1, 2, 5, 10, ...
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - 1e-6); k <= std::floor(high / step + 1e-6); ++k)
    ticks.push_back(k == 0 ? 0.0 : k * step);
  return ticks;
}

std::string tickText(double value, double step) {
  std::string text;
  const double size = std::abs(value);
  if (value != 0 && (size >= 1e5 || size < 1e-4)) {
    text = textOf(size, 3);
  } else {
    const int decimals =
        step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 8) : 2;
    text = fixedTextOf(size, decimals);
  }
  return value < 0 ? "\u2212" + text : text;
}

std::string legendTitle(const ColorScale& scale) {
  if (scale.unit.empty()) return scale.name;
  return scale.name.empty() ? scale.unit : scale.name + " (" + scale.unit + ")";
}

std::vector<LegendTick> legendTicks(const ColorScale& scale) {
  const double low = scale.low, high = scale.high, range = high - low;
  std::vector<LegendTick> ticks{{low, limitText(low)}};
  const std::vector<double> round = roundTicks(low, high, 5);
  const double step = round.size() > 1 ? round[1] - round[0] : 0;
  for (const double value : round)
    if (value - low > 0.12 * range && high - value > 0.12 * range)
      ticks.push_back({value, tickText(value, step)});
  ticks.push_back({high, limitText(high)});
  return ticks;
}

}  // namespace cortexscope
