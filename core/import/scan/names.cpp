// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/scan/names.h"

#include <algorithm>
#include <array>

namespace cortexscope {
namespace {

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// Bytes of the valid, printable UTF-8 character at the start; 0 where there is none.
std::size_t characterBytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool beyond = first == 0xf4 && second >= 0x90;
  const bool control = first == 0xc2 && second < 0xa0;
  return overlong || surrogate || beyond || control ? 0 : length;
}

std::string_view digitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && isDigit(text[end])) ++end;
  return text.substr(at, end - at);
}

std::string_view withoutZeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

template <class Endings>
bool endsInOneOf(const std::string& name, const Endings& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const char* ending) { return name.ends_with(ending); });
}

}  // namespace

bool naturalLess(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (isDigit(a[i]) && isDigit(b[j])) {
      const std::string_view first = digitsAt(a, i), second = digitsAt(b, j);
      const std::string_view x = withoutZeros(first), y = withoutZeros(second);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      i += first.size();
      j += second.size();
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i, ++j;
    }
  }
  if (i == a.size() && j == b.size()) return a < b;
  return i == a.size();
}

bool isPrintableUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = characterBytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = characterBytes(text);
    shown += length == 0 ? std::string_view("?") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string lowerFolderName(const std::filesystem::path& file) {
  return lowerCase(file.parent_path().filename().string());
}

bool isFilmName(const std::string& lowerName) {
  static constexpr std::array kEndings = {".mp4", ".mkv", ".avi",  ".mov", ".webm", ".m4v",
                                          ".mpg", ".wmv", ".mpeg", ".ogv", ".flv"};
  return endsInOneOf(lowerName, kEndings);
}
bool isSoundName(const std::string& lowerName) {
  static constexpr std::array kEndings = {".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac"};
  return endsInOneOf(lowerName, kEndings);
}
bool isPictureName(const std::string& lowerName) {
  static constexpr std::array kEndings = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"};
  return endsInOneOf(lowerName, kEndings);
}

bool isHdf5Name(const std::string& lowerName) {
  return endsInOneOf(lowerName, std::array{".h5", ".hdf5", ".hdf"});
}
bool isArrayName(const std::string& lowerName) {
  return isHdf5Name(lowerName) || endsInOneOf(lowerName, std::array{".npy", ".npz", ".mat"});
}

}  // namespace cortexscope
