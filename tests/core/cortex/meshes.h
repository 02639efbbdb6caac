// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "cortex/surface.h"

namespace cortexscope::test {

inline Surface icosahedron(float radiusMm) {
  const float g = (1.0f + std::sqrt(5.0f)) / 2.0f;
  Surface surface;
  surface.points.resize(12, 3);
  surface.points << -1, g, 0, 1, g, 0, -1, -g, 0, 1, -g, 0, 0, -1, g, 0, 1, g, 0, -1, -g, 0, 1, -g, g, 0, -1,
      g, 0, 1, -g, 0, -1, -g, 0, 1;
  surface.triangles.resize(20, 3);
  surface.triangles << 0, 11, 5, 0, 5, 1, 0, 1, 7, 0, 7, 10, 0, 10, 11, 1, 5, 9, 5, 11, 4, 11, 10, 2, 10, 7,
      6, 7, 1, 8, 3, 9, 4, 3, 4, 2, 3, 2, 6, 3, 6, 8, 3, 8, 9, 4, 9, 5, 2, 4, 11, 6, 2, 10, 8, 6, 7, 9, 8, 1;
  surface.points.rowwise().normalize();
  surface.points *= radiusMm;
  return surface;
}

/// Splits every triangle into four; the old vertices come first. New ones are put on the sphere of
/// `radiusMm`.
inline Surface subdivided(const Surface& coarse, float radiusMm) {
  std::map<std::pair<int, int>, int> middles;
  int next = static_cast<int>(coarse.vertexCount());
  const auto middle = [&](int a, int b) {
    const auto [place, isNew] = middles.try_emplace(std::minmax(a, b), next);
    if (isNew) ++next;
    return place->second;
  };
  Surface fine;
  fine.triangles.resize(4 * coarse.triangleCount(), 3);
  for (Index t = 0; t < coarse.triangleCount(); ++t) {
    const int a = coarse.triangles(t, 0), b = coarse.triangles(t, 1), c = coarse.triangles(t, 2);
    const int ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
    fine.triangles.middleRows(4 * t, 4) << a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca;
  }
  fine.points.resize(next, 3);
  fine.points.topRows(coarse.vertexCount()) = coarse.points;
  for (const auto& [ends, vertex] : middles)
    fine.points.row(vertex) = coarse.points.row(ends.first) + coarse.points.row(ends.second);
  for (Index v = coarse.vertexCount(); v < next; ++v)
    fine.points.row(v) *= radiusMm / fine.points.row(v).norm();
  return fine;
}

/// Level 0: 12 vertices, 1: 42, 2: 162, 3: 642, 4: 2562, 5: 10242.
inline Surface icosphere(int level, float radiusMm) {
  Surface surface = icosahedron(radiusMm);
  for (int i = 0; i < level; ++i) surface = subdivided(surface, radiusMm);
  return surface;
}

/// A sphere with `waves` folds of `depthMm` from crown to fundus, running round the z axis.
inline Surface foldedSphere(int level, float radiusMm, int waves, float depthMm) {
  Surface surface = icosphere(level, radiusMm);
  for (Index v = 0; v < surface.vertexCount(); ++v) {
    const float z = surface.points(v, 2) / radiusMm;
    const float angle = std::atan2(surface.points(v, 1), surface.points(v, 0));
    const float fade = 1 - z * z;
    const float height = fade * depthMm / 2 * std::cos(static_cast<float>(waves) * angle);
    surface.points.row(v) *= 1 + height / radiusMm;
  }
  return surface;
}

inline double areaMm2(const Surface& surface) {
  double sum = 0;
  for (Index t = 0; t < surface.triangleCount(); ++t) {
    const Eigen::RowVector3d a = surface.points.row(surface.triangles(t, 0)).cast<double>();
    const Eigen::RowVector3d b = surface.points.row(surface.triangles(t, 1)).cast<double>();
    const Eigen::RowVector3d c = surface.points.row(surface.triangles(t, 2)).cast<double>();
    sum += (b - a).cross(c - a).norm() / 2;
  }
  return sum;
}

/// Triangles that face against the mean direction of their own corners' normals.
inline Index flippedTriangles(const Surface& surface, const Points& normals) {
  Index flipped = 0;
  for (Index t = 0; t < surface.triangleCount(); ++t) {
    const auto corners = surface.triangles.row(t);
    const Eigen::RowVector3f a = surface.points.row(corners[0]);
    const Eigen::RowVector3f b = surface.points.row(corners[1]);
    const Eigen::RowVector3f c = surface.points.row(corners[2]);
    const Eigen::RowVector3f mean =
        normals.row(corners[0]) + normals.row(corners[1]) + normals.row(corners[2]);
    if ((b - a).cross(c - a).dot(mean) <= 0) ++flipped;
  }
  return flipped;
}

inline double correlation(const VectorF& a, const VectorF& b) {
  const VectorD x = a.cast<double>().array() - a.cast<double>().mean();
  const VectorD y = b.cast<double>().array() - b.cast<double>().mean();
  return x.dot(y) / (x.norm() * y.norm());
}

}  // namespace cortexscope::test
