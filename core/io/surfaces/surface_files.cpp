// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/surfaces/surface_files.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "io/images/image.h"
#include "io/packing/gzip.h"
#include "io/parsing/text_numbers.h"
#include "io/parsing/xml.h"
#include "io/surfaces/bic_obj.h"
#include "io/surfaces/freesurfer.h"
#include "io/surfaces/gifti.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFileBytes = std::size_t{256} << 20;

std::string contentsOf(const fs::path& file) {
  std::string contents = readUnpacked(file, kLargestFileBytes);
  require(!contents.empty(), ErrorCode::BadFile, [&] { return file.string() + ": is empty"; });
  return contents;
}

bool isText(std::string_view contents) {
  return contents.find('\0') == std::string_view::npos;
}

/// "'Left Calcarine' 43" or "43 Left Calcarine": the code is the whole number at either end.
Region labelLine(std::string_view line, const std::string& place) {
  const auto trimmed = [](std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r'\"");
    if (from == std::string_view::npos) return std::string_view();
    return text.substr(from, text.find_last_not_of(" \t\r'\"") - from + 1);
  };
  const auto isNumber = [](std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string_view whole = trimmed(line);
  const std::size_t first = whole.find_first_of(" \t"), last = whole.find_last_of(" \t");
  require(first != std::string_view::npos, ErrorCode::BadFile,
          [&] { return place + ": \"" + shown(whole) + "\" is not a code and a name"; });
  const bool codeLast = isNumber(whole.substr(last + 1));
  const std::string_view code = codeLast ? whole.substr(last + 1) : whole.substr(0, first);
  Region region;
  region.key = static_cast<std::int32_t>(
      TextNumbers(code, place).integer("a label code", 0, std::numeric_limits<std::int32_t>::max()));
  region.name = std::string(trimmed(codeLast ? whole.substr(0, last) : whole.substr(first)));
  return region;
}

std::vector<Region> readLabelLines(const fs::path& file) {
  const std::string contents = contentsOf(file);
  std::vector<Region> regions;
  std::unordered_set<std::int32_t> keys;
  std::string_view left = contents;
  for (std::size_t number = 1; !left.empty(); ++number) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string place = file.string() + ", line " + textOf(number);
    regions.push_back(labelLine(line, place));
    require(keys.insert(regions.back().key).second, ErrorCode::BadFile,
            [&] { return place + ": the code " + textOf(regions.back().key) + " is there twice"; });
  }
  return regions;
}

Surface half(const Surface& whole, Index firstVertex, const std::vector<Index>& triangles) {
  Surface surface;
  surface.points = whole.points.middleRows(firstVertex, whole.vertexCount() / 2);
  surface.triangles.resize(static_cast<Index>(triangles.size()), 3);
  for (Index t = 0; t < surface.triangleCount(); ++t)
    surface.triangles.row(t) = whole.triangles.row(triangles[static_cast<std::size_t>(t)]).array() -
                               static_cast<std::int32_t>(firstVertex);
  return surface;
}

std::string startOf(const fs::path& file) {
  UnpackingReader reader(file);
  std::string start(540, '\0');
  start.resize(reader.read(start));
  return start;
}

/// FreeSurfer keeps values per vertex in images too: vertices x 1 x 1 x maps.
VertexMaps mapsOfImage(const fs::path& file) {
  constexpr std::int64_t kMostVertices = std::int64_t{1} << 24;
  ImageReader reader(file);
  const ImageInfo& info = reader.info();
  const std::int64_t vertices = info.voxelsPerVolume();
  require(
      std::count(info.size.begin(), info.size.begin() + std::min<std::ptrdiff_t>(3, std::ssize(info.size)),
                 1) >= std::min<std::ptrdiff_t>(3, std::ssize(info.size)) - 1 &&
          vertices <= kMostVertices,
      ErrorCode::BadFile, [&] {
        return file.string() + ": is a volume of " + shapeWords(info.size) +
               " voxels; values per vertex have one dimension in space";
      });
  VertexMaps maps;
  // Grows with what is really there: a packed file may claim far more.
  std::vector<float> map(static_cast<std::size_t>(vertices)), all;
  while (reader.read(std::span<float>(map)) > 0) all.insert(all.end(), map.begin(), map.end());
  maps.values = Eigen::Map<const MatrixF>(all.data(), info.volumeCount(), vertices);
  maps.names.resize(static_cast<std::size_t>(maps.values.rows()));
  maps.trSec = reader.info().trSec;
  maps.warnings = reader.info().warnings;
  return maps;
}

VertexMaps mapsOfGifti(const gifti::Document& document, const std::string& name) {
  VertexMaps maps;
  maps.values = gifti::mapsOf(document, name);
  maps.names = gifti::mapNamesOf(document);
  maps.warnings = document.warnings;
  maps.trSec = document.timeStepSec;
  return maps;
}

