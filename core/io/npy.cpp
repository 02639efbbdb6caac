#include "io/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <new>
#include <system_error>

#include "base/error.h"
#include "io/npy_header.h"

namespace cortexscope {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

/// Bit pattern of the IEEE half-precision numbers, which C++20 has no type for.
struct Half {
  std::uint16_t bits;
};

double toDouble(Half half) {
  const double sign = half.bits & 0x8000u ? -1.0 : 1.0;
  const int exponent = half.bits >> 10 & 31;
  const int fraction = half.bits & 1023;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return exponent == 0 ? sign * std::ldexp(fraction, -24) : sign * std::ldexp(1024 + fraction, exponent - 25);
}

template <class Number>
double toDouble(Number number) {
  return static_cast<double>(number);
}

template <class Number>
Number load(const std::byte* from, bool swap) {
  std::array<std::byte, sizeof(Number)> bytes;
  std::memcpy(bytes.data(), from, sizeof(Number));
  if (swap) std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<Number>(bytes);
}

/// Where a message should point: the row and column of the number at position `i` of a C-order result.
std::string place(Index i, Index cols) {
  return "row " + std::to_string(i / cols) + ", column " + std::to_string(i % cols);
}

template <class Number, class Matrix>
Matrix convert(const NpyHeader& header, const std::byte* data) {
  using Scalar = typename Matrix::Scalar;
  Matrix values(header.rows(), header.cols());
  const Index rows = values.rows(), cols = values.cols();
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const Index position = header.fortranOrder ? col * rows + row : row * cols + col;
      const auto number =
          load<Number>(data + static_cast<std::size_t>(position) * sizeof(Number), header.bigEndian);
      const double wide = toDouble(number);
      const auto value = static_cast<Scalar>(wide);
      require(std::isfinite(value) || !std::isfinite(wide), ErrorCode::BadFile, [&] {
        return "the number " + std::to_string(wide) + " at " + place(row * cols + col, cols) +
               " is beyond the range of float32";
      });
      values(row, col) = value;
    }
  }
  return values;
}

template <class Matrix>
Matrix convertByType(const NpyHeader& header, const std::byte* data) {
  switch (header.kind) {
    case 'b':
      return (convert<std::uint8_t, Matrix>(header, data).array() != 0)
          .template cast<typename Matrix::Scalar>();
    case 'f':
      if (header.itemBytes == 2) return convert<Half, Matrix>(header, data);
      if (header.itemBytes == 4) return convert<float, Matrix>(header, data);
      return convert<double, Matrix>(header, data);
    case 'i':
      if (header.itemBytes == 1) return convert<std::int8_t, Matrix>(header, data);
      if (header.itemBytes == 2) return convert<std::int16_t, Matrix>(header, data);
      if (header.itemBytes == 4) return convert<std::int32_t, Matrix>(header, data);
      return convert<std::int64_t, Matrix>(header, data);
    default:
      if (header.itemBytes == 1) return convert<std::uint8_t, Matrix>(header, data);
      if (header.itemBytes == 2) return convert<std::uint16_t, Matrix>(header, data);
      if (header.itemBytes == 4) return convert<std::uint32_t, Matrix>(header, data);
      return convert<std::uint64_t, Matrix>(header, data);
  }
}

template <class Matrix>
Matrix readArray(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  const NpyHeader header = parseNpyHeader(mapped.bytes(), file);
  try {
    return convertByType<Matrix>(header, mapped.bytes().data() + header.dataOffset);
  } catch (const Error& error) {
    throw error.within(file.string());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, file.string() + ": no memory for " + std::to_string(header.rows()) +
                                            " x " + std::to_string(header.cols()) + " numbers");
  }
}

void writeRows(std::ostream& out, const ConstMatrixRefF& values) {
  for (Index row = 0; row < values.rows(); ++row)
    out.write(reinterpret_cast<const char*>(values.row(row).data()),
              static_cast<std::streamsize>(static_cast<std::size_t>(values.cols()) * sizeof(float)));
}

}  // namespace

MatrixF readNpy(const std::filesystem::path& file) {
  return readArray<MatrixF>(file);
}

