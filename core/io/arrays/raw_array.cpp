// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/raw_array.h"

#include <cmath>
#include <new>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 14;

/// "row 2, column 0", or the indices where there are more than two of them.
std::string placeWords(std::vector<std::int64_t> index) {
  if (index.empty()) return "its one number";
  if (index.size() <= 2)
    return "row " + textOf(index[0]) + ", column " + textOf(index.size() < 2 ? 0 : index[1]);
  return "index " + shapeWords(index);
}

/// Goes over the numbers in file order and tells where each belongs in row-major order.
class RowMajorPositions {
 public:
  RowMajorPositions(const std::vector<std::int64_t>& shape, bool columnMajor)
      : m_shape(shape), m_index(shape.size(), 0), m_columnMajor(columnMajor && shape.size() > 1) {
    m_stride.assign(shape.size(), 1);
    for (std::size_t d = shape.size(); d-- > 1;) m_stride[d - 1] = m_stride[d] * shape[d];
  }

  std::int64_t next() {
    if (!m_columnMajor) return m_position++;
    const std::int64_t position = m_position;
    for (std::size_t d = 0; d < m_shape.size(); ++d) {
      m_position += m_stride[d];
      if (++m_index[d] < m_shape[d]) break;
      m_position -= m_stride[d] * m_shape[d];
      m_index[d] = 0;
    }
    return position;
  }

  std::vector<std::int64_t> indexOf(std::int64_t position) const {
    std::vector<std::int64_t> index;
    for (const std::int64_t stride : m_stride) {
      index.push_back(position / stride);
      position %= stride;
    }
    return index;
  }

 private:
  const std::vector<std::int64_t>& m_shape;
  std::vector<std::int64_t> m_index, m_stride;
  bool m_columnMajor;
  std::int64_t m_position = 0;
};

template <class Action>
void forBlocks(const RawArray& array, Action action) {
  std::vector<double> block(std::min<std::size_t>(kBlock, static_cast<std::size_t>(array.count())));
  const std::size_t each = bytesPerNumber(array.numbers.type);
  for (std::size_t done = 0; done < static_cast<std::size_t>(array.count());) {
    const std::size_t count = std::min(kBlock, static_cast<std::size_t>(array.count()) - done);
    const std::span<double> part(block.data(), count);
    decodeNumbers(array.numbers, array.bytes.data() + done * each, part);
    action(std::span<const double>(part));
    done += count;
  }
}

template <class Out>
void fill(const RawArray& array, Out* values) {
  RowMajorPositions positions(array.shape, array.columnMajor);
  forBlocks(array, [&](std::span<const double> block) {
    for (const double wide : block) {
      const std::int64_t position = positions.next();
      const auto value = static_cast<Out>(wide);
      require(std::isfinite(value) || !std::isfinite(wide), ErrorCode::BadFile, [&] {
        return array.place + ": the number " + textOf(wide) + " at " +
               placeWords(positions.indexOf(position)) + " is beyond the range of float32";
      });
      values[position] = value;
    }
  });
}

template <class Make>
auto withMemory(const RawArray& array, Make make) {
  try {
    return make();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory,
                array.place + ": no memory for " + shapeWords(array.shape) + " numbers");
  }
}

template <class Matrix>
Matrix matrix(const RawArray& array) {
  require(array.shape.size() <= 2, ErrorCode::Unsupported, [&] {
    return array.place + ": the array has " + textOf(array.shape.size()) + " dimensions; at most 2 are read";
  });
  return withMemory(array, [&] {
    Matrix values(array.shape.empty() ? 1 : array.shape[0], array.shape.size() < 2 ? 1 : array.shape[1]);
    fill(array, values.data());
    return values;
  });
}

}  // namespace

NumberSummary summaryOf(const RawArray& array) {
  NumberSummarizer summarizer;
  forBlocks(array, [&](std::span<const double> block) { summarizer.add(block); });
  return summarizer.summary();
}

std::vector<float> rowMajorValues(const RawArray& array) {
  return withMemory(array, [&] {
    std::vector<float> values(static_cast<std::size_t>(array.count()));
    fill(array, values.data());
    return values;
  });
}

MatrixF matrixOf(const RawArray& array) {
  return matrix<MatrixF>(array);
}
MatrixD matrixDoubleOf(const RawArray& array) {
  return matrix<MatrixD>(array);
}

}  // namespace cortexscope
