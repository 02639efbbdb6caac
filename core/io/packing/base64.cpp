// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/packing/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int8_t kForeign = -1, kSpace = -2, kPadding = -3;

std::array<std::int8_t, 256> meanings() {
  std::array<std::int8_t, 256> table;
  table.fill(kForeign);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  for (const char space : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(space)] = kSpace;
  table['='] = kPadding;
  return table;
}

}  // namespace

std::string fromBase64(std::string_view text, const std::string& place) {
  static const std::array<std::int8_t, 256> kMeaning = meanings();
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  std::size_t digits = 0, paddings = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::int8_t meaning = kMeaning[static_cast<unsigned char>(text[i])];
    if (meaning == kSpace) continue;
    require(meaning == kPadding || (meaning >= 0 && paddings == 0), ErrorCode::BadFile, [&] {
      return place + ": character " + textOf(i) + " of the data, \"" + shown(text.substr(i, 1)) +
             "\", does not belong into base64 text there";
    });
    if (meaning == kPadding) {
      ++paddings;
      continue;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(meaning);
    ++digits;
    const std::size_t have = digits * 6 % 8;
    if (digits % 4 != 1) bytes += static_cast<char>(bits >> have & 255);
  }
  require((digits + paddings) % 4 == 0 && paddings <= 2, ErrorCode::BadFile, [&] {
    return place + ": the base64 text is cut: it has " + textOf(digits) + " characters and " +
           textOf(paddings) + " paddings, together not a multiple of 4";
  });
  return bytes;
}

std::string toBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= have ? kAlphabet[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace cortexscope
