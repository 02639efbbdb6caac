// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/hemisphere_mesh.h"

#include <vtkPointData.h>
#include <vtkTypeInt32Array.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cortex/geometry.h"

namespace cortexscope {
namespace {

void fillTriangles(vtkCellArray* cells, const Triangles& triangles) {
  vtkNew<vtkTypeInt32Array> corners;
  corners->SetNumberOfValues(triangles.size());
  std::copy_n(triangles.data(), triangles.size(), corners->GetPointer(0));
  cells->SetData(3, corners);
}

/// Depth around its own mean in units of its own spread, so that one shading suits sulc, curvature and depth
/// in mm.
void fillDepth(vtkFloatArray* array, std::span<const float> depth, Index vertexCount) {
  array->SetName(HemisphereMesh::kDepthName);
  array->SetNumberOfValues(vertexCount);
  if (depth.empty()) {
    array->FillValue(-10.0f);
    return;
  }
  double sum = 0, sumOfSquares = 0, count = 0;
  for (const float value : depth) {
    if (!std::isfinite(value)) continue;
    sum += value;
    sumOfSquares += static_cast<double>(value) * value;
    ++count;
  }
  const double mean = count > 0 ? sum / count : 0;
  const double spread = count > 0 ? std::sqrt(std::max(sumOfSquares / count - mean * mean, 1e-12)) : 1;
  for (Index i = 0; i < vertexCount; ++i) {
    const float value = depth[static_cast<std::size_t>(i)];
    array->SetValue(i, std::isfinite(value) ? static_cast<float>((value - mean) / spread) : -10.0f);
  }
}

}  // namespace

HemisphereMesh::HemisphereMesh(const Surface& anatomical, const Surface* inflated,
                               std::span<const float> depth)
    : m_anatomical(anatomical.points),
      m_inflated(inflated != nullptr ? inflated->points : anatomical.points) {
  m_mixed = anatomical;
  m_vtkPoints->SetDataTypeToFloat();
  m_vtkPoints->SetNumberOfPoints(vertexCount());
  m_vtkNormals->SetName("normals");
  m_vtkNormals->SetNumberOfComponents(3);
  m_vtkNormals->SetNumberOfTuples(vertexCount());
  fillTriangles(m_vtkTriangles, m_mixed.triangles);
  fillDepth(m_vtkDepth, depth, vertexCount());
  setInflation(0.0f);
}

void HemisphereMesh::setInflation(float inflation) {
  const float part = std::clamp(inflation, 0.0f, 1.0f);
  m_mixed.points = (1.0f - part) * m_anatomical + part * m_inflated;
  m_normals = vertexNormals(m_mixed);
  if (vertexCount() > 0) {
    std::copy_n(m_mixed.points.data(), m_mixed.points.size(),
                static_cast<float*>(m_vtkPoints->GetVoidPointer(0)));
    std::copy_n(m_normals.data(), m_normals.size(), m_vtkNormals->GetPointer(0));
  }
  m_vtkPoints->Modified();
  m_vtkNormals->Modified();
  m_locatorIsStale = true;
}

void HemisphereMesh::shareWith(vtkPolyData* mesh) const {
  mesh->SetPoints(m_vtkPoints);
  mesh->SetPolys(m_vtkTriangles);
  mesh->GetPointData()->SetNormals(m_vtkNormals);
  mesh->GetPointData()->AddArray(m_vtkDepth);
}

void HemisphereMesh::buildLocator() const {
  vtkNew<vtkPolyData> mesh;
  mesh->SetPoints(m_vtkPoints);
  mesh->SetPolys(m_vtkTriangles);
  m_locator->SetDataSet(mesh);
  m_locator->BuildLocator();
  m_locatorIsStale = false;
}

std::optional<HemisphereMesh::Hit> HemisphereMesh::firstHit(const Eigen::Vector3f& from,
                                                            const Eigen::Vector3f& to) const {
  if (m_mixed.triangleCount() == 0) return std::nullopt;
  if (m_locatorIsStale) buildLocator();
  const Eigen::Vector3d start = from.cast<double>(), end = to.cast<double>();
  double fraction = 0, place[3], parameters[3];
  int part = 0;
  vtkIdType triangle = -1;
  if (m_locator->IntersectWithLine(start.data(), end.data(), 1e-6, fraction, place, parameters, part,
                                   triangle) == 0)
    return std::nullopt;
  const Eigen::RowVector3f met = Eigen::Map<const Eigen::RowVector3d>(place).cast<float>();
  Hit hit{fraction, 0};
  float nearest = std::numeric_limits<float>::max();
  for (int corner = 0; corner < 3; ++corner) {
    const Index vertex = m_mixed.triangles(triangle, corner);
    const float distance = (m_mixed.points.row(vertex) - met).squaredNorm();
    if (distance < nearest) {
      nearest = distance;
      hit.vertex = vertex;
    }
  }
  return hit;
}

}  // namespace cortexscope
