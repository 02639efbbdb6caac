// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cortexscope {

/// The numbers that files hold. Complex and extended ones are refused by the readers.
enum class NumberType {
  Bool,
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  UInt32,
  Int64,
  UInt64,
  Float16,
  Float32,
  Float64
};

/// How numbers lie in a file.
struct NumberFormat {
  NumberType type = NumberType::Float32;
  std::endian order = std::endian::little;
};

std::size_t bytesPerNumber(NumberType type);

/// NumPy's name of the type: "uint8", "float64".
std::string_view nameOf(NumberType type);

/// Converts `into.size()` numbers that lie one after the other at `bytes` (any alignment). A boolean is 0 or
/// 1; numbers beyond float32 become infinite there.
void decodeNumbers(NumberFormat format, const char* bytes, std::span<double> into);
void decodeNumbers(NumberFormat format, const char* bytes, std::span<float> into);

/// Number of elements of a shape; 1 for no dimensions.
/// Errors   BadFile if a size is negative or the elements of `bytesEach` pass 2^62 bytes; the message follows
///          `place`
std::int64_t checkedCount(std::span<const std::int64_t> shape, std::size_t bytesEach,
                          const std::string& place);

/// "4 x 5 x 7"; "one number" for no dimensions.
std::string shapeWords(std::span<const std::int64_t> shape);

}  // namespace cortexscope
