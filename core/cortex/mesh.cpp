// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "cortex/geometry.h"

namespace cortexscope {
namespace {

std::vector<Index> startsOfRows(const std::vector<Index>& counts) {
  std::vector<Index> offsets(counts.size() + 1, 0);
  for (std::size_t v = 0; v < counts.size(); ++v) offsets[v + 1] = offsets[v] + counts[v];
  return offsets;
}

/// Every triangle puts the other two corners beside each of its corners, so most neighbours come twice.
VertexNeighbours neighboursWithRepeats(const Surface& surface) {
  std::vector<Index> counts(static_cast<std::size_t>(surface.vertexCount()), 0);
  for (Index i = 0; i < surface.triangles.size(); ++i)
    counts[static_cast<std::size_t>(surface.triangles.data()[i])] += 2;
  VertexNeighbours rows{startsOfRows(counts), {}};
  rows.neighbours.resize(static_cast<std::size_t>(rows.offsets.back()));
  std::vector<Index> next(rows.offsets.begin(), rows.offsets.end() - 1);
  for (Index t = 0; t < surface.triangleCount(); ++t)
    for (int corner = 0; corner < 3; ++corner) {
      auto& place = next[static_cast<std::size_t>(surface.triangles(t, corner))];
      for (int step = 1; step <= 2; ++step)
        rows.neighbours[static_cast<std::size_t>(place++)] = surface.triangles(t, (corner + step) % 3);
    }
  return rows;
}

}  // namespace

VertexNeighbours vertexNeighbours(const Surface& surface) {
  const VertexNeighbours repeated = neighboursWithRepeats(surface);
  VertexNeighbours rows;
  rows.offsets.assign(repeated.offsets.size(), 0);
  rows.neighbours.reserve(repeated.neighbours.size() / 2 + 1);
  std::vector<std::int32_t> row;
  for (Index v = 0; v < surface.vertexCount(); ++v) {
    const auto from = static_cast<std::size_t>(v);
    row.assign(repeated.neighbours.begin() + repeated.offsets[from],
               repeated.neighbours.begin() + repeated.offsets[from + 1]);
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    // A triangle with a repeated corner would make a vertex its own neighbour.
    row.erase(std::remove(row.begin(), row.end(), static_cast<std::int32_t>(v)), row.end());
    rows.neighbours.insert(rows.neighbours.end(), row.begin(), row.end());
    rows.offsets[from + 1] = static_cast<Index>(rows.neighbours.size());
  }
  return rows;
}

Points vertexNormals(const Surface& surface) {
  Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor> sums(surface.vertexCount(), 3);
  sums.setZero();
  for (Index t = 0; t < surface.triangleCount(); ++t) {
    const auto corners = surface.triangles.row(t);
    const Eigen::RowVector3d a = surface.points.row(corners[0]).cast<double>();
    const Eigen::RowVector3d b = surface.points.row(corners[1]).cast<double>();
    const Eigen::RowVector3d c = surface.points.row(corners[2]).cast<double>();
    const Eigen::RowVector3d doubledArea = (b - a).cross(c - a);
    for (int corner = 0; corner < 3; ++corner) sums.row(corners[corner]) += doubledArea;
  }
  for (Index v = 0; v < sums.rows(); ++v) {
    const double length = sums.row(v).norm();
    if (length > 0)
      sums.row(v) /= length;
    else
      sums.row(v).setZero();
  }
  return sums.cast<float>();
}

VectorF smoothOnSurface(const Surface& surface, const VectorF& values, int iterations) {
  require(values.size() == surface.vertexCount(), ErrorCode::BadShape, [&] {
    return "a map of " + textOf(values.size()) + " values does not fit a surface of " +
           textOf(surface.vertexCount()) + " vertices";
  });
  require(iterations >= 0, ErrorCode::BadValue,
          [&] { return "smoothing needs 0 or more iterations, got " + textOf(iterations); });
  const VertexNeighbours mesh = vertexNeighbours(surface);
  VectorF before = values, after = values;
  for (int iteration = 0; iteration < iterations; ++iteration) {
    for (Index v = 0; v < values.size(); ++v) {
      if (std::isnan(before[v])) continue;
      double sum = before[v];
      int count = 1;
      for (Index i = mesh.offsets[static_cast<std::size_t>(v)];
           i < mesh.offsets[static_cast<std::size_t>(v) + 1]; ++i) {
        const float value = before[mesh.neighbours[static_cast<std::size_t>(i)]];
        if (std::isnan(value)) continue;
        sum += value;
        ++count;
      }
      after[v] = static_cast<float>(sum / count);
    }
    std::swap(before, after);
  }
  return before;
}

}  // namespace cortexscope
