// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <concepts>
#include <string>

namespace cortexscope {

/// A number in words for messages and files: up to nine significant digits, no trailing zeros ("12.34",
/// "1e-07", "nan"). The same in every locale; std::to_string is not.
std::string textOf(double value);

/// With so many significant digits, as "%.3g" of a program without a locale.
std::string textOf(double value, int digits);

/// With so many digits after the point, as "%.1f" of a program without a locale.
std::string fixedTextOf(double value, int decimals);

/// As few digits as tell it from every other number, so that equal texts mean equal numbers. For keys.
std::string exactTextOf(double value);

template <std::integral Number>
std::string textOf(Number value) {
  char text[24];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace cortexscope
