// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/correlation.h"
#include "stats/mantel.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// Distances of points on a plane in the order of pairs.
std::vector<double> planeDistances(Index things, unsigned seed) {
  const MatrixF points = test::gaussian(things, 2, seed);
  std::vector<double> distances;
  for (Index i = 0; i < things; ++i)
    for (Index j = i + 1; j < things; ++j) distances.push_back((points.row(i) - points.row(j)).norm());
  return distances;
}

std::vector<double> relabelled(const std::vector<double>& distances, const std::vector<Index>& order) {
  const auto things = static_cast<Index>(order.size());
  MatrixD square = MatrixD::Zero(things, things);
  std::size_t pair = 0;
  for (Index i = 0; i < things; ++i)
    for (Index j = i + 1; j < things; ++j) square(i, j) = square(j, i) = distances[pair++];
  std::vector<double> result;
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = i + 1; j < order.size(); ++j) result.push_back(square(order[i], order[j]));
  return result;
}

/// The definition: relabel, rank anew, correlate, count.
double bruteForceP(const std::vector<double>& a, const std::vector<double>& b, Index things) {
  std::vector<Index> order(static_cast<std::size_t>(things));
  std::iota(order.begin(), order.end(), Index{0});
  const double observed = spearman(a, b);
  long reached = 0, total = 0;
  do {
    reached += spearman(a, relabelled(b, order)) >= observed - 1e-12;
    ++total;
  } while (std::next_permutation(order.begin(), order.end()));
  return static_cast<double>(reached) / static_cast<double>(total);
}

}  // namespace

class TestMantel : public QObject {
  Q_OBJECT
 private slots:
  void equalsEnumeration_data() {
    QTest::addColumn<int>("things");
    QTest::addColumn<bool>("ties");
    for (int things = 3; things <= 6; ++things) {
      QTest::addRow("%d things", things) << things << false;
      QTest::addRow("%d things with ties", things) << things << true;
    }
  }
  void equalsEnumeration() {
    QFETCH(int, things);
    QFETCH(bool, ties);
    for (unsigned seed = 0; seed < 5; ++seed) {
      std::vector<double> a = planeDistances(things, seed), b = planeDistances(things, seed + 100);
      for (std::size_t i = 0; i < b.size(); ++i) b[i] += 0.7 * a[i];
      if (ties)
        for (double& distance : a) distance = std::floor(2.0 * distance);
      const MantelResult result = mantelTest(a, b, 10, 1, Job{});
      QVERIFY(result.exact);
      QCOMPARE(result.rho, spearman(a, b));
      QCOMPARE(result.p, bruteForceP(a, b, things));
    }
  }

  void identicalDistancesGiveOne() {
    const std::vector<double> distances = planeDistances(8, 3);
    const MantelResult result = mantelTest(distances, distances, 10, 1, Job{});
    QCOMPARE(result.rho, 1.0);
    QCOMPARE(result.permutations, 40320L);
    QCOMPARE(result.p, 1.0 / 40320);
  }

  void findsAgreementOfManyThings() {
    const std::vector<double> distances = planeDistances(40, 3);
    std::vector<double> noisy = distances;
    const MatrixF noise = test::gaussian(1, static_cast<Index>(noisy.size()), 4);
    for (std::size_t i = 0; i < noisy.size(); ++i) noisy[i] += 2.0 * noise(0, static_cast<Index>(i));
    const MantelResult result = mantelTest(distances, noisy, 2000, 1, Job{});
    QVERIFY(!result.exact);
    QVERIFY(result.rho > 0.2 && result.rho < 0.8);
    QCOMPARE(result.p, 1.0 / 2001);
    const std::vector<double> reversed = [&] {
      std::vector<double> negative = noisy;
      for (double& distance : negative) distance = -distance;
      return negative;
    }();
    QCOMPARE(mantelTest(distances, reversed, 2000, 1, Job{}).p, 1.0);
  }

