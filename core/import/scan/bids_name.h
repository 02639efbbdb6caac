// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cortexscope {

/// A file's name taken apart the way BIDS puts names together.
struct BidsName {
  std::map<std::string, std::string, std::less<>> entities;  ///< "sub" -> "01"
  std::string suffix;                                        ///< "bold"; empty where the name ends in a pair
  std::string extension;                                     ///< with its first dot: ".func.gii"

  /// Value of an entity; empty where the name lacks it.
  std::string operator[](std::string_view key) const;
};

/// An empty optional for names that are not built of key-value pairs ("S01_responses.hdf", "notes.txt"), or
/// that have one key twice.
std::optional<BidsName> parseBidsName(std::string_view fileName);

}  // namespace cortexscope
