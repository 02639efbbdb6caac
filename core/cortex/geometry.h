// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/job.h"
#include "cortex/surface.h"

namespace cortexscope {

// Surfaces given here must have passed checkSurface, as those that come from readers have.

/// Neighbours of each vertex in compressed rows: those of v are neighbours[offsets[v] .. offsets[v + 1]),
/// ascending.
struct VertexNeighbours {
  std::vector<Index> offsets;
  std::vector<std::int32_t> neighbours;
};
VertexNeighbours vertexNeighbours(const Surface& surface);

/// Outward unit normals, area weighted; a vertex in no triangle gets (0, 0, 0).
Points vertexNormals(const Surface& surface);

/// Mean curvature at each vertex in 1/mm, negative on gyral crowns and positive in sulci (FreeSurfer's sign).
/// Vertices on an open border, in no triangle or without area get 0.
/// Source   cotangent Laplacian with mixed Voronoi areas, Meyer et al. 2003
VectorF meanCurvature(const Surface& surface);

/// Keeps the vertices of the next coarser level of a mesh made by regular 1-to-4 subdivision, exactly: every
/// removed vertex must be the midpoint-type neighbour of exactly two kept ones.
struct CoarserSurface {
  Surface surface;
  std::vector<Index> keptVertices;  ///< index in the finer mesh of every vertex kept
};
/// Errors   BadShape if the mesh is not a regular subdivision whose first vertices are the coarser level
CoarserSurface coarserLevel(const Surface& surface);

/// Inflated surface and what is needed to judge and draw it.
struct Inflation {
  Surface surface;         ///< same triangles; mm; centred like the input
  VectorF sulcalDepth;     ///< mm moved along the outward normal while inflating, mean 0, positive in sulci
  double areaRatio = 1.0;  ///< area after / before (kept at 1 by rescaling)
  double edgeDistortion = 0;  ///< RMS of relative edge length change after inflation
};
struct InflationOptions {
  int iterations =
      150;  ///< smoothing steps, more = rounder; made for about 10,000 vertices, finer needs more
  double metricWeight = 0.75;  ///< pull towards original edge lengths in each step, 0 (plain smoothing) to 1
};
/// Smooths folds away while holding distances on the surface.
/// Errors   BadValue for options out of range; BadShape for a surface without area; Cancelled at any step
/// Cost     0.15 s for 10,242 vertices and the default options
/// Source   idea of Fischl, Sereno & Dale 1999
Inflation inflate(const Surface& surface, const InflationOptions& options, const Job& job);

/// Gaussian-like smoothing of a per-vertex map on the mesh: each step takes the mean of a vertex and its
/// neighbours. NaN vertices stay NaN and count for nobody.
/// Errors   BadShape if there is not one value per vertex; BadValue for negative iterations
VectorF smoothOnSurface(const Surface& surface, const VectorF& values, int iterations);

}  // namespace cortexscope
