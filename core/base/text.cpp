#include "base/text.h"

namespace cortexscope {

namespace {

constexpr int kShownDigits = 9;
constexpr std::size_t kLongest = 32;  // characters of a double, in either form

}  // namespace

std::string textOf(double value) {
  char text[kLongest];
  return {text, std::to_chars(text, text + kLongest, value, std::chars_format::general, kShownDigits).ptr};
}

std::string exactTextOf(double value) {
  char text[kLongest];
  return {text, std::to_chars(text, text + kLongest, value).ptr};
}

}  // namespace cortexscope
