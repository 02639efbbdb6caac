// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"

#include <array>

namespace cortexscope {

namespace {

constexpr int kShownDigits = 9;

template <class... Form>
std::string written(double value, Form... form) {
  std::array<char, 400> text;  // the largest number has 309 digits before its point
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value, form...).ptr};
}

}  // namespace

std::string textOf(double value) {
  return textOf(value, kShownDigits);
}

std::string textOf(double value, int digits) {
  return written(value, std::chars_format::general, digits);
}

std::string fixedTextOf(double value, int decimals) {
  return written(value, std::chars_format::fixed, decimals);
}

std::string exactTextOf(double value) {
  return written(value);
}

}  // namespace cortexscope
