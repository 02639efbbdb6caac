// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"
#include "io/parsing/byte_reader.h"
#include "io/surfaces/freesurfer.h"

namespace cortexscope::freesurfer {
namespace {

constexpr std::string_view kCurvMagic = "\xff\xff\xff";
constexpr std::size_t kOldCurvHeaderBytes = 6;

bool isOldCurv(std::string_view contents) {
  if (contents.size() < kOldCurvHeaderBytes || contents.substr(0, 3) == kCurvMagic) return false;
  const auto vertexCount = static_cast<std::size_t>(number24(contents.substr(0, 3)));
  return vertexCount > 0 && contents.size() == kOldCurvHeaderBytes + 2 * vertexCount;
}

VectorF readOldCurv(std::string_view contents, const std::string& file) {
  ByteReader reader(contents, std::endian::big, file);
  const auto vertexCount = Index{number24(reader.bytes(3, "the vertex count"))};
  reader.bytes(3, "the face count");
  VectorF values(vertexCount);
  for (float& value : values) value = static_cast<float>(reader.number<std::int16_t>("the values")) / 100.0f;
  return values;
}

}  // namespace

bool isCurv(std::string_view contents) {
  // Patches start with four such bytes, which would be a negative number of vertices here.
  return (contents.starts_with(kCurvMagic) && !isPatch(contents)) || isOldCurv(contents);
}

VectorF readCurv(std::string_view contents, const std::string& file) {
  if (isOldCurv(contents)) return readOldCurv(contents, file);
  ByteReader reader(contents, std::endian::big, file);
  reader.bytes(3, "the file's mark");
  const auto vertexCount = reader.number<std::int32_t>("the vertex count");
  reader.number<std::int32_t>("the face count");
  const auto perVertex = reader.number<std::int32_t>("the number of values per vertex");
  require(perVertex == 1, ErrorCode::Unsupported, [&] {
    return file + ": has " + textOf(perVertex) + " values per vertex; only files with 1 are read";
  });
  reader.checkCount(vertexCount, "vertices", 4);
  require(reader.remaining() == static_cast<std::size_t>(vertexCount) * 4, ErrorCode::BadFile, [&] {
    return file + ": claims " + textOf(vertexCount) + " values of 4 bytes; " + textOf(reader.remaining()) +
           " bytes follow the header";
  });
  VectorF values(vertexCount);
  for (float& value : values) value = reader.number<float>("the values");
  return values;
}

}  // namespace cortexscope::freesurfer
