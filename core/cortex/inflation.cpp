// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Geometry>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "cortex/geometry.h"

namespace cortexscope {
namespace {

using PointsD = Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>;
using Vector3 = Eigen::RowVector3d;

double areaMm2(const PointsD& points, const Triangles& triangles) {
  double doubled = 0;
  for (Index t = 0; t < triangles.rows(); ++t) {
    const Vector3 a = points.row(triangles(t, 0));
    doubled += (points.row(triangles(t, 1)) - a).cross(points.row(triangles(t, 2)) - a).norm();
  }
  return doubled / 2;
}

PointsD unitNormals(const PointsD& points, const Triangles& triangles) {
  PointsD normals = PointsD::Zero(points.rows(), 3);
  for (Index t = 0; t < triangles.rows(); ++t) {
    const Vector3 a = points.row(triangles(t, 0));
    const Vector3 doubledArea = (points.row(triangles(t, 1)) - a).cross(points.row(triangles(t, 2)) - a);
    for (int corner = 0; corner < 3; ++corner) normals.row(triangles(t, corner)) += doubledArea;
  }
  for (Index v = 0; v < normals.rows(); ++v)
    if (const double length = normals.row(v).norm(); length > 0) normals.row(v) /= length;
  return normals;
}

/// Moves a mesh towards roundness, edge lengths and area held.
class Inflater {
 public:
  Inflater(const Surface& surface, const InflationOptions& options)
      : m_triangles(surface.triangles),
        m_mesh(vertexNeighbours(surface)),
        m_metricWeight(options.metricWeight),
        m_points(surface.points.cast<double>()),
        m_moved(VectorD::Zero(surface.vertexCount())),
        m_centre(centre()),
        m_areaMm2(areaMm2(m_points, m_triangles)) {
    require(m_areaMm2 > 0 && std::isfinite(m_areaMm2), ErrorCode::BadShape,
            "a surface without area cannot be inflated");
    m_lengthsMm.reserve(m_mesh.neighbours.size());
    for (Index v = 0; v < m_points.rows(); ++v)
      forNeighbours(v, [&](Index, Index other) {
        m_lengthsMm.push_back((m_points.row(other) - m_points.row(v)).norm());
      });
  }

  void step() {
    const PointsD normals = unitNormals(m_points, m_triangles);
    PointsD moves = PointsD::Zero(m_points.rows(), 3);
    for (Index v = 0; v < m_points.rows(); ++v) moves.row(v) = moveOf(v);
    m_moved += (moves.array() * normals.array()).rowwise().sum().matrix();
    m_points += moves;
    holdAreaAndCentre();
  }

  Inflation result(const Surface& before) const {
    Inflation inflation;
    inflation.surface = {m_points.cast<float>(), before.triangles};
    inflation.sulcalDepth = (m_moved.array() - m_moved.mean()).matrix().cast<float>();
    inflation.areaRatio = areaMm2(m_points, m_triangles) / m_areaMm2;
    inflation.edgeDistortion = edgeDistortion();
    return inflation;
  }

 private:
  template <class Use>
  void forNeighbours(Index v, Use&& use) const {
    const auto row = static_cast<std::size_t>(v);
    for (Index i = m_mesh.offsets[row]; i < m_mesh.offsets[row + 1]; ++i)
      use(i, static_cast<Index>(m_mesh.neighbours[static_cast<std::size_t>(i)]));
  }

  /// Halfway to the mean of the neighbours, and along each edge by a share of its error in length.
  Vector3 moveOf(Index v) const {
    Vector3 smoothing = Vector3::Zero(), metric = Vector3::Zero();
    int count = 0;
    forNeighbours(v, [&](Index i, Index other) {
      const Vector3 edge = m_points.row(other) - m_points.row(v);
      const double lengthMm = edge.norm();
      smoothing += edge;
      if (lengthMm > 0) metric += (1 - m_lengthsMm[static_cast<std::size_t>(i)] / lengthMm) * edge;
      ++count;
    });
    if (count == 0) return Vector3::Zero();
    return (0.5 * smoothing + m_metricWeight * metric) / count;
  }

  /// Mean of the vertices that belong to a triangle; others may have any coordinates.
  Vector3 centre() const {
    Vector3 sum = Vector3::Zero();
    Index count = 0;
    for (Index v = 0; v < m_points.rows(); ++v)
      if (m_mesh.offsets[static_cast<std::size_t>(v)] != m_mesh.offsets[static_cast<std::size_t>(v) + 1]) {
        sum += m_points.row(v);
        ++count;
      }
    return count == 0 ? sum : Vector3(sum / static_cast<double>(count));
  }

  void holdAreaAndCentre() {
    const Vector3 now = centre();
    const double scale = std::sqrt(m_areaMm2 / areaMm2(m_points, m_triangles));
    m_points = ((m_points.rowwise() - now) * scale).rowwise() + m_centre;
  }

  double edgeDistortion() const {
    double sum = 0;
    Index count = 0;
    for (Index v = 0; v < m_points.rows(); ++v)
      forNeighbours(v, [&](Index i, Index other) {
        const double before = m_lengthsMm[static_cast<std::size_t>(i)];
        if (!(before > 0)) return;
        const double change = (m_points.row(other) - m_points.row(v)).norm() / before - 1;
        sum += change * change;
        ++count;
      });
    return count == 0 ? 0 : std::sqrt(sum / static_cast<double>(count));
  }

  const Triangles& m_triangles;
  VertexNeighbours m_mesh;
  double m_metricWeight;
  PointsD m_points;
  VectorD m_moved;
  Vector3 m_centre;
  double m_areaMm2;
  std::vector<double> m_lengthsMm;  ///< before, in the order of m_mesh.neighbours
};

}  // namespace

Inflation inflate(const Surface& surface, const InflationOptions& options, const Job& job) {
  checkSurface(surface, "inflation");
  require(options.iterations >= 0, ErrorCode::BadValue,
          [&] { return "inflation needs 0 or more iterations, got " + textOf(options.iterations); });
  require(options.metricWeight >= 0 && options.metricWeight <= 1, ErrorCode::BadValue,
          [&] { return "the metric weight of inflation is 0 to 1, got " + textOf(options.metricWeight); });
  Inflater inflater(surface, options);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    job.checkpoint(static_cast<double>(iteration) / options.iterations, "inflating");
    inflater.step();
  }
  return inflater.result(surface);
}

}  // namespace cortexscope
