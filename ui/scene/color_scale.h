// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cortexscope {

using Color = std::array<float, 3>;  ///< red, green, blue, each 0..1, as shown on screen (sRGB)

enum class ColorMap {
  BlueWhiteRed,  ///< signed data: blue below zero, red above (ColorBrewer RdBu, reversed)
  Inferno,       ///< one-sided data: black over red to pale yellow
};
enum class BelowThreshold {
  Fade,  ///< opacity falls with the square of the distance to zero, so that weak effects stay visible
  Hide,  ///< nothing but the underlay
};

/// How values become colours, in every brain of a grid alike.
struct ColorScale {
  std::string name = {};  ///< what is shown, e.g. "Predicted response"
  std::string unit = {};  ///< e.g. "z"; empty if none
  std::string note = {};  ///< second line of the legend, e.g. "only where q < 0.05"; empty if none
  ColorMap map = ColorMap::BlueWhiteRed;
  float low = -1.0f;       ///< values at and below it take the first colour
  float high = 1.0f;       ///< values at and above it take the last colour
  float threshold = 0.0f;  ///< 0 = none; against |value| for BlueWhiteRed, against value - low for Inferno
  BelowThreshold belowThreshold = BelowThreshold::Fade;
  float opacity = 1.0f;  ///< 0..1, of colours over the underlay

  /// Errors   BadValue if a limit is not finite, low >= high, threshold < 0 or not finite, opacity outside
  ///          0..1
  void check() const;
  /// Signed scales have limits of equal size on both sides of zero.
  bool isSigned() const { return map == ColorMap::BlueWhiteRed; }

  bool operator==(const ColorScale&) const = default;
};

/// Number of colours of a map; between two of them colours are mixed.
inline constexpr int kColorCount = 64;
const std::array<Color, kColorCount>& colorsOf(ColorMap map);

/// Colour of a value, without threshold and opacity; no colour for NaN and infinite values.
std::optional<Color> colorOf(const ColorScale& scale, float value);

/// How much of its colour a value shows over the underlay, 0..1: threshold and opacity; 0 for NaN and
/// infinite values.
float visibilityOf(const ColorScale& scale, float value);

/// The p-th percentile (0..100) of the finite values, linear between neighbours in order; nothing if there
/// are none. Of more than a million values about a million, evenly spread, are looked at.
std::optional<float> percentile(std::span<const float> values, double percent);

/// Symmetric around zero: the limit is the 98th percentile of |value|. All zero or no finite values: -1..1.
ColorScale signedScale(std::span<const float> values);

/// From the 1st to the 99th percentile. Equal or no finite values: a range of width 1 (from 0 if there are
/// none).
ColorScale oneSidedScale(std::span<const float> values);

/// signedScale if the 1st percentile is below zero, else oneSidedScale.
ColorScale scaleFor(std::span<const float> values);

/// Round numbers (1, 2, 5 times a power of ten apart) inside [low, high], at most maxCount (at least 2) of
/// them.
std::vector<double> roundTicks(double low, double high, int maxCount);

/// A number as short as `step` (the distance between ticks) allows, with a real minus sign.
std::string tickText(double value, double step);

/// Places along the scale that get a number: both limits, and round numbers between that keep their distance.
struct LegendTick {
  double value = 0;
  std::string text;
};
std::vector<LegendTick> legendTicks(const ColorScale& scale);

/// "Name (unit)", or either alone.
std::string legendTitle(const ColorScale& scale);

}  // namespace cortexscope