MatrixD readNpyDouble(const std::filesystem::path& file) {
  return readArray<MatrixD>(file);
}

void writeNpy(const std::filesystem::path& file, const ConstMatrixRefF& values) {
  writeFileAtomically(file, [&](std::ostream& out) {
    out << npyHeaderText({values.rows(), values.cols()});
    writeRows(out, values);
  });
}

void writeNpyVector(const std::filesystem::path& file, std::span<const float> values) {
  writeFileAtomically(file, [&](std::ostream& out) {
    out << npyHeaderText({static_cast<std::int64_t>(values.size())});
    out.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size_bytes()));
  });
}

void writeNpyVector(const std::filesystem::path& file, std::span<const double> values) {
  writeFileAtomically(file, [&](std::ostream& out) {
    out << npyHeaderText({static_cast<std::int64_t>(values.size())}, "<f8");
    out.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size_bytes()));
  });
}

MappedMatrix::MappedMatrix(const std::filesystem::path& file)
    : m_file(std::make_shared<const MappedFile>(file)) {
  const NpyHeader header = parseNpyHeader(m_file->bytes(), file);
  const auto refuseUnless = [&](bool good, const std::string& reason) {
    require(good, ErrorCode::Unsupported,
            [&] { return file.string() + ": cannot be used in place: " + reason; });
  };
  refuseUnless(header.kind == 'f' && header.itemBytes == sizeof(float) && !header.bigEndian,
               "its numbers are not little-endian float32");
  refuseUnless(header.shape.size() == 2,
               "it has " + std::to_string(header.shape.size()) + " dimensions where 2 are needed");
  refuseUnless(!header.fortranOrder || header.rows() <= 1 || header.cols() <= 1,
               "its rows are not contiguous");
  refuseUnless(header.dataOffset % alignof(float) == 0,
               "its numbers start at byte " + std::to_string(header.dataOffset) + ", not a multiple of 4");
  const auto* data = reinterpret_cast<const float*>(m_file->bytes().data() + header.dataOffset);
  new (&m_view) Eigen::Map<const MatrixF>(data, header.rows(), header.cols());
}

NpyRowWriter::NpyRowWriter(const std::filesystem::path& file, Index rows, Index cols)
    : m_file(file), m_rows(rows), m_cols(cols) {
  require(rows >= 0 && cols >= 0, ErrorCode::BadShape, [&] {
    return file.string() + ": cannot have " + std::to_string(rows) + " x " + std::to_string(cols) +
           " numbers";
  });
  m_temporary = temporaryPathFor(file);
  errno = 0;
  m_out.open(m_temporary, std::ios::binary | std::ios::trunc);
  m_out << npyHeaderText({rows, cols});
  if (!m_out) fail("cannot be written");
}

NpyRowWriter::~NpyRowWriter() {
  if (!m_finished) discard();
}

void NpyRowWriter::discard() {
  m_out.close();
  std::error_code ignored;
  std::filesystem::remove(m_temporary, ignored);
}

void NpyRowWriter::fail(const std::string& what) {
  const std::string reason = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
  discard();
  throw Error(ErrorCode::Io, m_file.string() + ": " + what + reason);
}

void NpyRowWriter::append(const ConstMatrixRefF& rows) {
  require(rows.cols() == m_cols && rows.rows() <= m_rows - m_written, ErrorCode::BadShape, [&] {
    return m_file.string() + ": got " + std::to_string(rows.rows()) + " rows of " +
           std::to_string(rows.cols()) + " numbers after row " + std::to_string(m_written) +
           ", announced are " + std::to_string(m_rows) + " rows of " + std::to_string(m_cols);
  });
  errno = 0;
  writeRows(m_out, rows);
  if (!m_out) fail("could not be written after row " + std::to_string(m_written));
  m_written += rows.rows();
}

void NpyRowWriter::finish() {
  require(m_written == m_rows, ErrorCode::BadShape, [&] {
    return m_file.string() + ": " + std::to_string(m_written) + " of " + std::to_string(m_rows) +
           " rows were written";
  });
  errno = 0;
  m_out.close();
  if (!m_out) fail("could not be written in full");
  replaceFile(m_temporary, m_file);
  m_finished = true;
}

}  // namespace cortexscope
