// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "core/cortex/meshes.h"
#include "cortex/geometry.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

double spreadOfRadius(const Surface& surface) {
  const VectorF radii = surface.points.rowwise().norm();
  return (radii.maxCoeff() - radii.minCoeff()) / radii.mean();
}

}  // namespace

class TestInflation : public QObject {
  Q_OBJECT
 private slots:
  void smoothsFoldsAway() {
    const Surface folded = test::foldedSphere(4, 50, 10, 16);
    const Inflation inflation = inflate(folded, InflationOptions(), Job{});
    QVERIFY(inflation.surface.triangles == folded.triangles);
    QVERIFY(spreadOfRadius(folded) > 0.3);
    QVERIFY2(spreadOfRadius(inflation.surface) < 0.1,
             qPrintable(QString::number(spreadOfRadius(inflation.surface))));
    QVERIFY(std::abs(inflation.areaRatio - 1) < 1e-6);
    QVERIFY(std::abs(test::areaMm2(inflation.surface) / test::areaMm2(folded) - 1) < 1e-4);
    QCOMPARE(test::flippedTriangles(inflation.surface, vertexNormals(inflation.surface)), Index{0});
  }

  void depthIsPositiveInSulci() {
    const Surface folded = test::foldedSphere(4, 50, 10, 16);
    const Inflation inflation = inflate(folded, InflationOptions(), Job{});
    const VectorF inward = -folded.points.rowwise().norm();
    QVERIFY(test::correlation(inflation.sulcalDepth, inward) > 0.9);
    QVERIFY(std::abs(inflation.sulcalDepth.mean()) < 1e-3f);
    for (Index v = 0; v < folded.vertexCount(); ++v) {
      if (inward[v] > -44) QVERIFY(inflation.sulcalDepth[v] > 0);
      if (inward[v] < -56) QVERIFY(inflation.sulcalDepth[v] < 0);
    }
  }

  void metricWeightHoldsLengths() {
    const Surface folded = test::foldedSphere(4, 50, 10, 16);
    const double plain = inflate(folded, {100, 0.0}, Job{}).edgeDistortion;
    const double held = inflate(folded, {100, 1.0}, Job{}).edgeDistortion;
    QVERIFY2(held < 0.9 * plain, qPrintable(QString("%1 against %2").arg(held).arg(plain)));
  }

  void sphereStaysAndDistortionIsTrue() {
    const Surface sphere = test::icosphere(3, 60);
    const Inflation none = inflate(sphere, {0, 0.5}, Job{});
    QVERIFY(none.surface.points == sphere.points);
    QCOMPARE(none.edgeDistortion, 0.0);
    QVERIFY(none.sulcalDepth.isZero());
    const Inflation inflation = inflate(sphere, InflationOptions(), Job{});
    QVERIFY2(spreadOfRadius(inflation.surface) < 0.03,
             qPrintable(QString::number(spreadOfRadius(inflation.surface))));
    QVERIFY(inflation.edgeDistortion < 0.1);
  }

  void keepsPlaceAndIgnoresStrayVertices() {
    Surface folded = test::foldedSphere(3, 50, 6, 10);
    folded.points.col(0).array() -= 35;
    const Eigen::RowVector3f centre = folded.points.colwise().mean();
    Surface withStray = folded;
    withStray.points.conservativeResize(folded.vertexCount() + 1, 3);
    withStray.points.bottomRows(1).setConstant(1e6f);
    const Inflation plain = inflate(folded, InflationOptions(), Job{});
    const Inflation stray = inflate(withStray, InflationOptions(), Job{});
    QVERIFY((plain.surface.points.colwise().mean() - centre).norm() < 1e-3f);
    QVERIFY((stray.surface.points.topRows(folded.vertexCount()) - plain.surface.points).norm() < 1e-3f);
  }

  void refuses() {
    const Surface sphere = test::icosahedron(10);
    EXPECT_ERROR(ErrorCode::BadValue, inflate(sphere, {-1, 0.5}, Job{}), "-1");
    EXPECT_ERROR(ErrorCode::BadValue, inflate(sphere, {10, 1.5}, Job{}), "0 to 1", "1.5");
    EXPECT_ERROR(ErrorCode::BadValue, inflate(sphere, {10, std::nan("")}, Job{}), "0 to 1");
    Surface flat = sphere;
    flat.points.setZero();
    EXPECT_ERROR(ErrorCode::BadShape, inflate(flat, InflationOptions(), Job{}), "without area");
    flat.triangles(0, 0) = 99;
    EXPECT_ERROR(ErrorCode::BadShape, inflate(flat, InflationOptions(), Job{}), "vertex 99");
  }

  void stopsWhenAsked() {
    std::stop_source source;
    int reports = 0;
    const Job job(source.get_token(), [&](double fraction, std::string_view) {
      QVERIFY(fraction >= 0 && fraction <= 1);
      if (++reports == 3) source.request_stop();
    });
    QVERIFY_THROWS_EXCEPTION(Cancelled, inflate(test::icosphere(2, 10), {1000000, 0.5}, job));
    QVERIFY(reports < 6);
  }
};

QTEST_APPLESS_MAIN(TestInflation)
#include "tst_inflation.moc"
