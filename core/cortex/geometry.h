#pragma once

#include <vector>

#include "base/job.h"
#include "cortex/surface.h"

namespace cortexscope {

/// Neighbours of each vertex in compressed rows: those of v are neighbours[offsets[v] .. offsets[v + 1]), ascending.
struct VertexNeighbours {
  std::vector<Index> offsets;
  std::vector<std::int32_t> neighbours;
};
VertexNeighbours vertexNeighbours(const Surface& surface);

/// Outward unit normals, area weighted; a vertex in no triangle gets (0, 0, 0).
Points vertexNormals(const Surface& surface);

/// Mean curvature at each vertex in 1/mm, negative on gyral crowns and positive in sulci (FreeSurfer's sign).
/// Source   cotangent Laplacian with mixed Voronoi areas, Meyer et al. 2003
VectorF meanCurvature(const Surface& surface);

/// Keeps the vertices of the next coarser level of a mesh made by regular 1-to-4 subdivision, exactly: every removed
/// vertex must be the midpoint-type neighbour of exactly two kept ones.
struct CoarserSurface {
  Surface surface;
  std::vector<Index> keptVertices;  ///< index in the finer mesh of every vertex kept
};
/// Errors   BadShape if the mesh is not a regular subdivision whose first vertices are the coarser level
CoarserSurface coarserLevel(const Surface& surface);

/// Inflated surface and what is needed to judge and draw it.
struct Inflation {
  Surface surface;            ///< same triangles; mm; centred like the input
  VectorF sulcalDepth;        ///< mm moved along the outward normal while inflating, positive in sulci
  double areaRatio = 1.0;     ///< area after / before (kept at 1 by rescaling)
  double edgeDistortion = 0;  ///< RMS of relative edge length change after inflation
};
struct InflationOptions {
  int iterations = 120;       ///< smoothing steps, more = rounder
  double metricWeight = 0.5;  ///< pull towards original edge lengths in each step, 0 = plain smoothing
};
/// Smooths folds away while holding distances on the surface. Source   idea of Fischl, Sereno & Dale 1999
Inflation inflate(const Surface& surface, const InflationOptions& options, const Job& job);

/// Gaussian-like smoothing of a per-vertex map on the mesh (iterated neighbour averaging).
VectorF smoothOnSurface(const Surface& surface, const VectorF& values, int iterations);

}  // namespace cortexscope
