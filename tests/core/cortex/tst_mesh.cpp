// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>
#include <set>

#include "core/cortex/meshes.h"
#include "cortex/geometry.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// A strip of a cylinder of `radiusMm` around z, wound outward, open at both ends.
Surface cylinder(float radiusMm, int around, int along, float stepMm) {
  Surface surface;
  surface.points.resize(around * along, 3);
  surface.triangles.resize(2 * around * (along - 1), 3);
  for (int z = 0; z < along; ++z)
    for (int k = 0; k < around; ++k) {
      const float angle = 2 * static_cast<float>(M_PI) * static_cast<float>(k) / static_cast<float>(around);
      surface.points.row(z * around + k) << radiusMm * std::cos(angle), radiusMm * std::sin(angle),
          stepMm * static_cast<float>(z);
    }
  Index t = 0;
  for (int z = 0; z + 1 < along; ++z)
    for (int k = 0; k < around; ++k) {
      const int a = z * around + k, b = z * around + (k + 1) % around, c = a + around, d = b + around;
      surface.triangles.row(t++) << a, b, d;
      surface.triangles.row(t++) << a, d, c;
    }
  return surface;
}

}  // namespace

class TestMesh : public QObject {
  Q_OBJECT
 private slots:
  void neighboursMatchTriangles() {
    const Surface surface = test::icosphere(2, 30);
    std::vector<std::set<std::int32_t>> expected(static_cast<std::size_t>(surface.vertexCount()));
    for (Index t = 0; t < surface.triangleCount(); ++t)
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
          if (a != b)
            expected[static_cast<std::size_t>(surface.triangles(t, a))].insert(surface.triangles(t, b));
    const VertexNeighbours mesh = vertexNeighbours(surface);
    QCOMPARE(mesh.offsets.size(), expected.size() + 1);
    for (std::size_t v = 0; v < expected.size(); ++v)
      QCOMPARE(std::vector<std::int32_t>(mesh.neighbours.begin() + mesh.offsets[v],
                                         mesh.neighbours.begin() + mesh.offsets[v + 1]),
               std::vector<std::int32_t>(expected[v].begin(), expected[v].end()));
  }

  void repeatedCornerIsNoNeighbour() {
    Surface surface;
    surface.points = Points::Zero(3, 3);
    surface.triangles.resize(1, 3);
    surface.triangles << 1, 1, 2;
    const VertexNeighbours mesh = vertexNeighbours(surface);
    QCOMPARE(mesh.offsets, (std::vector<Index>{0, 0, 1, 2}));
    QCOMPARE(mesh.neighbours, (std::vector<std::int32_t>{2, 1}));
    QVERIFY(vertexNormals(surface).isZero());
    QVERIFY(meanCurvature(surface).isZero());
  }

  void normalsPointOutward() {
    Surface surface = test::icosphere(3, 50);
    surface.points.conservativeResize(surface.vertexCount() + 1, 3);
    surface.points.bottomRows(1) << 1, 2, 3;
    const Points normals = vertexNormals(surface);
    const Index last = surface.vertexCount() - 1;
    QVERIFY(normals.row(last).isZero());
    for (Index v = 0; v < last; ++v) {
      QVERIFY(std::abs(normals.row(v).norm() - 1) < 1e-5f);
      QVERIFY(normals.row(v).dot(surface.points.row(v)) / 50 > 0.999f);
    }
  }

  void curvatureOfKnownShapes_data() {
    QTest::addColumn<bool>("isSphere");
    QTest::addColumn<float>("radiusMm");
    QTest::addColumn<bool>("insideOut");
    QTest::newRow("small sphere") << true << 5.0f << false;
    QTest::newRow("large sphere") << true << 50.0f << false;
    QTest::newRow("hollow") << true << 20.0f << true;
    QTest::newRow("cylinder") << false << 20.0f << false;
  }
  void curvatureOfKnownShapes() {
    QFETCH(bool, isSphere);
    QFETCH(float, radiusMm);
    QFETCH(bool, insideOut);
    Surface surface = isSphere ? test::icosphere(4, radiusMm) : cylinder(radiusMm, 80, 20, 1.5f);
    if (insideOut) surface.triangles.col(1).swap(surface.triangles.col(2));
    const float expected = (isSphere ? 1 : 0.5f) * (insideOut ? 1 : -1) / radiusMm;
    const VectorF curvature = meanCurvature(surface);
    for (Index v = 0; v < surface.vertexCount(); ++v) {
      const bool border = !isSphere && (v < 80 || v >= surface.vertexCount() - 80);
      const float wanted = border ? 0 : expected;
      QVERIFY2(std::abs(curvature[v] - wanted) <= 0.01f * std::abs(expected),
               qPrintable(QString("vertex %1: %2, expected %3").arg(v).arg(curvature[v]).arg(wanted)));
    }
  }

  void curvatureSeparatesCrownsFromFundi() {
    const Surface surface = test::foldedSphere(5, 50, 12, 10);
    const VectorF curvature = meanCurvature(surface);
    for (Index v = 0; v < surface.vertexCount(); ++v) {
      if (std::abs(surface.points(v, 2)) > 15) continue;
      const float radius = surface.points.row(v).norm();
      if (radius > 54) QVERIFY(curvature[v] < 0);
      if (radius < 46) QVERIFY(curvature[v] > 0);
    }
  }

  void smoothingAveragesNeighbours() {
    const Surface surface = test::icosahedron(10);
    VectorF values = VectorF::Zero(12);
    values[3] = 6;
    const VectorF once = smoothOnSurface(surface, values, 1);
    QCOMPARE(once[3], 1.0f);  // five neighbours and itself
    QVERIFY(std::abs(once.sum() - 6) < 1e-5f);
    QCOMPARE((once.array() > 0).count(), Index{6});
    QCOMPARE(smoothOnSurface(surface, values, 0), values);
    const VectorF even = smoothOnSurface(surface, values, 200);
    QVERIFY((even.array() - 0.5f).abs().maxCoeff() < 1e-4f);
  }

  void smoothingLeavesOutNaN() {
    const Surface surface = test::icosahedron(10);
    VectorF values = VectorF::Constant(12, 2.0f);
    values[0] = std::numeric_limits<float>::quiet_NaN();
    const VectorF smooth = smoothOnSurface(surface, values, 3);
    QVERIFY(std::isnan(smooth[0]));
    QVERIFY(smooth.tail(11).isConstant(2.0f));
  }

  void smoothingRefuses() {
    const Surface surface = test::icosahedron(10);
    EXPECT_ERROR(ErrorCode::BadShape, smoothOnSurface(surface, VectorF::Zero(11), 1), "11 values",
                 "12 vertices");
    EXPECT_ERROR(ErrorCode::BadValue, smoothOnSurface(surface, VectorF::Zero(12), -1), "-1");
  }
};

QTEST_APPLESS_MAIN(TestMesh)
#include "tst_mesh.moc"
