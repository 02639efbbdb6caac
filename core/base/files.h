// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace cortexscope {

/// Writes a file so that a reader sees the old contents or the new, never half of them: a temporary file in
/// the same folder, flushed to the disk, then renamed over `file`. Missing folders are made.
/// Errors   Io, naming the file and the system's reason (disk full, no permission); the old file is untouched
///          then
void writeFileAtomically(const std::filesystem::path& file, const std::function<void(std::ostream&)>& write);
/// Same; a file that holds just these bytes already is left alone, so that its time tells when it last
/// changed.
void writeFileAtomically(const std::filesystem::path& file, std::string_view contents);

/// The two halves of writeFileAtomically, for writers that keep the file open longer: a fresh name beside
/// `file` (missing folders are made), and the flush and rename that put the finished temporary file in its
/// place.
std::filesystem::path temporaryPathFor(const std::filesystem::path& file);
void replaceFile(const std::filesystem::path& temporary, const std::filesystem::path& file);

/// Both halves together: what was written to path() gets its name with commit(), or goes with this object.
class PendingFile {
 public:
  explicit PendingFile(const std::filesystem::path& file)
      : m_file(file), m_temporary(temporaryPathFor(file)) {}
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::filesystem::path& path() const { return m_temporary; }
  void commit() const { replaceFile(m_temporary, m_file); }

 private:
  std::filesystem::path m_file, m_temporary;
};

/// Whole contents of a file of at most `maxBytes`; throws MissingFile, BadFile if larger or not a regular
/// file.
std::string readTextFile(const std::filesystem::path& file, std::size_t maxBytes = std::size_t{64} << 20);

/// Size of a regular file in bytes. A missing file, a folder or a pipe is an error that says so.
std::uintmax_t regularFileSize(const std::filesystem::path& file);

/// A file's bytes mapped read-only into memory for as long as this object lives.
class MappedFile {
 public:
  /// Errors   MissingFile, BadFile (not a regular file), Io
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(m_data), m_size}; }
  std::string_view text() const {
    return {static_cast<const char*>(m_data), m_size};
  }  ///< the same as characters

 private:
  const void* m_data = nullptr;
  std::size_t m_size = 0;
};

}  // namespace cortexscope
