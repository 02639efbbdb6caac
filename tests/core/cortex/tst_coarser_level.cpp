// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <set>

#include "core/cortex/meshes.h"
#include "cortex/geometry.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// Triangles from their smallest corner on, so that order and starting corner do not matter but winding does.
std::set<std::array<int, 3>> turned(const Triangles& triangles) {
  std::set<std::array<int, 3>> set;
  for (Index t = 0; t < triangles.rows(); ++t) {
    std::array<int, 3> corners{triangles(t, 0), triangles(t, 1), triangles(t, 2)};
    std::rotate(corners.begin(), std::min_element(corners.begin(), corners.end()), corners.end());
    set.insert(corners);
  }
  return set;
}

}  // namespace

class TestCoarserLevel : public QObject {
  Q_OBJECT
 private slots:
  void undoesSubdivision_data() {
    QTest::addColumn<int>("level");
    for (const int level : {0, 1, 2, 3, 4}) QTest::addRow("level %d", level) << level;
  }
  void undoesSubdivision() {
    QFETCH(int, level);
    const Surface coarse = test::icosphere(level, 40);
    const CoarserSurface found = coarserLevel(test::subdivided(coarse, 40));
    QVERIFY(found.surface.points == coarse.points);
    QVERIFY(turned(found.surface.triangles) == turned(coarse.triangles));
    QCOMPARE(static_cast<Index>(found.keptVertices.size()), coarse.vertexCount());
    for (Index v = 0; v < coarse.vertexCount(); ++v)
      QCOMPARE(found.keptVertices[static_cast<std::size_t>(v)], v);
  }

  void refusesIcosahedron() {
    EXPECT_ERROR(ErrorCode::BadShape, coarserLevel(test::icosahedron(1)), "not a regular subdivision",
                 "12 vertices");
  }

  void refusesOtherOrder() {
    Surface surface = test::icosphere(2, 40);
    // Exchanging an old and a new vertex leaves the shape as it was but not the order.
    surface.points.row(0).swap(surface.points.row(100));
    for (Index i = 0; i < surface.triangles.size(); ++i) {
      std::int32_t& vertex = surface.triangles.data()[i];
      vertex = vertex == 0 ? 100 : vertex == 100 ? 0 : vertex;
    }
    EXPECT_ERROR(ErrorCode::BadShape, coarserLevel(surface), "not a regular subdivision", "not 2");
  }

  void refusesMissingTriangle() {
    Surface surface = test::icosphere(2, 40);
    surface.triangles.conservativeResize(surface.triangleCount() - 1, 3);
    EXPECT_ERROR(ErrorCode::BadShape, coarserLevel(surface), "319 triangles");
  }
};

QTEST_APPLESS_MAIN(TestCoarserLevel)
#include "tst_coarser_level.moc"
