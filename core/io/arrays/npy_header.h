// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/arrays/raw_array.h"

namespace cortexscope {

/// What the header of a .npy file says, checked against the file's size. Private to io.
struct NpyHeader {
  NumberFormat numbers;
  bool fortranOrder = false;
  std::vector<std::int64_t> shape;  ///< none negative
  std::size_t dataOffset = 0;       ///< bytes before the first number
};

/// Reads and checks the header at the start of a file's bytes; `place` is for messages alone.
/// Errors   BadFile (magic, version, header, shape against size), Unsupported (types)
NpyHeader parseNpyHeader(std::string_view bytes, const std::string& place);

/// The same where `start` holds only the first bytes of a file of `fileBytes`.
NpyHeader parseNpyHeader(std::string_view start, std::uint64_t fileBytes, const std::string& place);

/// With this many bytes at the start every header that is read at all is complete.
inline constexpr std::size_t kLongestNpyStart = (std::size_t{1} << 20) + 12;

/// The array in the bytes of a whole .npy file, which `owner` keeps alive.
RawArray npyArray(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& place);

/// The bytes that come before the numbers of a little-endian C-order array of float32 (or `type`, "<f8"), as
/// numpy.save writes them.
std::string npyHeaderText(const std::vector<std::int64_t>& shape, std::string_view type = "<f4");

}  // namespace cortexscope
