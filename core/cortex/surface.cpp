// SPDX-License-Identifier: GPL-3.0-or-later
#include "cortex/surface.h"

#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {

void checkSurface(const Surface& surface, const std::string& name) {
  const Index vertexCount = surface.vertexCount();
  require(vertexCount > 0, ErrorCode::BadShape, [&] { return name + ": the surface has no vertices"; });
  for (Index t = 0; t < surface.triangleCount(); ++t)
    for (int corner = 0; corner < 3; ++corner) {
      const std::int32_t vertex = surface.triangles(t, corner);
      require(vertex >= 0 && vertex < vertexCount, ErrorCode::BadShape, [&] {
        return name + ": triangle " + textOf(t) + " names vertex " + textOf(vertex) +
               "; the surface has vertices 0 to " + textOf(vertexCount - 1);
      });
      require(surface.points.row(vertex).allFinite(), ErrorCode::BadValue, [&] {
        return name + ": vertex " + textOf(vertex) + " of triangle " + textOf(t) +
               " has a coordinate that is not a finite number";
      });
    }
}

}  // namespace cortexscope
