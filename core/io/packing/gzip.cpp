// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/packing/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;
constexpr int kGzipOrZlibWindow = 15 + 32;  // zlib's way to say: largest window, header told by content
constexpr int kRawWindow = -15;             // and: no header at all

Bytef* zlibBytes(const char* bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes));  // zlib's input pointer is not const
}

struct Inflated {
  std::string bytes;
  bool ended = false;  ///< the stream came to its end
  std::string reason;  ///< why it did not
};

/// Unpacks at most `most` bytes. Memory grows with what really comes out: a size that lies costs nothing.
Inflated inflateBlock(std::string_view packed, std::size_t most, int window, const std::string& place) {
  require(packed.size() <= UINT32_MAX && most < UINT32_MAX, ErrorCode::Unsupported,
          [&] { return place + ": more than 4 GiB in one compressed block are not handled"; });
  z_stream stream{};
  require(inflateInit2(&stream, window) == Z_OK, ErrorCode::OutOfMemory, "unpacking could not be started");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> closing(&stream, &inflateEnd);
  stream.next_in = zlibBytes(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  Inflated out;
  std::size_t got = 0;
  int state = Z_OK;
  while (state == Z_OK && got < most) {
    out.bytes.resize(std::min(most, std::max(kBlockBytes, 2 * out.bytes.size())));
    stream.next_out = zlibBytes(out.bytes.data() + got);
    stream.avail_out = static_cast<uInt>(out.bytes.size() - got);
    state = ::inflate(&stream, Z_NO_FLUSH);
    got = out.bytes.size() - stream.avail_out;
  }
  out.bytes.resize(got);
  out.ended = state == Z_STREAM_END;
  out.reason = stream.msg != nullptr ? stream.msg : "it is cut";
  return out;
}

void requirePlausible(std::string_view packed, std::uint64_t size, const std::string& place) {
  require(size <= mostUnpackedFrom(packed.size()), ErrorCode::BadFile, [&] {
    return place + ": claims " + textOf(size) + " bytes of data; that is out of all proportion to its " +
           textOf(packed.size()) + " compressed bytes";
  });
}

std::string inflateTo(std::string_view packed, std::size_t size, const std::string& place, int window) {
  requirePlausible(packed, size, place);
  Inflated out = inflateBlock(packed, size + 1, window, place);  // one more, to see a stream that goes on
  require(out.bytes.size() <= size, ErrorCode::BadFile, [&] {
    return place + ": the compressed data hold more than the " + textOf(size) + " bytes that are declared";
  });
  require(out.ended, ErrorCode::BadFile, [&] {
    return place + ": the compressed data are damaged after " + textOf(out.bytes.size()) +
           " bytes: " + out.reason;
  });
  require(out.bytes.size() == size, ErrorCode::BadFile, [&] {
    return place + ": the compressed data hold " + textOf(out.bytes.size()) + " bytes; " + textOf(size) +
           " are declared";
  });
  return std::move(out.bytes);
}

}  // namespace

struct UnpackingReader::Inflater {
  z_stream stream{};
  std::vector<char> block = std::vector<char>(kBlockBytes);
  bool memberEnded = false;
  bool finished = false;

