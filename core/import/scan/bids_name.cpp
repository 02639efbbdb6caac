#include "import/scan/bids_name.h"

#include <algorithm>

namespace cortexscope {
namespace {

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

bool addPair(const std::string& pair, BidsName& name) {
  const std::size_t dash = pair.find('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == pair.size()) return false;
  const std::string key = pair.substr(0, dash);
  if (!std::all_of(key.begin(), key.end(), isLetter)) return false;
  return name.entities.emplace(key, pair.substr(dash + 1)).second;
}

}  // namespace

std::string BidsName::operator[](std::string_view key) const {
  const auto found = entities.find(key);
  return found == entities.end() ? std::string() : found->second;
}

std::optional<BidsName> parseBidsName(std::string_view fileName) {
  BidsName name;
  const std::size_t last = fileName.rfind('_');
  const std::size_t dot = fileName.find('.', last == std::string_view::npos ? 0 : last);
  if (dot != std::string_view::npos) name.extension = lowerCase(fileName.substr(dot));
  std::string_view left = fileName.substr(0, dot);
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('_'), left.size());
    const std::string part(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
    if (addPair(part, name)) continue;
    if (!left.empty() || part.find('-') != std::string::npos) return std::nullopt;
    name.suffix = part;
  }
  if (name.entities.empty()) return std::nullopt;
  return name;
}

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

}  // namespace cortexscope
