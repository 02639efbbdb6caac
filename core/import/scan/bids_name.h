#pragma once

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

/// The order people expect of numbered names: "run-2" before "run-10". Names that differ in zeros alone
/// ("run-02", "run-2") are told apart by the plain order of their bytes.
bool naturalLess(std::string_view a, std::string_view b);

/// True for valid UTF-8 without control characters: a name that a table and a JSON file can hold.
bool isPrintableUtf8(std::string_view text);

/// The text with every byte that isPrintableUtf8 refuses shown as '?'.
std::string printable(std::string_view text);

/// ASCII letters made small.
std::string lowerCase(std::string_view text);

}  // namespace cortexscope
