// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>

#include "cortex/geometry.h"

namespace cortexscope {
namespace {

using Vector3 = Eigen::RowVector3d;

/// Sums over the triangles around each vertex.
struct Accumulated {
  std::vector<Vector3> laplacian;  ///< sum of (cot a + cot b) (x_i - x_j), twice the area gradient
  std::vector<double> areaMm2;     ///< mixed Voronoi area
  std::vector<int> triangleCount;
};

/// Part of a triangle's area nearest to each of its corners; half and quarters where an angle is obtuse.
std::array<double, 3> mixedAreas(const std::array<Vector3, 3>& x, const std::array<double, 3>& cotangents,
                                 double areaMm2) {
  std::array<double, 3> areas{};
  for (std::size_t k = 0; k < 3; ++k)
    if (cotangents[k] < 0) {
      areas.fill(areaMm2 / 4);
      areas[k] = areaMm2 / 2;
      return areas;
    }
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t next = (k + 1) % 3, last = (k + 2) % 3;
    areas[k] = ((x[next] - x[k]).squaredNorm() * cotangents[last] +
                (x[last] - x[k]).squaredNorm() * cotangents[next]) /
               8;
  }
  return areas;
}

void addTriangle(const Surface& surface, Index triangle, Accumulated& sums) {
  const auto corners = surface.triangles.row(triangle);
  std::array<Vector3, 3> x;
  for (std::size_t k = 0; k < 3; ++k)
    x[k] = surface.points.row(corners[static_cast<Index>(k)]).cast<double>();
  for (std::size_t k = 0; k < 3; ++k)
    ++sums.triangleCount[static_cast<std::size_t>(corners[static_cast<Index>(k)])];
  const double doubledArea = (x[1] - x[0]).cross(x[2] - x[0]).norm();
  if (!(doubledArea > 0)) return;
  std::array<double, 3> cotangents{};
  for (std::size_t k = 0; k < 3; ++k)
    cotangents[k] = (x[(k + 1) % 3] - x[k]).dot(x[(k + 2) % 3] - x[k]) / doubledArea;
  const std::array<double, 3> areas = mixedAreas(x, cotangents, doubledArea / 2);
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t next = (k + 1) % 3, last = (k + 2) % 3;
    const auto vertex = static_cast<std::size_t>(corners[static_cast<Index>(k)]);
    sums.laplacian[vertex] += cotangents[last] * (x[k] - x[next]) + cotangents[next] * (x[k] - x[last]);
    sums.areaMm2[vertex] += areas[k];
  }
}

}  // namespace

VectorF meanCurvature(const Surface& surface) {
  const auto vertexCount = static_cast<std::size_t>(surface.vertexCount());
  Accumulated sums{std::vector<Vector3>(vertexCount, Vector3::Zero()), std::vector<double>(vertexCount, 0.0),
                   std::vector<int>(vertexCount, 0)};
  for (Index t = 0; t < surface.triangleCount(); ++t) addTriangle(surface, t, sums);
  const Points normals = vertexNormals(surface);
  const VertexNeighbours mesh = vertexNeighbours(surface);
  VectorF curvature = VectorF::Zero(surface.vertexCount());
  for (std::size_t v = 0; v < vertexCount; ++v) {
    const bool inside = mesh.offsets[v + 1] - mesh.offsets[v] == sums.triangleCount[v];
    if (!inside || !(sums.areaMm2[v] > 0)) continue;
    const Vector3 normal = normals.row(static_cast<Index>(v)).cast<double>();
    curvature[static_cast<Index>(v)] =
        static_cast<float>(-sums.laplacian[v].dot(normal) / (4 * sums.areaMm2[v]));
  }
  return curvature;
}

}  // namespace cortexscope
