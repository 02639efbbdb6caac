// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cortex/surface.h"

namespace cortexscope {

/// A point of a border: the middle of an edge (two vertices) or of a triangle (three).
struct BorderPoint {
  std::array<std::int32_t, 3> vertices{};
  int count = 2;

  Eigen::Vector3f place(const Points& points) const;
};
struct BorderLine {
  BorderPoint from, to;
};

/// Lines between vertices of different regions, through the middles of the edges that join them.
/// keys   one per vertex of the mesh
/// onlyKey   only the outline of this region; all borders without it
std::vector<BorderLine> borderLines(const Triangles& triangles, std::span<const std::int32_t> keys,
                                    std::optional<std::int32_t> onlyKey = std::nullopt);

}  // namespace cortexscope
