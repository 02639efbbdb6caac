// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/npy_columns.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/npy_header.h"

namespace cortexscope {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorCode::Io,
              file.string() + ": " + what + (errno == 0 ? "" : std::string(": ") + std::strerror(errno)));
}

void readAt(int descriptor, std::byte* to, std::size_t count, std::size_t offset,
            const std::filesystem::path& file) {
  while (count > 0) {
    errno = 0;
    const ssize_t got = pread(descriptor, to, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail(file, "could not be read at byte " + textOf(offset));
    to += got, offset += static_cast<std::size_t>(got), count -= static_cast<std::size_t>(got);
  }
}

void writeAt(int descriptor, const char* from, std::size_t count, std::size_t offset,
             const std::filesystem::path& file) {
  while (count > 0) {
    errno = 0;
    const ssize_t put = pwrite(descriptor, from, count, static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) fail(file, "could not be written at byte " + textOf(offset));
    from += put, offset += static_cast<std::size_t>(put), count -= static_cast<std::size_t>(put);
  }
}

/// `count` numbers from `from` to every `stride`-th float from `to`.
template <class Number>
void spread(const std::byte* from, Index count, float* to, Index stride) {
  for (Index i = 0; i < count; ++i) {
    Number number;
    std::memcpy(&number, from + static_cast<std::size_t>(i) * sizeof(Number), sizeof(Number));
    to[i * stride] = static_cast<float>(number);
  }
}

}  // namespace

NpyColumns::NpyColumns(const std::filesystem::path& file) : m_file(file) {
  const MappedFile mapped(file);
  const auto bytes = mapped.bytes();
  const NpyHeader header =
      parseNpyHeader({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
  const NumberType type = header.numbers.type;
  require((type == NumberType::Float32 || type == NumberType::Float64) &&
              header.numbers.order == std::endian::little,
          ErrorCode::Unsupported,
          [&] { return file.string() + ": its numbers are not little-endian float32 or float64"; });
  require(header.shape.size() == 2, ErrorCode::Unsupported, [&] {
    return file.string() + ": it has " + textOf(header.shape.size()) + " dimensions where 2 are needed";
  });
  m_rows = static_cast<Index>(header.shape[0]);
  m_cols = static_cast<Index>(header.shape[1]);
  m_itemBytes = bytesPerNumber(type);
  m_dataOffset = header.dataOffset;
  m_fortranOrder = header.fortranOrder;
  errno = 0;
  m_descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (m_descriptor < 0) fail(file, "cannot be opened");
}

NpyColumns::~NpyColumns() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

NpyColumns::NpyColumns(NpyColumns&& other) noexcept
    : m_file(std::move(other.m_file)),
      m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_rows(other.m_rows),
      m_cols(other.m_cols),
      m_itemBytes(other.m_itemBytes),
      m_dataOffset(other.m_dataOffset),
      m_fortranOrder(other.m_fortranOrder) {}

MatrixF NpyColumns::read(Index first, Index count) const {
  require(first >= 0 && count >= 0 && first + count <= m_cols, ErrorCode::BadShape, [&] {
    return m_file.string() + ": has no columns " + textOf(first) + " to " + textOf(first + count);
  });
  MatrixF values(m_rows, count);
  const Index pieces = m_fortranOrder ? count : m_rows, length = m_fortranOrder ? m_rows : count;
  std::vector<std::byte> buffer(static_cast<std::size_t>(length) * m_itemBytes);
  for (Index piece = 0; piece < pieces; ++piece) {
    const Index start = m_fortranOrder ? (first + piece) * m_rows : piece * m_cols + first;
    readAt(m_descriptor, buffer.data(), buffer.size(),
           m_dataOffset + static_cast<std::size_t>(start) * m_itemBytes, m_file);
    float* to = values.data() + (m_fortranOrder ? piece : piece * count);
    const Index stride = m_fortranOrder ? count : 1;
    if (m_itemBytes == 4)
      spread<float>(buffer.data(), length, to, stride);
    else
      spread<double>(buffer.data(), length, to, stride);
  }
  return values;
}

NpyColumnWriter::NpyColumnWriter(const std::filesystem::path& file, Index rows, Index cols)
    : m_file(file), m_rows(rows), m_cols(cols) {
  const std::string header = npyHeaderText({rows, cols});
  m_dataOffset = header.size();
  const auto size = static_cast<off_t>(m_dataOffset + static_cast<std::size_t>(rows * cols) * sizeof(float));
  errno = 0;
  m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (m_descriptor < 0) fail(file, "cannot be written");
  if (lseek(m_descriptor, 0, SEEK_END) != size && ftruncate(m_descriptor, size) != 0)
    fail(file, "cannot be given its size");
  writeAt(m_descriptor, header.data(), header.size(), 0, file);
}

NpyColumnWriter::~NpyColumnWriter() {
  ::close(m_descriptor);
}

void NpyColumnWriter::write(Index first, const ConstMatrixRefF& values) {
  require(values.rows() == m_rows && first >= 0 && first + values.cols() <= m_cols, ErrorCode::BadShape,
          [&] { return m_file.string() + ": columns do not fit"; });
  for (Index row = 0; row < m_rows; ++row)
    writeAt(m_descriptor, reinterpret_cast<const char*>(values.row(row).data()),
            static_cast<std::size_t>(values.cols()) * sizeof(float),
            m_dataOffset + static_cast<std::size_t>(row * m_cols + first) * sizeof(float), m_file);
}

}  // namespace cortexscope
