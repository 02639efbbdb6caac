// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>

#include "base/files.h"
#include "base/matrix.h"

namespace cortexscope {

/// Reads a .npy array (format 1 to 3) of booleans, integers or real numbers, any order and byte order, as
/// float32. A single number becomes 1 x 1, a 1-D array one column.
/// Errors   MissingFile; BadFile naming the place (magic, header, shape against file size, a finite number
///          beyond float32); Unsupported for objects, text, complex numbers and structures (never evaluated,
///          never unpickled) and for more than two dimensions
/// Limits   integers beyond 2^24 are rounded; NaN and infinite values are passed on
MatrixF readNpy(const std::filesystem::path& file);

/// Same, as float64. Integers beyond 2^53 are rounded.
MatrixD readNpyDouble(const std::filesystem::path& file);

/// Writes little-endian float32 in C order, version 1.0, atomically: the same bytes as numpy.save.
void writeNpy(const std::filesystem::path& file, const ConstMatrixRefF& values);
/// Same, as a 1-D array.
void writeNpyVector(const std::filesystem::path& file, std::span<const float> values);
/// Same, float64.
void writeNpyVector(const std::filesystem::path& file, std::span<const double> values);
/// Same, 64-bit integers.
void writeNpyVector(const std::filesystem::path& file, std::span<const std::int64_t> values);
/// A VectorF becomes a 1-D array. (A template, because a plain overload would make blocks of matrices
/// ambiguous.)
template <std::same_as<VectorF> Vector>
void writeNpy(const std::filesystem::path& file, const Vector& values) {
  writeNpyVector(file, {values.data(), static_cast<std::size_t>(values.size())});
}

/// A 2-D float32 C-order .npy file used in place: rows are read from disk when touched.
class MappedMatrix {
 public:
  /// Errors   as readNpy; Unsupported if the file is not little-endian float32 in C order with two dimensions
  explicit MappedMatrix(const std::filesystem::path& file);

  Index rows() const { return m_view.rows(); }
  Index cols() const { return m_view.cols(); }
  const Eigen::Map<const MatrixF>& view() const { return m_view; }
  /// Row `row`, contiguous.
  const float* row(Index row) const { return m_view.data() + row * m_view.cols(); }

 private:
  std::shared_ptr<const MappedFile> m_file;
  Eigen::Map<const MatrixF> m_view{nullptr, 0, 0};
};

/// Writes a 2-D float32 .npy file row by row, for matrices that never are in memory as a whole.
/// The file appears under its name only after finish(); without it nothing is left behind.
class NpyRowWriter {
 public:
  NpyRowWriter(const std::filesystem::path& file, Index rows, Index cols);
  ~NpyRowWriter();
  NpyRowWriter(const NpyRowWriter&) = delete;
  NpyRowWriter& operator=(const NpyRowWriter&) = delete;

  /// Appends rows; throws Io (disk full) naming the file.
  void append(const ConstMatrixRefF& rows);
  /// Errors   BadShape if fewer or more rows than announced were appended; Io
  void finish();

 private:
  void discard();
  [[noreturn]] void fail(const std::string& what);

  std::filesystem::path m_file;
  std::filesystem::path m_temporary;
  std::ofstream m_out;
  Index m_rows, m_cols, m_written = 0;
  bool m_finished = false;
};

}  // namespace cortexscope
