// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/parsing/numbers.h"

#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/byte_reader.h"

namespace cortexscope {
namespace {

struct TypeFacts {
  std::size_t bytes;
  std::string_view name;
};
constexpr std::array<TypeFacts, 12> kTypes{{{1, "bool"},
                                            {1, "int8"},
                                            {1, "uint8"},
                                            {2, "int16"},
                                            {2, "uint16"},
                                            {4, "int32"},
                                            {4, "uint32"},
                                            {8, "int64"},
                                            {8, "uint64"},
                                            {2, "float16"},
                                            {4, "float32"},
                                            {8, "float64"}}};

/// Value of an IEEE half-precision number, which C++20 has no type for.
double halfValue(std::uint16_t bits) {
  const double sign = bits & 0x8000u ? -1.0 : 1.0;
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return exponent == 0 ? sign * std::ldexp(fraction, -24) : sign * std::ldexp(1024 + fraction, exponent - 25);
}

template <class Stored, class Out, class Value>
void decodeAs(std::endian order, const char* bytes, std::span<Out> into, Value value) {
  // The order is chosen outside the loop, so that the loop becomes a few vector instructions.
  if (order == std::endian::native)
    for (std::size_t i = 0; i < into.size(); ++i)
      into[i] = static_cast<Out>(value(numberAt<Stored>(bytes + i * sizeof(Stored), std::endian::native)));
  else
    for (std::size_t i = 0; i < into.size(); ++i)
      into[i] = static_cast<Out>(value(numberAt<Stored>(bytes + i * sizeof(Stored), order)));
}

template <class Out>
void decode(NumberFormat format, const char* bytes, std::span<Out> into) {
  const auto same = [](auto number) { return number; };
  switch (format.type) {
    case NumberType::Bool:
      return decodeAs<std::uint8_t>(format.order, bytes, into, [](std::uint8_t b) { return b != 0 ? 1 : 0; });
    case NumberType::Int8:
      return decodeAs<std::int8_t>(format.order, bytes, into, same);
    case NumberType::UInt8:
      return decodeAs<std::uint8_t>(format.order, bytes, into, same);
    case NumberType::Int16:
      return decodeAs<std::int16_t>(format.order, bytes, into, same);
    case NumberType::UInt16:
      return decodeAs<std::uint16_t>(format.order, bytes, into, same);
    case NumberType::Int32:
      return decodeAs<std::int32_t>(format.order, bytes, into, same);
    case NumberType::UInt32:
      return decodeAs<std::uint32_t>(format.order, bytes, into, same);
    case NumberType::Int64:
      return decodeAs<std::int64_t>(format.order, bytes, into, same);
    case NumberType::UInt64:
      return decodeAs<std::uint64_t>(format.order, bytes, into, same);
    case NumberType::Float16:
      return decodeAs<std::uint16_t>(format.order, bytes, into, halfValue);
    case NumberType::Float32:
      return decodeAs<float>(format.order, bytes, into, same);
    case NumberType::Float64:
      return decodeAs<double>(format.order, bytes, into, [](double number) {
        constexpr double kLargest = std::numeric_limits<float>::max();
        if (std::is_same_v<Out, float> && std::isfinite(number) && std::abs(number) > kLargest)
          return std::copysign(std::numeric_limits<double>::infinity(), number);
        return number;
      });
  }
}

}  // namespace

std::size_t bytesPerNumber(NumberType type) {
  return kTypes[static_cast<std::size_t>(type)].bytes;
}
std::string_view nameOf(NumberType type) {
  return kTypes[static_cast<std::size_t>(type)].name;
}

void decodeNumbers(NumberFormat format, const char* bytes, std::span<double> into) {
  decode(format, bytes, into);
}
void decodeNumbers(NumberFormat format, const char* bytes, std::span<float> into) {
  decode(format, bytes, into);
}

std::int64_t checkedCount(std::span<const std::int64_t> shape, std::size_t bytesEach,
                          const std::string& place) {
  const std::int64_t most = (std::int64_t{1} << 62) / static_cast<std::int64_t>(bytesEach);
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t size : shape) {
    require(size >= 0, ErrorCode::BadFile,
            [&] { return place + ": a dimension has the negative size " + textOf(size); });
    empty = empty || size == 0;
    require(size == 0 || count <= most / size, ErrorCode::BadFile, [&] {
      return place + ": the shape " + shapeWords(shape) + " of " + textOf(bytesEach) +
             "-byte numbers is beyond 2^62 bytes";
    });
    if (size != 0) count *= size;
  }
  return empty ? 0 : count;
}

std::string shapeWords(std::span<const std::int64_t> shape) {
  if (shape.empty()) return "one number";
  std::string words;
  for (const std::int64_t size : shape) words += (words.empty() ? "" : " x ") + textOf(size);
  return words;
}

}  // namespace cortexscope
