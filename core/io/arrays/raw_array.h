// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/matrix.h"
#include "io/parsing/number_summary.h"
#include "io/parsing/numbers.h"

namespace cortexscope {

/// An array of numbers as a file holds it, its size checked against its bytes. Private to io.
struct RawArray {
  std::string place;  ///< file and name of the array, for messages
  std::vector<std::int64_t> shape;
  NumberFormat numbers;
  bool columnMajor = false;           ///< the first index runs fastest (Fortran, MATLAB)
  std::string_view bytes;             ///< count() numbers
  std::shared_ptr<const void> owner;  ///< keeps the bytes alive

  std::int64_t count() const {
    return static_cast<std::int64_t>(bytes.size() / bytesPerNumber(numbers.type));
  }
};

NumberSummary summaryOf(const RawArray& array);

/// All values in row-major order, whatever the order in the file. Whole numbers beyond 2^24 are rounded.
/// Errors   BadFile for a finite number beyond float32, naming its place; OutOfMemory
std::vector<float> rowMajorValues(const RawArray& array);

/// The array as a matrix: a single number is 1 x 1, a 1-D array one column.
/// Errors   as rowMajorValues; Unsupported for more than two dimensions
MatrixF matrixOf(const RawArray& array);
/// Same, as float64. Whole numbers beyond 2^53 are rounded.
MatrixD matrixDoubleOf(const RawArray& array);

}  // namespace cortexscope
