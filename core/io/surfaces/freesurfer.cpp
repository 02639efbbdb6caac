// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/surfaces/freesurfer.h"

#include <array>
#include <cstdint>

#include "base/text.h"
#include "io/parsing/byte_reader.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope::freesurfer {
namespace {

constexpr std::string_view kTriangleMagic = "\xff\xff\xfe";
constexpr std::string_view kFloatQuadMagic = "\xff\xff\xfd";
constexpr std::string_view kShortQuadMagic = "\xff\xff\xff";  // new curv files have it too
constexpr std::size_t kQuadHeaderBytes = 9;
constexpr std::size_t kLongestStamp = 4096;
constexpr std::int32_t kPatchMagic = -1;

/// The short form of quadrangles shares its mark with curv files; only its counts fill the file exactly.
bool isShortQuads(std::string_view contents) {
  if (!contents.starts_with(kShortQuadMagic) || contents.size() < kQuadHeaderBytes) return false;
  const auto vertices = static_cast<std::size_t>(number24(contents.substr(3, 3)));
  const auto quads = static_cast<std::size_t>(number24(contents.substr(6, 3)));
  return vertices > 0 && quads > 0 && contents.size() == kQuadHeaderBytes + 6 * vertices + 12 * quads;
}

/// The maker's stamp: one line of text and an empty line.
void skipStamp(ByteReader& reader, std::string_view contents) {
  const std::size_t end = contents.substr(0, reader.position() + kLongestStamp).find('\n', reader.position());
  require(end != std::string_view::npos, ErrorCode::BadFile, [&] {
    return reader.file() + ": the stamp after the file's mark has no line end within " +
           textOf(kLongestStamp) + " bytes";
  });
  reader.bytes(end + 1 - reader.position(), "the stamp");
  require(reader.bytes(1, "the stamp's second line end") == "\n", ErrorCode::BadFile, [&] {
    return reader.file() + ": the stamp ends with one line end at byte " + textOf(end) +
           " where the format demands two";
  });
}

/// Cuts each quadrangle along the diagonal that FreeSurfer takes: it depends on whether the first corner is
/// even.
void addTriangles(const std::array<std::int32_t, 4>& quad, Index row, Triangles& triangles) {
  if (quad[0] % 2 == 0) {
    triangles.row(row) << quad[0], quad[1], quad[3];
    triangles.row(row + 1) << quad[2], quad[3], quad[1];
  } else {
    triangles.row(row) << quad[0], quad[1], quad[2];
    triangles.row(row + 1) << quad[0], quad[2], quad[3];
  }
}

Surface readQuads(std::string_view contents, const std::string& file) {
  constexpr float kShortUnitsPerMm = 100;
  ByteReader reader(contents, std::endian::big, file);
  const bool shorts = reader.bytes(3, "the file's mark") == kShortQuadMagic;
  const Index vertexCount = number24(reader.bytes(3, "the vertex count"));
  const Index quadCount = number24(reader.bytes(3, "the count of quadrangles"));
  reader.checkCount(vertexCount, "vertices", shorts ? 6 : 12);
  Surface surface;
  surface.points.resize(vertexCount, 3);
  for (Index i = 0; i < surface.points.size(); ++i)
    surface.points.data()[i] =
        shorts ? static_cast<float>(reader.number<std::int16_t>("the coordinates")) / kShortUnitsPerMm
               : reader.number<float>("the coordinates");
  reader.checkCount(quadCount, "quadrangles", 12);
  surface.triangles.resize(2 * quadCount, 3);
  for (Index q = 0; q < quadCount; ++q) {
    std::array<std::int32_t, 4> quad;
    for (std::int32_t& corner : quad) corner = number24(reader.bytes(3, "the quadrangles"));
    addTriangles(quad, 2 * q, surface.triangles);
  }
  return surface;
}

}  // namespace

bool isSurface(std::string_view contents) {
  return contents.starts_with(kTriangleMagic) || isQuadSurface(contents);
}

bool isQuadSurface(std::string_view contents) {
  return contents.starts_with(kFloatQuadMagic) || isShortQuads(contents);
}

Surface readSurface(std::string_view contents, const std::string& file) {
  if (isQuadSurface(contents)) return readQuads(contents, file);
  ByteReader reader(contents, std::endian::big, file);
  reader.bytes(3, "the file's mark");
  skipStamp(reader, contents);
  const auto vertexCount = reader.number<std::int32_t>("the vertex count");
  const auto triangleCount = reader.number<std::int32_t>("the face count");
  reader.checkCount(vertexCount, "vertices", 12);
  Surface surface;
  surface.points.resize(vertexCount, 3);
  for (Index i = 0; i < surface.points.size(); ++i)
    surface.points.data()[i] = reader.number<float>("the coordinates");
  reader.checkCount(triangleCount, "faces", 12);
  surface.triangles.resize(triangleCount, 3);
  for (Index i = 0; i < surface.triangles.size(); ++i)
    surface.triangles.data()[i] = reader.number<std::int32_t>("the faces");
  return surface;
}

bool isPatch(std::string_view contents) {
  return contents.starts_with("\xff\xff\xff\xff");
}

Patch readPatch(std::string_view contents, const std::string& file) {
  ByteReader reader(contents, std::endian::big, file);
  const auto mark = reader.number<std::int32_t>("the file's mark");
  require(mark == kPatchMagic, ErrorCode::BadFile,
          [&] { return file + ": its mark is " + textOf(mark) + ", not that of a patch (-1)"; });
  const std::size_t count = reader.count("vertices", 16);
  Patch patch;
  patch.points.resize(static_cast<Index>(count), 3);
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = reader.number<std::int32_t>("a vertex number");
    require(number != 0 && number != INT32_MIN, ErrorCode::BadFile, [&] {
      return file + ": entry " + textOf(i) + " has the vertex number " + textOf(number) +
             "; numbers count from 1, negative ones lie on the border";
    });
    patch.onBorder.push_back(number < 0);
    patch.vertices.push_back((number < 0 ? -number : number) - 1);
    for (Index axis = 0; axis < 3; ++axis)
      patch.points(static_cast<Index>(i), axis) = reader.number<float>("the coordinates");
  }
  return patch;
}

bool isLabel(std::string_view contents) {
  return contents.starts_with("#!ascii label");
}

VertexLabel readLabel(std::string_view contents, const std::string& file) {
  const std::size_t firstLine = contents.find('\n');
  require(isLabel(contents) && firstLine != std::string_view::npos, ErrorCode::BadFile,
          [&] { return file + ", line 1: is not the first line of a FreeSurfer label (\"#!ascii label\")"; });
  TextNumbers text(contents.substr(firstLine), file);  // with the line end, so that lines are counted from 1
  const std::size_t count = text.count("label entries", 5);
  VertexLabel label;
  label.points.resize(static_cast<Index>(count), 3);
  label.values.resize(static_cast<Index>(count));
  for (std::size_t i = 0; i < count; ++i) {
    // -1 stands for a place that belongs to no vertex: labels drawn in volumes have it.
    label.vertices.push_back(static_cast<std::int32_t>(text.integer("a vertex number", -1, INT32_MAX)));
    const auto row = static_cast<Index>(i);
    for (Index axis = 0; axis < 3; ++axis)
      label.points(row, axis) = static_cast<float>(text.number("a coordinate"));
    label.values[row] = static_cast<float>(text.number("a value"));
  }
  require(text.atEnd(), ErrorCode::BadFile, [&] {
    return text.place() + ": more than the " + textOf(count) + " entries that line 2 claims follow";
  });
  return label;
}

}  // namespace cortexscope::freesurfer
