// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/surfaces/bic_obj.h"

#include <Eigen/Geometry>
#include <cstdint>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope::bic {
namespace {

Points readPoints(TextNumbers& text, std::size_t count, std::string_view what) {
  Points points(static_cast<Index>(count), 3);
  for (Index i = 0; i < points.size(); ++i) points.data()[i] = static_cast<float>(text.number(what));
  return points;
}

void skipColours(TextNumbers& text, std::size_t vertexCount, std::size_t triangleCount) {
  // 0: one colour for all, 1: one per polygon, 2: one per vertex; four numbers each.
  const auto kind = text.integer("the kind of colouring", 0, 2);
  const std::size_t colours = kind == 0 ? 1 : kind == 1 ? triangleCount : vertexCount;
  text.skip(4 * colours, "a colour");
}

void checkEnds(TextNumbers& text, std::size_t triangleCount) {
  long long before = 0;
  for (std::size_t i = 0; i < triangleCount; ++i) {
    const auto end = text.integer("the end of a polygon", 0, INT32_MAX);
    require(end - before == 3, ErrorCode::Unsupported, [&] {
      return text.place() + ": polygon " + textOf(i) + " has " + textOf(end - before) +
             " corners; only triangles are read";
    });
    before = end;
  }
}

bool woundInward(const Surface& surface, const Points& normals) {
  double agreement = 0;
  for (Index t = 0; t < surface.triangleCount(); ++t) {
    const auto corners = surface.triangles.row(t);
    const Eigen::RowVector3f a = surface.points.row(corners[0]);
    const Eigen::RowVector3f doubledArea =
        (surface.points.row(corners[1]) - a).cross(surface.points.row(corners[2]) - a);
    agreement += static_cast<double>(doubledArea.dot(normals.row(corners[0])));
  }
  return agreement < 0;
}

}  // namespace

bool isPolygons(std::string_view contents) {
  const bool text = contents.starts_with("P ") || contents.starts_with("P\t");
  return text || (contents.starts_with('p') && !contents.starts_with("ply"));
}

Surface readPolygons(std::string_view contents, const std::string& file) {
  require(contents.starts_with('P'), ErrorCode::Unsupported,
          [&] { return file + ": is a binary MNI/BIC polygon file; only the text form is read"; });
  TextNumbers text(contents.substr(1), file);
  text.skip(5, "a surface property");
  const std::size_t vertexCount = text.count("vertices", 6);
  Surface surface;
  surface.points = readPoints(text, vertexCount, "a coordinate");
  const Points normals = readPoints(text, vertexCount, "a normal");
  const std::size_t triangleCount = text.count("polygons", 4);
  skipColours(text, vertexCount, triangleCount);
  checkEnds(text, triangleCount);
  surface.triangles.resize(static_cast<Index>(triangleCount), 3);
  for (Index i = 0; i < surface.triangles.size(); ++i)
    surface.triangles.data()[i] = static_cast<std::int32_t>(
        text.integer("a vertex number", 0, static_cast<long long>(vertexCount) - 1));
  require(text.atEnd(), ErrorCode::BadFile,
          [&] { return text.place() + ": more follows the last of " + textOf(triangleCount) + " polygons"; });
  if (woundInward(surface, normals)) surface.triangles.col(1).swap(surface.triangles.col(2));
  return surface;
}

}  // namespace cortexscope::bic
