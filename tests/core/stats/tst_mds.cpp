// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "stats/mds.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {
std::vector<double> distancesOf(const MatrixD& points) {
  std::vector<double> distances;
  for (Index i = 0; i < points.rows(); ++i)
    for (Index j = i + 1; j < points.rows(); ++j) distances.push_back((points.row(i) - points.row(j)).norm());
  return distances;
}
}  // namespace

class TestMds : public QObject {
  Q_OBJECT
 private slots:
  void findsPointsOfKnownDistances() {
    MatrixD points = test::gaussian(12, 3, 1).cast<double>();
    points.col(0) *= 5.0;
    points.col(1) *= 2.0;
    const std::vector<double> distances = distancesOf(points);
    const MatrixD found = classicalMds(distances, 3);
    const std::vector<double> again = distancesOf(found);
    for (std::size_t i = 0; i < distances.size(); ++i) QVERIFY(std::abs(again[i] - distances[i]) < 1e-9);
    QVERIFY(found.colwise().mean().cwiseAbs().maxCoeff() < 1e-9);
    for (Index axis = 1; axis < 3; ++axis)
      QVERIFY(found.col(axis - 1).squaredNorm() > found.col(axis).squaredNorm());
    for (Index axis = 0; axis < 3; ++axis) QVERIFY(found.col(axis).maxCoeff() >= -found.col(axis).minCoeff());
  }

  void solvesARightTriangleByHand() {
    // 3-4-5 triangle; its two axes carry the whole sum of squares about the centre, (9 + 16 + 25) / 3.
    const MatrixD found = classicalMds(std::vector<double>{3, 4, 5}, 2);
    QVERIFY(std::abs((found.row(0) - found.row(1)).norm() - 3) < 1e-12);
    QVERIFY(std::abs((found.row(0) - found.row(2)).norm() - 4) < 1e-12);
    QVERIFY(std::abs(found.squaredNorm() - 50.0 / 3.0) < 1e-12);
  }

  void leavesUnneededAxesEmpty() {
    MatrixD line(5, 1);
    line << 0, 1, 3, 4, 9;
    const MatrixD found = classicalMds(distancesOf(line), 7);
    QCOMPARE(found.rows(), Index{5});
    QCOMPARE(found.cols(), Index{7});
    QVERIFY((found.rightCols(6).array() == 0.0).all());
    QVERIFY(std::abs(found(4, 0) - (9 - 3.4)) < 1e-12);
    QVERIFY((classicalMds(std::vector<double>(6, 0.0), 2).array() == 0.0).all());
  }

  void refusesBadInput() {
    EXPECT_ERROR(ErrorCode::BadShape, classicalMds(std::vector<double>(5, 1.0), 2), "5 distances");
    EXPECT_ERROR(ErrorCode::BadValue, classicalMds(std::vector<double>(3, 1.0), 0), "got 0");
    EXPECT_ERROR(ErrorCode::BadValue, classicalMds(std::vector<double>{1, -1, 1}, 2), "distance 1");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_ERROR(ErrorCode::BadValue, classicalMds(std::vector<double>{1, 1, nan}, 2), "distance 2");
  }
};

QTEST_APPLESS_MAIN(TestMds)
#include "tst_mds.moc"
