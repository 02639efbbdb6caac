// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/matrix.h"

namespace cortexscope {

/// Columns of a 2-D .npy file of float32 or float64, in either order, read as float32 without having the file
/// in memory. Read, not mapped: mapped pages would count as the program's memory, and a file that shrinks
/// would end it.
class NpyColumns {
 public:
  /// Errors   as readNpy; Unsupported for other number types
  explicit NpyColumns(const std::filesystem::path& file);
  ~NpyColumns();
  NpyColumns(NpyColumns&&) noexcept;
  NpyColumns(const NpyColumns&) = delete;
  NpyColumns& operator=(const NpyColumns&) = delete;

  Index rows() const { return m_rows; }
  Index cols() const { return m_cols; }
  const std::filesystem::path& file() const { return m_file; }
  /// Columns [first, first + count); several threads may read at once.
  /// Errors   Io naming the place
  MatrixF read(Index first, Index count) const;

 private:
  std::filesystem::path m_file;
  int m_descriptor = -1;
  Index m_rows = 0, m_cols = 0;
  std::size_t m_itemBytes = 4, m_dataOffset = 0;
  bool m_fortranOrder = false;
};

/// A 2-D float32 .npy file (C order) written some columns at a time, in any order, also over several runs of
/// the program: an existing file of the right size is gone on with.
class NpyColumnWriter {
 public:
  NpyColumnWriter(const std::filesystem::path& file, Index rows, Index cols);
  ~NpyColumnWriter();
  NpyColumnWriter(const NpyColumnWriter&) = delete;
  NpyColumnWriter& operator=(const NpyColumnWriter&) = delete;

  /// Columns [first, first + values.cols()); several threads may write different columns at once.
  /// Errors   Io
  void write(Index first, const ConstMatrixRefF& values);

 private:
  std::filesystem::path m_file;
  int m_descriptor = -1;
  Index m_rows, m_cols;
  std::size_t m_dataOffset = 0;
};

}  // namespace cortexscope
