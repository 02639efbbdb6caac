// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "io/packing/packed_size.h"

namespace cortexscope {

/// Bytes of a file from the start, unpacked on the way when its content is gzip (by content, not by name).
class UnpackingReader {
 public:
  /// Errors   MissingFile; BadFile (not a regular file)
  explicit UnpackingReader(const std::filesystem::path& file);
  ~UnpackingReader();
  UnpackingReader(const UnpackingReader&) = delete;
  UnpackingReader& operator=(const UnpackingReader&) = delete;

  bool packed() const { return m_inflater != nullptr; }
  /// Bytes on disk, and the most that is believed to come out of them.
  std::uintmax_t fileSize() const { return m_fileSize; }
  std::uintmax_t largestUnpackedSize() const { return packed() ? mostUnpackedFrom(m_fileSize) : m_fileSize; }

  /// Fills `into` as far as there are bytes left; returns how many were read, fewer only at the end.
  /// Errors   BadFile if the packed stream is damaged, ends too early or is followed by other bytes
  std::size_t read(std::span<char> into);

 private:
  struct Inflater;
  std::size_t readPacked(std::span<char> into);
  void refill();

  std::filesystem::path m_file;
  std::uintmax_t m_fileSize = 0;
  std::ifstream m_in;
  std::unique_ptr<Inflater> m_inflater;
};

/// Whole contents of a file, unpacked if it is gzip, of at most `maxBytes` when unpacked.
/// Errors   MissingFile; BadFile (larger, damaged, not a regular file)
std::string readUnpacked(const std::filesystem::path& file, std::size_t maxBytes);

/// The size that the last four bytes of a gzip file state, modulo 2^32: its last stream's, unpacked.
/// Errors   MissingFile; BadFile (shorter than a gzip file can be, not a regular file)
std::uint32_t gzipTrailerSize(const std::filesystem::path& file);

/// Unpacks a zlib or gzip stream that must give exactly `size` bytes. `place` is put in front of messages.
/// Errors   BadFile naming both sizes, checked before memory is taken
std::string inflateExactly(std::string_view packed, std::size_t size, const std::string& place);

/// The same for a bare deflate stream, as zip archives have it.
std::string inflateRaw(std::string_view packed, std::size_t size, const std::string& place);

/// The first `most` bytes of a zlib stream, fewer only where it ends before.
/// Errors   BadFile if it is damaged
std::string inflateStart(std::string_view packed, std::size_t most, const std::string& place);

/// The same for a bare deflate stream that claims to give `size` bytes.
/// Errors   BadFile if it is damaged or too short for that many
std::string inflateRawStart(std::string_view packed, std::size_t most, std::uint64_t size,
                            const std::string& place);

/// A zlib stream of these bytes.
std::string deflated(std::string_view bytes);

}  // namespace cortexscope