VectorF textValues(const std::string& contents, const std::string& name) {
  require(isText(contents), ErrorCode::BadFile, [&] {
    return name + ": is binary and no file of values that is read here (FreeSurfer curv, MGH, GIFTI, text)";
  });
  TextNumbers numbers(contents, name);
  std::vector<float> values;
  while (!numbers.atEnd()) values.push_back(static_cast<float>(numbers.number("a value")));
  require(!values.empty(), ErrorCode::BadFile, [&] { return name + ": holds no numbers"; });
  return Eigen::Map<const VectorF>(values.data(), static_cast<Index>(values.size()));
}

}  // namespace

Surface readSurface(const fs::path& file) {
  const std::string contents = contentsOf(file);
  const std::string name = file.string();
  Surface surface;
  if (freesurfer::isSurface(contents))
    surface = freesurfer::readSurface(contents, name);
  else if (looksLikeXml(contents))
    surface = gifti::surfaceOf(gifti::parse(contents, name), name);
  else if (bic::isPolygons(contents))
    surface = bic::readPolygons(contents, name);
  else
    throw Error(ErrorCode::BadFile,
                name + ": starts with \"" + shown(contents.substr(0, 16)) +
                    "\", which is no surface that is read here (GIFTI, FreeSurfer triangles, "
                    "MNI/BIC text polygons)");
  checkSurface(surface, name);
  return surface;
}

std::pair<Surface, Surface> readTwoHemisphereSurface(const fs::path& file) {
  const Surface whole = readSurface(file);
  const std::string name = file.string();
  require(whole.vertexCount() % 2 == 0, ErrorCode::BadShape, [&] {
    return name + ": " + textOf(whole.vertexCount()) + " vertices are not two equal hemispheres";
  });
  const Index middle = whole.vertexCount() / 2;
  std::vector<Index> left, right;
  for (Index t = 0; t < whole.triangleCount(); ++t) {
    const Index inLeft = (whole.triangles.row(t).array() < static_cast<std::int32_t>(middle)).count();
    require(inLeft == 0 || inLeft == 3, ErrorCode::BadShape, [&] {
      return name + ": triangle " + textOf(t) + " connects the first " + textOf(middle) +
             " vertices with the others, so they are not two hemispheres";
    });
    (inLeft == 3 ? left : right).push_back(t);
  }
  require(left.size() == right.size(), ErrorCode::BadShape, [&] {
    return name + ": the halves have " + textOf(left.size()) + " and " + textOf(right.size()) +
           " triangles, so they are not two equal hemispheres";
  });
  std::pair<Surface, Surface> sides{half(whole, 0, left), half(whole, middle, right)};
  require(sides.first.points.col(0).mean() < sides.second.points.col(0).mean(), ErrorCode::BadShape,
          [&] { return name + ": the first half of the vertices lies to the right of the second"; });
  return sides;
}

VertexMaps readVertexMaps(const fs::path& file) {
  const std::string name = file.string();
  if (isImageStart(startOf(file))) return mapsOfImage(file);
  const std::string contents = contentsOf(file);
  VertexMaps maps;
  if (freesurfer::isCurv(contents)) {
    maps.values = freesurfer::readCurv(contents, name).transpose();
  } else if (looksLikeXml(contents)) {
    maps = mapsOfGifti(gifti::parse(contents, name), name);
  } else {
    maps.values = textValues(contents, name).transpose();
  }
  maps.names.resize(static_cast<std::size_t>(maps.values.rows()));
  return maps;
}

VectorF readVertexValues(const fs::path& file) {
  const VertexMaps maps = readVertexMaps(file);
  return maps.values.row(0).transpose();
}

Parcellation readParcellation(const fs::path& file) {
  const std::string contents = contentsOf(file);
  const std::string name = file.string();
  if (looksLikeXml(contents)) return gifti::parcellationOf(gifti::parse(contents, name), name);
  return freesurfer::readAnnot(contents, name);
}

Parcellation readTextParcellation(const fs::path& valuesFile, const fs::path& labelsFile) {
  const VectorF codes = readVertexValues(valuesFile);
  Parcellation parcellation{readLabelLines(labelsFile), {}};
  parcellation.keys.reserve(static_cast<std::size_t>(codes.size()));
  for (Index v = 0; v < codes.size(); ++v) {
    require(codes[v] == std::floor(codes[v]) && std::abs(codes[v]) < 16777216.0f, ErrorCode::BadFile, [&] {
      return valuesFile.string() + ": vertex " + textOf(v) + " has " + textOf(codes[v]) +
             ", which is no whole label code";
    });
    parcellation.keys.push_back(static_cast<std::int32_t>(codes[v]));
  }
  return parcellation;
}

}  // namespace cortexscope
