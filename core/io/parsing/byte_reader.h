// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {

/// A number stored at `bytes`, which may have any alignment.
template <class T>
requires std::is_arithmetic_v<T> T numberAt(const char* bytes, std::endian order) {
  char copy[sizeof(T)];
  std::memcpy(copy, bytes, sizeof(T));
  if (order != std::endian::native) std::reverse(copy, copy + sizeof(T));
  T value;
  std::memcpy(&value, copy, sizeof(T));
  return value;
}

/// Reads fields one after the other from the contents of a file; never past the end.
/// Errors   BadFile naming the file, the field, the byte and what is missing
class ByteReader {
 public:
  ByteReader(std::string_view contents, std::endian order, std::string file)
      : m_contents(contents), m_order(order), m_file(std::move(file)) {}

  template <class T>
  T number(std::string_view field) {
    return numberAt<T>(bytes(sizeof(T), field).data(), m_order);
  }

  std::string_view bytes(std::size_t count, std::string_view field) {
    require(count <= remaining(), ErrorCode::BadFile, [&] {
      return m_file + ": ends inside " + std::string(field) + ": " + textOf(count) +
             " bytes are needed from byte " + textOf(m_position) + ", the file has " +
             textOf(m_contents.size()) + " bytes";
    });
    const std::string_view taken = m_contents.substr(m_position, count);
    m_position += count;
    return taken;
  }

  /// A count whose items take `bytesEach`: refused unless so many items can still follow.
  std::size_t count(std::string_view items, std::size_t bytesEach) {
    const auto claimed = number<std::int32_t>("the number of " + std::string(items));
    checkCount(claimed, items, bytesEach);
    return static_cast<std::size_t>(claimed);
  }

  void checkCount(std::int64_t claimed, std::string_view items, std::size_t bytesEach) const {
    require(claimed >= 0 && static_cast<std::uint64_t>(claimed) <= remaining() / bytesEach,
            ErrorCode::BadFile, [&] {
              return m_file + ": claims " + textOf(claimed) + " " + std::string(items) + " of " +
                     textOf(bytesEach) + " bytes each; " + textOf(remaining()) + " of the file's " +
                     textOf(m_contents.size()) + " bytes are left for them";
            });
  }

  std::size_t remaining() const { return m_contents.size() - m_position; }
  std::size_t position() const { return m_position; }
  const std::string& file() const { return m_file; }

 private:
  std::string_view m_contents;
  std::endian m_order;
  std::string m_file;
  std::size_t m_position = 0;
};

}  // namespace cortexscope
