// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "io/packing/base64.h"
#include "io/packing/gzip.h"
#include "io/parsing/text_numbers.h"
#include "io/surfaces/gifti.h"

namespace cortexscope::gifti {
namespace {

std::endian byteOrder(const DataArray& array) {
  if (array.endian == "BigEndian") return std::endian::big;
  require(array.endian == "LittleEndian", ErrorCode::BadFile,
          [&] { return array.place + ": unknown Endian \"" + shown(array.endian) + "\""; });
  return std::endian::little;
}

/// Raw bytes of a binary array, exactly as many as its dimensions say.
std::string binaryData(const DataArray& array, std::size_t byteCount) {
  std::string bytes = fromBase64(array.text, array.place);
  if (array.encoding == "GZipBase64Binary") return inflateExactly(bytes, byteCount, array.place);
  require(array.encoding == "Base64Binary", ErrorCode::BadFile,
          [&] { return array.place + ": unknown Encoding \"" + shown(array.encoding) + "\""; });
  require(bytes.size() == byteCount, ErrorCode::BadFile, [&] {
    return array.place + ": its dimensions claim " + textOf(byteCount) + " bytes; the data have " +
           textOf(bytes.size());
  });
  return bytes;
}

void readText(const DataArray& array, VectorD& inFileOrder) {
  TextNumbers numbers(array.text, array.place + ", text of the data");
  for (double& value : inFileOrder) value = numbers.number("value of " + textOf(inFileOrder.size()));
  require(numbers.atEnd(), ErrorCode::BadFile, [&] {
    return array.place + ": more than the declared " + textOf(inFileOrder.size()) + " values follow";
  });
}

/// Position of an element in row-major order, from its position in column-major order.
Index rowMajorPosition(Index columnMajorPosition, const std::vector<Index>& dims) {
  std::vector<Index> at(dims.size());
  for (std::size_t d = 0; d < dims.size(); ++d) {
    at[d] = columnMajorPosition % dims[d];
    columnMajorPosition /= dims[d];
  }
  Index position = 0;
  for (std::size_t d = 0; d < dims.size(); ++d) position = position * dims[d] + at[d];
  return position;
}

VectorD valuesInFileOrder(const DataArray& array) {
  const Index count = array.rows() * array.cols();
  const NumberType type = numberTypeOf(array);
  if (array.encoding == "ASCII") {
    require(static_cast<std::size_t>(count) <= array.text.size() / 2 + 1, ErrorCode::BadFile, [&] {
      return array.place + ": claims " + textOf(count) + " values; " + textOf(array.text.size()) +
             " characters of text cannot hold them";
    });
    VectorD read(count);
    readText(array, read);
    return read;
  }
  const std::endian order = byteOrder(array);
  const std::string bytes = binaryData(array, static_cast<std::size_t>(count) * bytesPerNumber(type));
  VectorD read(count);
  decodeNumbers({type, order}, bytes.data(), std::span<double>(read.data(), static_cast<std::size_t>(count)));
  return read;
}

}  // namespace

NumberType numberTypeOf(const DataArray& array) {
  if (array.type == "UINT8") return NumberType::UInt8;
  if (array.type == "INT16") return NumberType::Int16;
  if (array.type == "INT32") return NumberType::Int32;
  if (array.type == "FLOAT32") return NumberType::Float32;
  if (array.type == "FLOAT64") return NumberType::Float64;
  throw Error(ErrorCode::Unsupported, array.place + ": values of type \"" + shown(array.type) +
                                          "\" are not read (UINT8, INT16, INT32, FLOAT32, FLOAT64 are)");
}

MatrixD values(const DataArray& array) {
  const VectorD read = valuesInFileOrder(array);
  MatrixD matrix(array.rows(), array.cols());
  for (Index i = 0; i < read.size(); ++i)
    matrix.data()[array.columnMajor ? rowMajorPosition(i, array.dims) : i] = read[i];
  return matrix;
}

}  // namespace cortexscope::gifti
