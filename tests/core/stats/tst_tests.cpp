// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>
#include <random>

#include "stats/correlation.h"
#include "stats/tests.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {
const std::vector<double> kA{1.5, 2.0, 2.0, 3.7, -1.0, 0.2, 5.5, 2.0};
const std::vector<double> kB{0.3, 1.1, 0.9, 4.0, -2.0, 1.1, 2.5, 0.0};

bool near(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance;
}

std::vector<double> minus(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return difference;
}

/// Every one of the 2^n sign choices, one after the other.
double bruteSignFlipP(const std::vector<double>& differences) {
  double observed = 0;
  for (double d : differences) observed += d;
  long reached = 0;
  const unsigned long total = 1UL << differences.size();
  for (unsigned long signs = 0; signs < total; ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < differences.size(); ++i)
      sum += (signs >> i & 1) != 0 ? differences[i] : -differences[i];
    reached += std::abs(sum) >= std::abs(observed) - 1e-9;
  }
  return static_cast<double>(reached) / static_cast<double>(total);
}

std::vector<double> autoregressive(std::size_t count, double memory, std::mt19937& generator) {
  std::normal_distribution<double> normal;
  std::vector<double> series(count);
  double last = normal(generator) / std::sqrt(1.0 - memory * memory);
  for (double& value : series) value = last = memory * last + normal(generator);
  return series;
}
}  // namespace

class TestTests : public QObject {
  Q_OBJECT
 private slots:
  void pairedTAgreesWithSciPy() {
    const PairedTest test = pairedT(kA, kB);  // SciPy 1.10: stats.ttest_rel(a, b)
    QVERIFY(near(test.meanDifference, 1.0, 1e-14));
    QVERIFY(near(test.t, 2.324952774876386, 1e-13));
    QVERIFY(near(test.p, 0.05300640079393067, 1e-13));
    QCOMPARE(test.count, 8);
    QCOMPARE(pairedT(kB, kA).p, test.p);
  }

  void pairedTWithoutSpread() {
    const std::vector<double> one{2.0}, other{1.0}, empty;
    QCOMPARE(pairedT(one, other).p, 1.0);
    QCOMPARE(pairedT(one, other).meanDifference, 1.0);
    QCOMPARE(pairedT(empty, empty).count, 0);
    const std::vector<double> shifted{1.0, 2.0, 3.0}, base{0.0, 1.0, 2.0};
    QCOMPARE(pairedT(shifted, base).p, 1.0);
    QCOMPARE(pairedT(shifted, base).t, 0.0);
  }

  void signFlipIsExactForFewPairs() {
    // SciPy 1.10: stats.permutation_test((a - b,), np.mean, permutation_type='samples', n_resamples=np.inf)
    QVERIFY(near(signFlipP(minus(kA, kB), 1), 0.0703125, 1e-15));
    const MatrixF random = test::gaussian(1, 15, 8);
    for (Index count = 1; count <= 15; ++count) {
      std::vector<double> differences(random.data(), random.data() + count);
      for (double& d : differences) d += 0.4;
      QCOMPARE(signFlipP(differences, 1), bruteSignFlipP(differences));
    }
    QCOMPARE(signFlipP(std::vector<double>(20, 0.1), 1), 2.0 / (1 << 20));
    QCOMPARE(signFlipP(std::vector<double>(5, 0.0), 1), 1.0);
    QCOMPARE(signFlipP({}, 1), 1.0);
  }

  void signFlipIsSampledForManyPairs() {
    const MatrixF random = test::gaussian(1, 70, 4);
    std::vector<double> weak(random.data(), random.data() + 70), strong = weak;
    for (double& d : weak) d += 0.2;
    for (double& d : strong) d += 2.0;
    // For 70 normal differences the paired t test is the yardstick.
    const double expected = pairedT(weak, std::vector<double>(70, 0.0)).p;
    QVERIFY(expected > 0.01 && expected < 0.9);
    QVERIFY(near(signFlipP(weak, 1), expected, 0.01));
    QVERIFY(near(signFlipP(strong, 1), 1.0 / 100001, 1e-12));
    QCOMPARE(signFlipP(weak, 3), signFlipP(weak, 3));
  }