  void samplingAgreesWithItself() {
    const std::vector<double> a = planeDistances(9, 1), b = planeDistances(9, 2);
    const double p = mantelTest(a, b, 20000, 1, Job{}).p;
    QCOMPARE(mantelTest(a, b, 20000, 1, Job{}).p, p);
    QVERIFY(std::abs(mantelTest(a, b, 20000, 2, Job{}).p - p) < 0.02);
    QVERIFY(std::abs(bruteForcePOfNine(a, b) - p) < 0.02);
  }

  void pIsUniformUnderTheNull() {
    constexpr int kTrials = 300;
    std::vector<double> p;
    for (unsigned trial = 0; trial < kTrials; ++trial)
      p.push_back(
          mantelTest(planeDistances(12, trial), planeDistances(12, trial + 5000), 199, trial, Job{}).p);
    std::sort(p.begin(), p.end());
    double deviation = 0;  // Kolmogorov-Smirnov
    for (int i = 0; i < kTrials; ++i)
      deviation = std::max(deviation, std::abs(p[static_cast<std::size_t>(i)] - (i + 1.0) / kTrials));
    QVERIFY2(deviation < 1.63 / std::sqrt(double{kTrials}),
             qPrintable(QString::number(deviation)));  // 1 % level
  }

  void equalDistancesGiveNothing() {
    const std::vector<double> equal(10, 0.1);
    const MantelResult result = mantelTest(equal, planeDistances(5, 1), 10, 1, Job{});
    QCOMPARE(result.rho, 0.0);
    QCOMPARE(result.p, 1.0);
  }

  void stopsWhenAsked() {
    std::stop_source stop;
    int reports = 0;
    const Job job(stop.get_token(), [&](double, std::string_view) {
      if (++reports == 3) stop.request_stop();
    });
    const std::vector<double> distances = planeDistances(40, 1);
    QVERIFY_THROWS_EXCEPTION(Cancelled, mantelTest(distances, distances, 100000000, 1, job));
  }

  void refusesBadInput() {
    const std::vector<double> six(6, 1.0), five(5, 1.0), one(1, 1.0);
    EXPECT_ERROR(ErrorCode::BadShape, mantelTest(six, five, 10, 1, Job{}), "6", "5");
    EXPECT_ERROR(ErrorCode::BadShape, mantelTest(five, five, 10, 1, Job{}), "5 distances");
    EXPECT_ERROR(ErrorCode::BadShape, mantelTest(one, one, 10, 1, Job{}), "at least 3 things, got 2");
    EXPECT_ERROR(ErrorCode::BadShape, mantelTest({}, {}, 10, 1, Job{}), "0 distances");
    EXPECT_ERROR(ErrorCode::BadValue, mantelTest(six, six, 0, 1, Job{}), "at least 1 permutation, got 0");
    const std::vector<double> withNaN{1, 2, std::numeric_limits<double>::quiet_NaN()};
    EXPECT_ERROR(ErrorCode::BadValue, mantelTest(withNaN, withNaN, 10, 1, Job{}), "NaN");
    QCOMPARE(thingsOfPairs(780), Index{40});
  }

 private:
  /// All 9! relabellings through ranks made once (9 things are beyond the library's own enumeration).
  static double bruteForcePOfNine(const std::vector<double>& a, const std::vector<double>& b) {
    const std::vector<double> rankA = ranks(a), rankB = ranks(b);
    MatrixD square = MatrixD::Zero(9, 9);
    std::size_t pair = 0;
    for (Index i = 0; i < 9; ++i)
      for (Index j = i + 1; j < 9; ++j) square(i, j) = square(j, i) = rankB[pair++];
    std::vector<Index> order(9);
    std::iota(order.begin(), order.end(), Index{0});
    double observed = 0;
    long reached = 0, total = 0;
    do {
      double sum = 0;
      pair = 0;
      for (std::size_t i = 0; i < 9; ++i)
        for (std::size_t j = i + 1; j < 9; ++j) sum += rankA[pair++] * square(order[i], order[j]);
      if (total == 0) observed = sum;
      reached += sum >= observed;
      ++total;
    } while (std::next_permutation(order.begin(), order.end()));
    return static_cast<double>(reached) / static_cast<double>(total);
  }
};

QTEST_APPLESS_MAIN(TestMantel)
#include "tst_mantel.moc"
