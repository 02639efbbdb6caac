// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkStaticCellLocator.h>

#include <optional>
#include <span>

#include "cortex/surface.h"

namespace cortexscope {

/// Geometry of one hemisphere, shared by the pictures of all people: points and normals between the
/// anatomical and the inflated shape, triangles, sulcal depth, and the search tree for picking.
class HemisphereMesh {
 public:
  /// inflated   same vertices as `anatomical`, or null if there is none
  /// depth      one per vertex, positive in sulci; empty for a plain underlay
  HemisphereMesh(const Surface& anatomical, const Surface* inflated, std::span<const float> depth);

  /// 0 = anatomical, 1 = inflated, between them a straight mix.
  void setInflation(float inflation);

  Index vertexCount() const { return m_mixed.vertexCount(); }
  const Points& points() const { return m_mixed.points; }
  const Triangles& triangles() const { return m_mixed.triangles; }
  const Points& normals() const { return m_normals; }

  /// Gives a person's mesh the shared arrays.
  void shareWith(vtkPolyData* mesh) const;
  static constexpr const char* kDepthName = "sulcalDepth";

  /// Where the segment first meets the surface.
  struct Hit {
    double fraction = 0;  ///< 0 at the segment's start, 1 at its end
    Index vertex = 0;     ///< nearest corner of the triangle met
  };
  std::optional<Hit> firstHit(const Eigen::Vector3f& from, const Eigen::Vector3f& to) const;

 private:
  void buildLocator() const;

  Points m_anatomical;
  Points m_inflated;
  Surface m_mixed;
  Points m_normals;
  vtkNew<vtkPoints> m_vtkPoints;
  vtkNew<vtkFloatArray> m_vtkNormals;
  vtkNew<vtkFloatArray> m_vtkDepth;
  vtkNew<vtkCellArray> m_vtkTriangles;
  mutable vtkNew<vtkStaticCellLocator> m_locator;
  mutable bool m_locatorIsStale = true;
};

}  // namespace cortexscope
