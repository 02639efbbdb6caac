// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "core/cortex/meshes.h"
#include "cortex/parcellation.h"
#include "support/expect.h"

using namespace cortexscope;

class TestSurface : public QObject {
  Q_OBJECT
 private slots:
  void acceptsStrayVertices() {
    Surface surface = test::icosahedron(10);
    surface.points.conservativeResize(13, 3);
    surface.points.row(12).setConstant(std::numeric_limits<float>::quiet_NaN());
    checkSurface(surface, "flat.gii");  // in no triangle: may hold anything
  }

  void refuses_data() {
    QTest::addColumn<int>("vertex");
    QTest::addColumn<float>("coordinate");
    QTest::addColumn<QString>("words");
    QTest::newRow("negative") << -1 << 0.0f << "names vertex -1";
    QTest::newRow("past the last") << 12 << 0.0f << "vertices 0 to 11";
    QTest::newRow("NaN") << 4 << std::numeric_limits<float>::quiet_NaN() << "vertex 4";
    QTest::newRow("infinite") << 4 << std::numeric_limits<float>::infinity() << "not a finite number";
  }
  void refuses() {
    QFETCH(int, vertex);
    QFETCH(float, coordinate);
    QFETCH(QString, words);
    Surface surface = test::icosahedron(10);
    surface.triangles(7, 1) = vertex;
    if (vertex == 4) surface.points(4, 2) = coordinate;
    const ErrorCode code = vertex == 4 ? ErrorCode::BadValue : ErrorCode::BadShape;
    EXPECT_ERROR(code, checkSurface(surface, "lh.pial"), "lh.pial", words.toStdString());
  }
  void refusesNoVertices() {
    EXPECT_ERROR(ErrorCode::BadShape, checkSurface(Surface(), "x.gii"), "x.gii", "no vertices");
  }

  void cortexIsLeftFirst() {
    const Cortex cortex{test::icosphere(1, 1), test::icosphere(0, 1), "test"};
    QCOMPARE(cortex.vertexCount(), Index{54});
    QCOMPARE(cortex.firstVertex(Hemisphere::Right), Index{42});
    QVERIFY(cortex.sideOf(41) == Hemisphere::Left);
    QVERIFY(cortex.sideOf(42) == Hemisphere::Right);
    QCOMPARE(cortex.hemisphere(Hemisphere::Right).vertexCount(), Index{12});
  }

  void parcellationNames() {
    Parcellation parcels{{{43, "Calcarine"}, {44, "Calcarine"}, {55, "Fusiform"}},
                         {0, 43, 55, 44, kNoRegion, 99}};
    QCOMPARE(parcels.nameAt(0), std::string("no region"));
    QCOMPARE(parcels.nameAt(2), std::string("Fusiform"));
    QCOMPARE(parcels.nameAt(4), std::string("no region"));
    QCOMPARE(parcels.nameAt(5), std::string("unknown (99)"));
    QCOMPARE(parcels.verticesOf("Calcarine"), (std::vector<Index>{1, 3}));
    QVERIFY(parcels.verticesOf("Cuneus").empty());
    EXPECT_ERROR(ErrorCode::BadValue, parcels.nameAt(6), "vertex 6", "6 vertices");
    parcels.regions.push_back({0, "Unknown"});
    QCOMPARE(parcels.nameAt(0), std::string("Unknown"));
  }
};

QTEST_APPLESS_MAIN(TestSurface)
#include "tst_surface.moc"