  void pearsonPAgreesWithSciPy_data() {
    QTest::addColumn<double>("r");
    QTest::addColumn<double>("count");
    QTest::addColumn<double>("expected");
    // SciPy 1.10: 2 * stats.t.sf(abs(r * sqrt((n - 2) / (1 - r * r))), n - 2)
    QTest::newRow("20 samples") << 0.3 << 20.0 << 0.1987577173445536;
    QTest::newRow("1200 samples") << -0.05 << 1200.0 << 0.08339316102120517;
    QTest::newRow("5 samples") << 0.9 << 5.0 << 0.03738607346849863;
    QTest::newRow("a broken number of samples") << 0.2 << 33.5 << 0.26057194625921587;
    QTest::newRow("no correlation") << 0.0 << 10.0 << 1.0;
    QTest::newRow("perfect") << 1.0 << 10.0 << 0.0;
    QTest::newRow("too few") << 0.9 << 2.0 << 1.0;
  }
  void pearsonPAgreesWithSciPy() {
    QFETCH(double, r);
    QFETCH(double, count);
    QFETCH(double, expected);
    QVERIFY(near(pearsonP(r, count), expected, 1e-12));
  }

  void effectiveSamplesFollowTheAutocorrelation() {
    std::mt19937 generator(11);
    const double memoryA = 0.8, memoryB = 0.6;
    double mean = 0;
    for (int i = 0; i < 20; ++i)
      mean += effectiveSampleCount(autoregressive(1500, memoryA, generator),
                                   autoregressive(1500, memoryB, generator)) /
              20;
    const double theory = 1500 * (1 - memoryA * memoryB) / (1 + memoryA * memoryB);
    QVERIFY2(near(mean, theory, 0.12 * theory), qPrintable(QString("%1, theory %2").arg(mean).arg(theory)));
  }

  void effectiveSamplesByHand() {
    const std::vector<double> a{1, 2, 4, 3}, b{0, 1, 1, 2};
    // Centred a: -1.5 -0.5 1.5 0.5, power 5, lags 0.75 -2.5 -0.75; centred b: -1 0 0 1, power 2, lags 0 0 -1.
    const double inflation = 1 + 2 * (0.75 * 0.15 * 0 + 0.5 * -0.5 * 0 + 0.25 * -0.15 * -0.5);
    QVERIFY(near(effectiveSampleCount(a, b), 4 / inflation, 1e-12));
  }

  void effectiveSamplesStayInBounds() {
    std::vector<double> trend(100), constant(100, 0.1), alternating(100);
    for (std::size_t i = 0; i < 100; ++i) {
      trend[i] = static_cast<double>(i);
      alternating[i] = i % 2 == 0 ? 1.0 : -1.0;
    }
    QCOMPARE(effectiveSampleCount(constant, trend), 100.0);
    QVERIFY(effectiveSampleCount(trend, alternating) <= 100.0);
    QVERIFY(effectiveSampleCount(trend, trend) >= 3.0 && effectiveSampleCount(trend, trend) < 20.0);
    const std::vector<double> two{1, 2};
    QCOMPARE(effectiveSampleCount(two, two), 2.0);
  }

  void correctedPIsCalibratedOnSlowSeries() {
    std::mt19937 generator(2);
    int corrected = 0, naive = 0;
    for (int i = 0; i < 400; ++i) {
      const std::vector<double> a = autoregressive(200, 0.8, generator),
                                b = autoregressive(200, 0.8, generator);
      const double r = pearson(a, b);
      corrected += pearsonP(r, effectiveSampleCount(a, b)) < 0.05;
      naive += pearsonP(r, 200) < 0.05;
    }
    QVERIFY2(corrected >= 8 && corrected <= 44, qPrintable(QString("%1 of 400").arg(corrected)));
    QVERIFY2(naive > 100, qPrintable(QString("%1 of 400").arg(naive)));
  }

  void refusesBadInput() {
    const std::vector<double> three{1, 2, 3}, two{1, 2};
    const std::vector<double> infinite{1, std::numeric_limits<double>::infinity()};
    EXPECT_ERROR(ErrorCode::BadShape, pairedT(three, two), "3", "2");
    EXPECT_ERROR(ErrorCode::BadShape, effectiveSampleCount(three, two), "3", "2");
    EXPECT_ERROR(ErrorCode::BadValue, pairedT(infinite, two), "value 1");
    EXPECT_ERROR(ErrorCode::BadValue, signFlipP(infinite, 1), "value 1");
    EXPECT_ERROR(ErrorCode::BadValue, pearsonP(1.2, 20), "1.2");
    QVERIFY(std::isnan(pearsonP(std::numeric_limits<double>::quiet_NaN(), 20)));
  }
};

QTEST_APPLESS_MAIN(TestTests)
#include "tst_tests.moc"
