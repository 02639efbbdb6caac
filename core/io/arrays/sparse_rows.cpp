// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/sparse_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

[[noreturn]] void fail(const NpzReader& reader, const std::string& array, const std::string& what) {
  throw Error(ErrorCode::BadFile, reader.file().string() + ", \"" + array + "\": " + what);
}

void checkFormat(const NpzReader& reader) {
  const std::string format = reader.bytes("format");
  require(format.ends_with("csr") || format.ends_with(std::string("c\0\0\0s\0\0\0r\0\0\0", 12)),
          ErrorCode::Unsupported,
          [&] { return reader.file().string() + ": holds no sparse matrix in compressed rows (csr)"; });
}

std::vector<float> valuesIn(const NpzReader& reader) {
  const MatrixD data = reader.numbers("data");
  if (data.cols() != 1) fail(reader, "data", "is no list of numbers");
  std::vector<float> values(std::size_t(data.rows()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = float(data(Index(i), 0));
    if (!std::isfinite(values[i])) fail(reader, "data", "the value in place " + textOf(i) + " is not finite");
  }
  return values;
}

/// Starts of rows, and the rows' columns, fit each other and the values.
void checkRows(const NpzReader& reader, const std::vector<std::int64_t>& starts,
               const std::vector<std::int64_t>& columns, std::size_t values, std::int64_t rows) {
  if (columns.size() != values)
    fail(reader, "indices", "has " + textOf(columns.size()) + " numbers, the data have " + textOf(values));
  if (std::ssize(starts) != rows + 1 || starts.front() != 0 || std::size_t(starts.back()) != values ||
      !std::is_sorted(starts.begin(), starts.end()))
    fail(reader, "indptr",
         textOf(rows + 1) + " rising numbers from 0 to " + textOf(values) + " are expected");
  for (std::size_t row = 0; row + 1 < starts.size(); ++row)
    for (std::int64_t i = starts[row] + 1; i < starts[row + 1]; ++i)
      if (columns[std::size_t(i)] <= columns[std::size_t(i) - 1])
        fail(reader, "indices", "columns of row " + textOf(row) + " do not rise");
}

}  // namespace

void addSparseRows(NpzWriter& writer, const SparseRows& matrix) {
  SparseRows packed = matrix;
  packed.makeCompressed();
  const auto rows = std::size_t(packed.rows()), values = std::size_t(packed.nonZeros());
  writer.add("indices", std::span<const std::int32_t>(packed.innerIndexPtr(), values));
  writer.add("indptr", std::span<const std::int32_t>(packed.outerIndexPtr(), rows + 1));
  writer.addText("format", "csr");
  const std::vector<std::int64_t> shape{packed.rows(), packed.cols()};
  writer.add("shape", std::span<const std::int64_t>(shape));
  writer.add("data", std::span<const float>(packed.valuePtr(), values));
}

SparseRows sparseRowsIn(const NpzReader& reader) {
  checkFormat(reader);
  const std::vector<std::int64_t> shape = reader.wholeNumbers("shape", kMost);
  if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1)
    fail(reader, "shape", "two numbers above 0 are expected");
  const std::vector<float> values = valuesIn(reader);
  const std::vector<std::int64_t> columns = reader.wholeNumbers("indices", shape[1] - 1);
  const std::vector<std::int64_t> starts =
      reader.wholeNumbers("indptr", std::min(kMost, std::int64_t(values.size())));
  checkRows(reader, starts, columns, values.size(), shape[0]);
  const std::vector<std::int32_t> inner(columns.begin(), columns.end()), outer(starts.begin(), starts.end());
  return Eigen::Map<const SparseRows>(shape[0], shape[1], Index(values.size()), outer.data(), inner.data(),
                                      values.data());
}

}  // namespace cortexscope
