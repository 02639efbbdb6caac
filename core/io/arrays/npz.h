// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/matrix.h"

namespace cortexscope {

/// Arrays of numbers and short texts in one .npz archive, each unpacked when it is asked for.
class NpzReader {
 public:
  /// Errors   MissingFile; BadFile (no archive, damaged directory); Unsupported (encrypted, split)
  explicit NpzReader(const std::filesystem::path& file);

  const std::filesystem::path& file() const { return m_file; }
  bool has(const std::string& name) const;
  /// A single number is 1 x 1, a 1-D array one column. Whole numbers beyond 2^53 are rounded.
  /// Errors   BadFile if it is not there, or damaged; Unsupported for other things than numbers
  MatrixD numbers(const std::string& name) const;
  /// A 1-D array of whole numbers from 0 to `largest`.
  /// Errors   as numbers(); BadFile naming the first that is none, and its place
  std::vector<std::int64_t> wholeNumbers(const std::string& name, std::int64_t largest) const;
  /// The array's bytes as they lie in the archive, with its header: for texts, which are not parsed.
  std::string bytes(const std::string& name) const;

 private:
  std::filesystem::path m_file;
  std::shared_ptr<const MappedFile> m_mapped;
};

/// Puts arrays into one archive, uncompressed, as numpy.savez does.
class NpzWriter {
 public:
  void add(const std::string& name, std::span<const float> values);
  void add(const std::string& name, std::span<const std::int32_t> values);
  void add(const std::string& name, std::span<const std::int64_t> values);
  void add(const std::string& name, const MatrixD& values);
  /// ASCII, as NumPy keeps b"text".
  void addText(const std::string& name, const std::string& text);

  /// Atomically; the same arrays give the same bytes.
  /// Errors   Io; Unsupported for 4 GiB and more
  void write(const std::filesystem::path& file) const;

 private:
  std::vector<std::pair<std::string, std::string>> m_arrays;  ///< name, bytes of the .npy file
};

}  // namespace cortexscope
