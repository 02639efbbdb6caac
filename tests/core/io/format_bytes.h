// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <QTemporaryDir>

namespace cortexscope::test {

/// The bytes of a number in the byte order asked for.
template <class T>
std::string bytesOf(T value, std::endian order) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  if (order != std::endian::native) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

/// A zlib stream (window 15) or a gzip file (window 31), made by zlib itself.
inline std::string packed(std::string_view bytes, int window) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}
inline std::string gzipped(std::string_view bytes) {
  return packed(bytes, 31);
}

/// A folder for one test class, removed at the end.
class ScratchFolder {
 public:
  std::filesystem::path path(const std::string& name) const {
    return std::filesystem::path(m_folder.path().toStdString()) / name;
  }
  std::filesystem::path write(const std::string& name, std::string_view contents) const {
    std::ofstream(path(name), std::ios::binary)
        .write(contents.data(), static_cast<std::streamsize>(contents.size()));
    return path(name);
  }

 private:
  QTemporaryDir m_folder;
};

inline std::string contentsOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace cortexscope::test
