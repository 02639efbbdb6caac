// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/media/wav_header.h"

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "base/text.h"
#include "io/parsing/byte_reader.h"

namespace cortexscope {
namespace {

constexpr std::uint64_t kRiffBytes = 12, kChunkHeaderBytes = 8, kSampleBytesPlace = 12;
constexpr std::uint32_t kUnknownSize = 0xffffffff;  // of sound that was written as it came
constexpr int kMostChunks = 1000;

bool isChunkName(std::string_view name) {
  return name.size() == 4 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string bytesAt(std::ifstream& in, std::uint64_t place, std::size_t count) {
  std::string bytes(count, '\0');
  in.clear();
  in.seekg(static_cast<std::streamoff>(place));
  in.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

}  // namespace

std::vector<std::string> wavHeaderWarnings(const std::filesystem::path& file) {
  const std::uint64_t size = regularFileSize(file);
  std::ifstream in(file, std::ios::binary);
  const std::string start = bytesAt(in, 0, kRiffBytes);
  if (start.size() < kRiffBytes || !start.starts_with("RIFF") || start.substr(8) != "WAVE") return {};
  std::vector<std::string> warnings;
  bool afterSound = false;
  std::uint64_t place = kRiffBytes;
  for (int chunk = 0; chunk < kMostChunks && place + kChunkHeaderBytes <= size; ++chunk) {
    const std::string header = bytesAt(in, place, kChunkHeaderBytes + kSampleBytesPlace + 2);
    if (header.size() < kChunkHeaderBytes) break;
    const std::string name = header.substr(0, 4);
    if (afterSound && !isChunkName(name)) {
      warnings.push_back("has " + textOf(size - place) +
                         " bytes after its sound that belong to nothing; they were not read");
      break;
    }
    const auto claimed = numberAt<std::uint32_t>(header.data() + 4, std::endian::little);
    const std::uint64_t left = size - place - kChunkHeaderBytes;
    if (name == "fmt " && header.size() == kChunkHeaderBytes + kSampleBytesPlace + 2 &&
        numberAt<std::uint16_t>(header.data() + kChunkHeaderBytes + kSampleBytesPlace, std::endian::little) ==
            0)
      warnings.push_back("says that a sample takes 0 bytes; the number of bits was believed instead");
    if (name == "data" && claimed > left && claimed != kUnknownSize)
      warnings.push_back("claims " + textOf(claimed) + " bytes of sound; " + textOf(left) +
                         " are there and were read");
    afterSound = afterSound || name == "data";
    place += kChunkHeaderBytes + claimed + claimed % 2;
  }
  return warnings;
}

}  // namespace cortexscope
