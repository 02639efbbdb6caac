#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cortexscope {

/// What the header of a .npy file says, checked against the file's size. Private to io.
struct NpyHeader {
  char kind = 0;              ///< 'b' boolean, 'i' signed, 'u' unsigned, 'f' real
  std::size_t itemBytes = 0;  ///< bytes of one number
  bool bigEndian = false;
  bool fortranOrder = false;
  std::vector<std::int64_t> shape;  ///< at most two sizes, none negative
  std::size_t dataOffset = 0;       ///< bytes before the first number

  std::int64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  std::int64_t cols() const { return shape.size() < 2 ? 1 : shape[1]; }
};

/// Reads and checks the header at the start of a file's bytes; `file` is for messages alone.
/// Errors   BadFile (magic, version, header, shape against size), Unsupported (types and dimensions)
NpyHeader parseNpyHeader(std::span<const std::byte> bytes, const std::filesystem::path& file);

/// The bytes that come before the numbers of a little-endian C-order array of float32 (or `type`, "<f8"), as
/// numpy.save writes them.
std::string npyHeaderText(const std::vector<std::int64_t>& shape, std::string_view type = "<f4");

}  // namespace cortexscope
