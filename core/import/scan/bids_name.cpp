// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/scan/bids_name.h"

#include <algorithm>

#include "import/scan/names.h"

namespace cortexscope {
namespace {

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

}  // namespace cortexscope
