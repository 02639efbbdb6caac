// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>

#include "stats/correlation.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {
// SciPy 1.10: stats.pearsonr(a, b), stats.spearmanr(a, b), stats.rankdata(a)
const std::vector<double> kA{1.5, 2.0, 2.0, 3.7, -1.0, 0.2, 5.5, 2.0};
const std::vector<double> kB{0.3, 1.1, 0.9, 4.0, -2.0, 1.1, 2.5, 0.0};
constexpr double kPearson = 0.7958929125720945;
constexpr double kSpearman = 0.6995049884851877;
const std::vector<double> kRanks{3, 5, 5, 7, 1, 2, 8, 5};

bool near(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance;
}
}  // namespace

class TestCorrelation : public QObject {
  Q_OBJECT
 private slots:
  void agreesWithSciPy() {
    QVERIFY(near(pearson(kA, kB), kPearson, 1e-14));
    QVERIFY(near(spearman(kA, kB), kSpearman, 1e-14));
    QVERIFY(ranks(kA) == kRanks);
  }

  void survivesALargeOffset() {
    std::vector<double> a = kA, b = kB;
    for (double& value : a) value = 1e7 + value;
    for (double& value : b) value = -3.0 * value - 1e7;
    QVERIFY(near(pearson(a, b), -kPearson, 1e-8));
  }

  void constantSeriesGiveZero() {
    // The mean of ten times 0.1 is not 0.1 in binary: a variance test would see noise.
    const std::vector<double> constant(10, 0.1), empty;
    std::vector<double> rising(10);
    for (std::size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<double>(i);
    QCOMPARE(pearson(constant, rising), 0.0);
    QCOMPARE(pearson(rising, constant), 0.0);
    QCOMPARE(spearman(constant, rising), 0.0);
    QCOMPARE(pearson(empty, empty), 0.0);
  }

  void perfectCorrelationStaysInBounds() {
    std::vector<double> a, b;
    for (int i = 0; i < 101; ++i) {
      a.push_back(0.1 * i);
      b.push_back(0.7 * i + 0.3);
    }
    QVERIFY(pearson(a, b) <= 1.0 && pearson(a, b) > 1.0 - 1e-14);
    for (double& value : b) value = std::exp(value);
    QCOMPARE(spearman(a, b), 1.0);
  }

  void columnsAgreeWithSeries() {
    MatrixF a = test::gaussian(37, 5, 1), b = test::gaussian(37, 5, 2);
    b.col(1) = 2.0f * a.col(1) + 0.5f * b.col(1);
    a.col(2).array() += 1000.0f;
    a.col(3).setConstant(0.1f);
    b.col(4).setConstant(-7.0f);
    const VectorF r = columnwisePearson(a, b);
    for (Index col = 0; col < 5; ++col) {
      const VectorD x = a.col(col).cast<double>(), y = b.col(col).cast<double>();
      const double expected = pearson({x.data(), 37}, {y.data(), 37});
      QVERIFY2(near(r(col), expected, 1e-6), qPrintable(QString("column %1").arg(col)));
    }
    QVERIFY(r(1) > 0.9f);
    QCOMPARE(r(3), 0.0f);
    QCOMPARE(r(4), 0.0f);
    QCOMPARE(columnwisePearson(MatrixF(0, 3), MatrixF(0, 3)), VectorF::Zero(3).eval());
  }

  void zscoresOneRunAndLeavesTheOthers() {
    MatrixF values = test::gaussian(30, 4, 3).array() * 5.0f + 100.0f;
    values.col(2).middleRows(10, 12).setConstant(0.1f);
    const MatrixF before = values;
    zscoreRows(values, 10, 12);
    QVERIFY(values.topRows(10) == before.topRows(10));
    QVERIFY(values.bottomRows(8) == before.bottomRows(8));
    const MatrixD run = values.middleRows(10, 12).cast<double>();
    for (Index col : {0, 1, 3}) {
      QVERIFY(near(run.col(col).mean(), 0.0, 1e-6));
      QVERIFY(near(run.col(col).squaredNorm() / 12.0, 1.0, 1e-5));
    }
    QVERIFY((run.col(2).array() == 0.0).all());
  }

  void refusesBadInput() {
    const std::vector<double> three{1, 2, 3}, two{1, 2};
    EXPECT_ERROR(ErrorCode::BadShape, pearson(three, two), "3", "2");
    EXPECT_ERROR(ErrorCode::BadShape, spearman(three, two), "3", "2");
    EXPECT_ERROR(ErrorCode::BadShape, columnwisePearson(MatrixF(3, 2), MatrixF(3, 4)), "3 x 2", "3 x 4");
    const std::vector<double> withNaN{1, std::numeric_limits<double>::quiet_NaN()};
    EXPECT_ERROR(ErrorCode::BadValue, ranks(withNaN), "NaN");
    QVERIFY(std::isnan(pearson(withNaN, two)));
    MatrixF values(5, 1);
    EXPECT_ERROR(ErrorCode::BadShape, zscoreRows(values, 3, 3), "3 to 6", "5 rows");
    EXPECT_ERROR(ErrorCode::BadShape, zscoreRows(values, -1, 3), "-1");
  }
};

QTEST_APPLESS_MAIN(TestCorrelation)
#include "tst_correlation.moc"
