// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "scene/cortex_scene.h"

namespace cortexscope::test {

/// A sphere of radius 1 from an icosahedron, `levels` times divided: 10 * 4^levels + 2 vertices, wound
/// outward.
inline Surface icosphere(int levels) {
  const float t = (1 + std::sqrt(5.0f)) / 2;
  std::vector<Eigen::RowVector3f> points{{-1, t, 0}, {1, t, 0}, {-1, -t, 0}, {1, -t, 0},
                                         {0, -1, t}, {0, 1, t}, {0, -1, -t}, {0, 1, -t},
                                         {t, 0, -1}, {t, 0, 1}, {-t, 0, -1}, {-t, 0, 1}};
  for (auto& point : points) point.normalize();
  std::vector<std::array<std::int32_t, 3>> triangles{
      {0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
      {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
      {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}};
  for (int level = 0; level < levels; ++level) {
    std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> middles;
    const auto middle = [&](std::int32_t a, std::int32_t b) {
      const auto [place, isNew] =
          middles.try_emplace(std::minmax(a, b), static_cast<std::int32_t>(points.size()));
      if (isNew)
        points.push_back(
            (points[static_cast<std::size_t>(a)] + points[static_cast<std::size_t>(b)]).normalized().eval());
      return place->second;
    };
    std::vector<std::array<std::int32_t, 3>> finer;
    for (const auto& [a, b, c] : triangles) {
      const std::int32_t ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
      finer.insert(finer.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
    }
    triangles = finer;
  }
  Surface sphere;
  sphere.points.resize(static_cast<Index>(points.size()), 3);
  for (std::size_t i = 0; i < points.size(); ++i) sphere.points.row(static_cast<Index>(i)) = points[i];
  sphere.triangles.resize(static_cast<Index>(triangles.size()), 3);
  for (std::size_t i = 0; i < triangles.size(); ++i)
    sphere.triangles.row(static_cast<Index>(i)) << triangles[i][0], triangles[i][1], triangles[i][2];
  return sphere;
}

/// Two ellipsoids, the right one the mirror image of the left, overlapping by 6 mm when "inflated".
inline CortexShape ellipsoidCortex(int levels = 4) {
  const auto hemisphere = [&](float sizeMm, float xMm, bool isRight) {
    Surface surface = icosphere(levels);
    const float mirror = isRight ? -1.0f : 1.0f;
    surface.points =
        surface.points * Eigen::Vector3f(mirror * 0.5f * sizeMm, sizeMm, 0.7f * sizeMm).asDiagonal();
    surface.points.col(0).array() += isRight ? xMm : -xMm;
    if (isRight) surface.triangles.col(1).swap(surface.triangles.col(2));
    return surface;
  };
  CortexShape shape;
  shape.anatomical = {hemisphere(70, 36, false), hemisphere(70, 36, true), "test"};
  shape.inflated = Cortex{hemisphere(100, 47, false), hemisphere(100, 47, true), "test"};
  return shape;
}

/// The vertex furthest along a direction. Mirror images have the same index in their hemispheres.
inline Index vertexTowards(const Surface& surface, const Eigen::Vector3f& direction) {
  Index vertex = 0;
  (surface.points * direction).maxCoeff(&vertex);
  return vertex;
}

}  // namespace cortexscope::test
