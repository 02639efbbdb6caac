// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "cortex/geometry.h"

namespace cortexscope {
namespace {

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(ErrorCode::BadShape, "the mesh is not a regular subdivision of a coarser one: " + reason);
}

/// From V_fine = V + E, F_fine = 4 F and an Euler characteristic that subdivision does not change.
Index coarserVertexCount(const Surface& fine, const VertexNeighbours& mesh) {
  const Index vertices = fine.vertexCount(), triangles = fine.triangleCount();
  const Index edges = static_cast<Index>(mesh.neighbours.size()) / 2;
  if (triangles == 0 || triangles % 4 != 0)
    refuse(textOf(triangles) + " triangles are not four times another number");
  const Index doubled = 2 * vertices - edges + triangles - triangles / 4;
  if (doubled < 6 || doubled % 2 != 0 || doubled / 2 >= vertices)
    refuse(textOf(vertices) + " vertices, " + textOf(edges) + " edges and " + textOf(triangles) +
           " triangles do not come from one");
  return doubled / 2;
}

/// The two ends of the coarse edge whose middle each removed vertex is.
std::vector<std::array<std::int32_t, 2>> edgesOfMiddles(const VertexNeighbours& mesh, Index keptCount,
                                                        Index vertexCount) {
  std::vector<std::array<std::int32_t, 2>> edges(static_cast<std::size_t>(vertexCount - keptCount));
  for (Index v = keptCount; v < vertexCount; ++v) {
    const auto row = static_cast<std::size_t>(v);
    int found = 0;
    for (Index i = mesh.offsets[row]; i < mesh.offsets[row + 1]; ++i) {
      const std::int32_t neighbour = mesh.neighbours[static_cast<std::size_t>(i)];
      if (neighbour >= keptCount) continue;
      if (found < 2)
        edges[static_cast<std::size_t>(v - keptCount)][static_cast<std::size_t>(found)] = neighbour;
      ++found;
    }
    if (found != 2)
      refuse("vertex " + textOf(v) + " has " + textOf(found) + " neighbours among the first " +
             textOf(keptCount) + " vertices, not 2");
  }
  return edges;
}

std::int32_t sharedEnd(const std::array<std::int32_t, 2>& a, const std::array<std::int32_t, 2>& b,
                       Index triangle) {
  const bool first = a[0] == b[0] || a[0] == b[1];
  const bool second = a[1] == b[0] || a[1] == b[1];
  if (first == second)
    refuse("the corners of triangle " + textOf(triangle) + " are not the middles of one coarse triangle");
  return first ? a[0] : a[1];
}

}  // namespace

CoarserSurface coarserLevel(const Surface& surface) {
  const VertexNeighbours mesh = vertexNeighbours(surface);
  const Index keptCount = coarserVertexCount(surface, mesh);
  const auto edges = edgesOfMiddles(mesh, keptCount, surface.vertexCount());
  CoarserSurface coarse;
  coarse.surface.points = surface.points.topRows(keptCount);
  coarse.surface.triangles.resize(surface.triangleCount() / 4, 3);
  coarse.keptVertices.resize(static_cast<std::size_t>(keptCount));
  std::iota(coarse.keptVertices.begin(), coarse.keptVertices.end(), Index{0});
  Index count = 0;
  for (Index t = 0; t < surface.triangleCount(); ++t) {
    const auto corners = surface.triangles.row(t);
    if ((corners.array() < keptCount).any()) continue;
    if (count == coarse.surface.triangleCount()) refuse("more than one triangle in four has no kept corner");
    std::array<std::array<std::int32_t, 2>, 3> middle;
    for (std::size_t k = 0; k < 3; ++k)
      middle[k] = edges[static_cast<std::size_t>(corners[static_cast<Index>(k)] - keptCount)];
    coarse.surface.triangles.row(count++) << sharedEnd(middle[2], middle[0], t),
        sharedEnd(middle[0], middle[1], t), sharedEnd(middle[1], middle[2], t);
  }
  if (count != coarse.surface.triangleCount()) refuse("fewer than one triangle in four has no kept corner");
  return coarse;
}

}  // namespace cortexscope
