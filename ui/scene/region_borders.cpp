// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/region_borders.h"

namespace cortexscope {

Eigen::Vector3f BorderPoint::place(const Points& points) const {
  Eigen::RowVector3f sum = Eigen::RowVector3f::Zero();
  for (int i = 0; i < count; ++i) sum += points.row(vertices[static_cast<std::size_t>(i)]);
  return sum.transpose() / static_cast<float>(count);
}

std::vector<BorderLine> borderLines(const Triangles& triangles, std::span<const std::int32_t> keys,
                                    std::optional<std::int32_t> onlyKey) {
  const auto keyOf = [&](std::int32_t vertex) {
    const std::int32_t key = keys[static_cast<std::size_t>(vertex)];
    return onlyKey ? static_cast<std::int32_t>(key == *onlyKey) : key;
  };
  std::vector<BorderLine> lines;
  for (Index t = 0; t < triangles.rows(); ++t) {
    const std::array<std::int32_t, 3> corners{triangles(t, 0), triangles(t, 1), triangles(t, 2)};
    std::vector<BorderPoint> crossed;
    for (std::size_t c = 0; c < 3; ++c) {
      const std::int32_t a = corners[c], b = corners[(c + 1) % 3];
      if (keyOf(a) != keyOf(b)) crossed.push_back({{a, b, 0}, 2});
    }
    if (crossed.size() == 2) lines.push_back({crossed[0], crossed[1]});
    if (crossed.size() == 3)
      for (const BorderPoint& middle : crossed) lines.push_back({middle, {corners, 3}});
  }
  return lines;
}

}  // namespace cortexscope
