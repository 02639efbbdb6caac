// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortexscope {

/// A value of the small part of Python's literals that array headers use. Private to io.
struct PythonLiteral {
  struct None {};
  struct List {
    std::vector<PythonLiteral> items;
    bool isTuple = false;
  };
  struct Dict {
    std::vector<std::string> keys;
    std::vector<PythonLiteral> values;  ///< one per key; no pairs, because clang wants their parts complete
  };
  std::variant<None, bool, std::int64_t, std::string, List, Dict> value;
};

/// Parses one literal: strings without escapes, whole numbers, True, False, None, tuples, lists, and
/// dictionaries with string keys. Nothing is ever evaluated.
/// Errors   BadFile: "expected ... at character 12" and the like, without the file's name
/// Limits   nesting of at most 16 levels
PythonLiteral parsePythonLiteral(std::string_view text);

}  // namespace cortexscope
