// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/npy.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "io/arrays/npy_header.h"

namespace cortexscope {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

RawArray rawArrayOf(const std::filesystem::path& file) {
  const auto mapped = std::make_shared<const MappedFile>(file);
  return npyArray(mapped->text(), mapped, file.string());
}

void writeRows(std::ostream& out, const ConstMatrixRefF& values) {
  for (Index row = 0; row < values.rows(); ++row)
    out.write(reinterpret_cast<const char*>(values.row(row).data()),
              static_cast<std::streamsize>(static_cast<std::size_t>(values.cols()) * sizeof(float)));
}

template <class Number>
void writeVector(const std::filesystem::path& file, std::span<const Number> values, const char* type) {
  writeFileAtomically(file, [&](std::ostream& out) {
    out << npyHeaderText({static_cast<std::int64_t>(values.size())}, type);
    out.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size_bytes()));
  });
}

}  // namespace

MatrixF readNpy(const std::filesystem::path& file) {
  return matrixOf(rawArrayOf(file));
}

MatrixD readNpyDouble(const std::filesystem::path& file) {
  return matrixDoubleOf(rawArrayOf(file));
}

void writeNpy(const std::filesystem::path& file, const ConstMatrixRefF& values) {
  writeFileAtomically(file, [&](std::ostream& out) {
    out << npyHeaderText({values.rows(), values.cols()});
    writeRows(out, values);
  });
}

void writeNpyVector(const std::filesystem::path& file, std::span<const float> values) {
  writeVector(file, values, "<f4");
}
void writeNpyVector(const std::filesystem::path& file, std::span<const double> values) {
  writeVector(file, values, "<f8");
}
void writeNpyVector(const std::filesystem::path& file, std::span<const std::int64_t> values) {
  writeVector(file, values, "<i8");
}

MappedMatrix::MappedMatrix(const std::filesystem::path& file)
    : m_file(std::make_shared<const MappedFile>(file)) {
  const NpyHeader header = parseNpyHeader(m_file->text(), file.string());
  const auto refuseUnless = [&](bool good, const std::string& reason) {
    require(good, ErrorCode::Unsupported,
            [&] { return file.string() + ": cannot be used in place: " + reason; });
  };
  refuseUnless(header.numbers.type == NumberType::Float32 && header.numbers.order == std::endian::little,
               "its numbers are not little-endian float32");
  refuseUnless(header.shape.size() == 2,
               "it has " + textOf(header.shape.size()) + " dimensions where 2 are needed");
  refuseUnless(!header.fortranOrder || header.shape[0] <= 1 || header.shape[1] <= 1,
               "its rows are not contiguous");
  refuseUnless(header.dataOffset % alignof(float) == 0,
               "its numbers start at byte " + textOf(header.dataOffset) + ", not a multiple of 4");
  const auto* data = reinterpret_cast<const float*>(m_file->bytes().data() + header.dataOffset);
  new (&m_view) Eigen::Map<const MatrixF>(data, header.shape[0], header.shape[1]);
}

NpyRowWriter::NpyRowWriter(const std::filesystem::path& file, Index rows, Index cols)
    : m_file(file), m_rows(rows), m_cols(cols) {
  require(rows >= 0 && cols >= 0, ErrorCode::BadShape, [&] {
    return file.string() + ": cannot have " + textOf(rows) + " x " + textOf(cols) + " numbers";
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
    return m_file.string() + ": got " + textOf(rows.rows()) + " rows of " + textOf(rows.cols()) +
           " numbers after row " + textOf(m_written) + ", announced are " + textOf(m_rows) + " rows of " +
           textOf(m_cols);
  });
  errno = 0;
  writeRows(m_out, rows);
  if (!m_out) fail("could not be written after row " + textOf(m_written));
  m_written += rows.rows();
}

void NpyRowWriter::finish() {
  require(m_written == m_rows, ErrorCode::BadShape, [&] {
    return m_file.string() + ": " + textOf(m_written) + " of " + textOf(m_rows) + " rows were written";
  });
  errno = 0;
  m_out.close();
  if (!m_out) fail("could not be written in full");
  replaceFile(m_temporary, m_file);
  m_finished = true;
}

}  // namespace cortexscope
