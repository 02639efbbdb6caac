// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "stats/multiple_tests.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {
/// How many hypotheses the step-up procedure rejects at `level`, straight from its definition.
std::size_t stepUpRejections(std::vector<double> p, double level) {
  std::sort(p.begin(), p.end());
  std::size_t rejected = 0;
  for (std::size_t k = 1; k <= p.size(); ++k)
    if (p[k - 1] <= level * static_cast<double>(k) / static_cast<double>(p.size())) rejected = k;
  return rejected;
}
}  // namespace

class TestMultipleTests : public QObject {
  Q_OBJECT
 private slots:
  void adjustsByHand() {
    const std::vector<double> q =
        adjustBenjaminiHochberg(std::vector<double>{0.01, 0.04, 0.03, 0.005, 0.5, 0.04});
    const std::vector<double> expected{0.03, 0.048, 0.048, 0.03, 0.5, 0.048};
    for (std::size_t i = 0; i < q.size(); ++i) QVERIFY(std::abs(q[i] - expected[i]) < 1e-12);
  }

  void rejectsWhatTheStepUpProcedureRejects() {
    std::mt19937 generator(5);
    std::uniform_real_distribution<double> uniform;
    for (int trial = 0; trial < 50; ++trial) {
      std::vector<double> p(1 + static_cast<std::size_t>(trial));
      for (double& value : p) value = trial % 2 == 0 ? std::pow(uniform(generator), 3) : uniform(generator);
      const std::vector<double> q = adjustBenjaminiHochberg(p);
      for (double level : {0.003, 0.049, 0.21, 0.77}) {
        const auto rejected = std::count_if(q.begin(), q.end(), [&](double value) { return value <= level; });
        QCOMPARE(static_cast<std::size_t>(rejected), stepUpRejections(p, level));
      }
    }
  }

  void leavesNaNOut() {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> q = adjustBenjaminiHochberg(std::vector<double>{nan, 0.02, nan, 0.5});
    QVERIFY(std::isnan(q[0]) && std::isnan(q[2]));
    QCOMPARE(q[1], 0.04);
    QCOMPARE(q[3], 0.5);
    QVERIFY(adjustBenjaminiHochberg({}).empty());
  }

  void refusesWhatIsNoProbability() {
    EXPECT_ERROR(ErrorCode::BadValue, adjustBenjaminiHochberg(std::vector<double>{0.1, 1.5}), "p value 1",
                 "1.5");
    EXPECT_ERROR(ErrorCode::BadValue, adjustBenjaminiHochberg(std::vector<double>{-0.1}), "p value 0");
  }
};

QTEST_APPLESS_MAIN(TestMultipleTests)
#include "tst_multiple_tests.moc"