  Inflater() {
    require(inflateInit2(&stream, kGzipOrZlibWindow) == Z_OK, ErrorCode::OutOfMemory,
            "unpacking could not be started");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

UnpackingReader::UnpackingReader(const std::filesystem::path& file)
    : m_file(file), m_fileSize(regularFileSize(file)), m_in(file, std::ios::binary) {
  require(m_in.good(), ErrorCode::MissingFile,
          [&] { return file.string() + ": cannot be opened for reading"; });
  char magic[2] = {0, 0};
  m_in.read(magic, 2);
  const bool gzip = m_in.gcount() == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
  m_in.clear();
  m_in.seekg(0);
  if (gzip) m_inflater = std::make_unique<Inflater>();
}

UnpackingReader::~UnpackingReader() = default;

std::size_t UnpackingReader::read(std::span<char> into) {
  if (packed()) return readPacked(into);
  m_in.read(into.data(), static_cast<std::streamsize>(into.size()));
  require(!m_in.bad(), ErrorCode::Io, [&] { return m_file.string() + ": reading failed"; });
  return static_cast<std::size_t>(m_in.gcount());
}

void UnpackingReader::refill() {
  m_in.read(m_inflater->block.data(), static_cast<std::streamsize>(m_inflater->block.size()));
  require(!m_in.bad(), ErrorCode::Io, [&] { return m_file.string() + ": reading failed"; });
  m_inflater->stream.next_in = zlibBytes(m_inflater->block.data());
  m_inflater->stream.avail_in = static_cast<uInt>(m_in.gcount());
}

std::size_t UnpackingReader::readPacked(std::span<char> into) {
  z_stream& stream = m_inflater->stream;
  std::size_t done = 0;
  while (done < into.size() && !m_inflater->finished) {
    if (stream.avail_in == 0) refill();
    if (m_inflater->memberEnded) {
      m_inflater->finished = stream.avail_in == 0;
      if (m_inflater->finished) break;
      // A gzip file may be several streams one after the other; anything else does not belong here.
      require(*stream.next_in == 0x1f, ErrorCode::BadFile,
              [&] { return m_file.string() + ": bytes that are not gzip follow the compressed stream"; });
      inflateReset(&stream);
      m_inflater->memberEnded = false;
    }
    require(stream.avail_in > 0, ErrorCode::BadFile, [&] {
      return m_file.string() + ": the compressed stream is cut: the file ends after " + textOf(m_fileSize) +
             " bytes, before the stream does";
    });
    const std::size_t room = std::min(into.size() - done, std::size_t{1} << 30);
    stream.next_out = zlibBytes(into.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    const int state = ::inflate(&stream, Z_NO_FLUSH);
    require(state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR, ErrorCode::BadFile, [&] {
      return m_file.string() +
             ": the compressed stream is damaged: " + (stream.msg != nullptr ? stream.msg : "unknown reason");
    });
    done += room - stream.avail_out;
    m_inflater->memberEnded = state == Z_STREAM_END;
  }
  return done;
}

std::string readUnpacked(const std::filesystem::path& file, std::size_t maxBytes) {
  UnpackingReader reader(file);
  const auto tooLarge = [&] {
    return file.string() + ": has more than " + textOf(maxBytes) +
           " bytes when unpacked; that is the most read of such a file";
  };
  require(reader.packed() || reader.fileSize() <= maxBytes, ErrorCode::BadFile, tooLarge);
  std::string contents;
  std::size_t block = reader.packed() ? kBlockBytes : static_cast<std::size_t>(reader.fileSize()) + 1;
  for (;;) {
    const std::size_t before = contents.size();
    contents.resize(before + block);
    const std::size_t got = reader.read({contents.data() + before, block});
    contents.resize(before + got);
    require(contents.size() <= maxBytes, ErrorCode::BadFile, tooLarge);
    if (got < block) return contents;
    block = std::min(std::max(contents.size(), kBlockBytes), maxBytes - contents.size() + 1);
  }
}

std::uint32_t gzipTrailerSize(const std::filesystem::path& file) {
  constexpr std::uintmax_t kShortest = 18;  // header and trailer
  const std::uintmax_t size = regularFileSize(file);
  require(size >= kShortest, ErrorCode::BadFile,
          [&] { return file.string() + ": has " + textOf(size) + " bytes, fewer than any gzip file"; });
  std::ifstream in(file, std::ios::binary);
  unsigned char bytes[4] = {0, 0, 0, 0};
  in.seekg(-4, std::ios::end);
  in.read(reinterpret_cast<char*>(bytes), 4);
  require(in.good(), ErrorCode::MissingFile,
          [&] { return file.string() + ": cannot be opened for reading"; });
  return bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

std::string inflateExactly(std::string_view packed, std::size_t size, const std::string& place) {
  return inflateTo(packed, size, place, kGzipOrZlibWindow);
}

std::string inflateRaw(std::string_view packed, std::size_t size, const std::string& place) {
  return inflateTo(packed, size, place, kRawWindow);
}

namespace {

std::string startOf(std::string_view packed, std::size_t most, int window, const std::string& place) {
  Inflated out = inflateBlock(packed, most, window, place);
  require(out.ended || out.bytes.size() == most, ErrorCode::BadFile, [&] {
    return place + ": the compressed data are damaged after " + textOf(out.bytes.size()) +
           " bytes: " + out.reason;
  });
  return std::move(out.bytes);
}

}  // namespace

std::string inflateStart(std::string_view packed, std::size_t most, const std::string& place) {
  return startOf(packed, most, kGzipOrZlibWindow, place);
}

std::string inflateRawStart(std::string_view packed, std::size_t most, std::uint64_t size,
                            const std::string& place) {
  requirePlausible(packed, size, place);
  return startOf(packed, most, kRawWindow, place);
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string packed(size, '\0');
  const int state = compress2(zlibBytes(packed.data()), &size, zlibBytes(bytes.data()), bytes.size(), 6);
  require(state == Z_OK, ErrorCode::OutOfMemory, "packing failed");
  packed.resize(size);
  return packed;
}

}  // namespace cortexscope
