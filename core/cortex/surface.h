// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>

#include "base/matrix.h"

namespace cortexscope {

using Points = Eigen::Matrix<float, Eigen::Dynamic, 3, Eigen::RowMajor>;  // vertices x 3, mm
using Triangles =
    Eigen::Matrix<std::int32_t, Eigen::Dynamic, 3, Eigen::RowMajor>;  // triangles x 3, vertex indices

enum class Hemisphere { Left, Right };

/// One triangle mesh. Triangles are wound so that normals point outward.
struct Surface {
  Points points;
  Triangles triangles;

  Index vertexCount() const { return points.rows(); }
  Index triangleCount() const { return triangles.rows(); }
};

/// Throws BadFile-style errors (code BadShape or BadValue) if a triangle names a vertex that is not there or
/// a used vertex is not finite. `name` is put in front of the message (the file).
void checkSurface(const Surface& surface, const std::string& name);

/// Both hemispheres of a cortex. Per-vertex data are ordered left first, then right: this order is used by
/// every samples x vertices matrix of a study.
struct Cortex {
  Surface left;
  Surface right;
  std::string space;  ///< e.g. "fsaverage5", "MNI-CIVET-20k": what responses must be in

  Index vertexCount() const { return left.vertexCount() + right.vertexCount(); }
  const Surface& hemisphere(Hemisphere side) const { return side == Hemisphere::Left ? left : right; }
  /// First index of a hemisphere's vertices in the joint order.
  Index firstVertex(Hemisphere side) const { return side == Hemisphere::Left ? 0 : left.vertexCount(); }
  Hemisphere sideOf(Index vertex) const {
    return vertex < left.vertexCount() ? Hemisphere::Left : Hemisphere::Right;
  }
};

}  // namespace cortexscope
