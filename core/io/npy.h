#pragma once

#include <filesystem>
#include <fstream>
#include <memory>

#include "base/files.h"
#include "base/matrix.h"

namespace cortexscope {

/// Reads a 1-D or 2-D .npy array of any numeric type, order and byte order as float32 (1-D: one column).
/// Errors   MissingFile; BadFile naming the place (magic, header, shape against file size); Unsupported for objects,
///          text and structures (never evaluated, never unpickled) and for more than two dimensions
MatrixF readNpy(const std::filesystem::path& file);

/// Same, as float64.
MatrixD readNpyDouble(const std::filesystem::path& file);

/// Writes little-endian float32 in C order, version 1.0, atomically. A vector is written as a 1-D array.
void writeNpy(const std::filesystem::path& file, const ConstMatrixRefF& values);
void writeNpy(const std::filesystem::path& file, const VectorF& values);

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
  std::filesystem::path m_file;
  std::filesystem::path m_temporary;
  std::ofstream m_out;
  Index m_rows, m_cols, m_written = 0;
  bool m_finished = false;
};

}  // namespace cortexscope
