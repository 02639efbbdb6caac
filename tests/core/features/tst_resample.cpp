// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>
#include <numbers>

#include "features/resample.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

MatrixF wave(const TimeAxis& axis, double hertz) {
  MatrixF values(axis.sampleCount, 1);
  for (Index i = 0; i < axis.sampleCount; ++i)
    values(i, 0) = static_cast<float>(std::sin(2 * std::numbers::pi * hertz * axis.centreSec(i)));
  return values;
}

/// The formula of the contract, over all source samples for every target.
MatrixF slowLanczos(const MatrixF& values, const TimeAxis& from, const TimeAxis& to) {
  const double rate = std::min(1 / from.periodSec, 1 / to.periodSec);
  MatrixF result(to.sampleCount, values.cols());
  for (Index target = 0; target < to.sampleCount; ++target) {
    double time = std::max(to.centreSec(target), from.centreSec(0));
    time = std::min(time, from.centreSec(from.sampleCount - 1));
    VectorD weights(from.sampleCount);
    for (Index source = 0; source < from.sampleCount; ++source) {
      const double x = std::numbers::pi * (time - from.centreSec(source)) * rate;
      const double window = std::abs(x) < 1e-9 ? 1 : 3 * std::sin(x) * std::sin(x / 3) / (x * x);
      weights(source) = std::abs(x) < 3 * std::numbers::pi ? window : 0;
    }
    result.row(target) = (weights.transpose() * values.cast<double>() / weights.sum()).cast<float>();
  }
  return result;
}

}  // namespace

class TestResample : public QObject {
  Q_OBJECT
 private slots:
  void lanczosFollowsItsFormula_data();
  void lanczosFollowsItsFormula();
  void lanczosKeepsConstants();
  void lanczosPassesSlowAndStopsFast();
  void lanczosKeepsNaNLocal();
  void meanByHand();
  void meanOnRoundedBorders();
  void refusesBadInput();
};

void TestResample::lanczosFollowsItsFormula_data() {
  QTest::addColumn<double>("startSec");
  QTest::addColumn<double>("periodSec");
  QTest::addColumn<int>("count");
  QTest::newRow("down") << 0.0 << 1.0 << 6;
  QTest::newRow("down by an odd factor, shifted") << 0.37 << 0.73 << 7;
  QTest::newRow("up") << 0.0 << 0.04 << 100;
  QTest::newRow("same rate, half a sample later") << 0.05 << 0.1 << 50;
  QTest::newRow("beyond both ends") << -3.0 << 0.5 << 25;
}

void TestResample::lanczosFollowsItsFormula() {
  QFETCH(double, startSec);
  QFETCH(double, periodSec);
  QFETCH(int, count);
  const TimeAxis from{0.0, 0.1, 60}, to{startSec, periodSec, count};
  const MatrixF values = test::gaussian(60, 3, 1);
  QVERIFY(test::largestDifference(resampleLanczos(values, from, to), slowLanczos(values, from, to)) < 1e-5f);
  QVERIFY(test::largestDifference(resampleLanczos(values, from, from), values) < 1e-6f);
}

void TestResample::lanczosKeepsConstants() {
  const TimeAxis from{2.0, 0.3, 40};
  for (double periodSec : {0.05, 0.3, 1.0, 4.0}) {
    const TimeAxis to{0.0, periodSec, static_cast<Index>(20 / periodSec)};
    const MatrixF result = resampleLanczos(MatrixF::Constant(40, 2, 5.0f), from, to);
    QVERIFY((result.array() - 5.0f).abs().maxCoeff() < 1e-6f);
  }
}

void TestResample::lanczosPassesSlowAndStopsFast() {
  const TimeAxis from{0.0, 0.04, 2500}, to{0.0, 1.0, 100};
  const auto inner = [&](double hertz) -> MatrixF {
    return resampleLanczos(wave(from, hertz), from, to).middleRows(5, 90);
  };
  QVERIFY(test::largestDifference(inner(0.1), wave(to, 0.1).middleRows(5, 90)) < 0.02f);
  for (double hertz : {1.3, 3.0, 7.7}) QVERIFY(inner(hertz).cwiseAbs().maxCoeff() < 0.02f);
}

void TestResample::lanczosKeepsNaNLocal() {
  const TimeAxis from{0.0, 0.1, 100}, to{0.0, 1.0, 10};
  MatrixF values = MatrixF::Ones(100, 2);
  values(45, 0) = static_cast<float>(kNaN);
  const MatrixF result = resampleLanczos(values, from, to);
  for (Index row = 0; row < 10; ++row) {
    QCOMPARE(std::isnan(result(row, 0)), row >= 2 && row <= 7 && std::abs(row + 0.5 - 4.55) < 3.0);
    QVERIFY(!std::isnan(result(row, 1)));
  }
}

void TestResample::meanByHand() {
  const TimeAxis from{0.5, 0.5, 6}, to{0.0, 1.0, 5};  // centres 0.75 1.25 1.75 2.25 2.75 3.25
  MatrixF values(6, 2);
  values << 1, 10, 2, 20, 4, 40, 8, 80, 16, 160, 32, 320;
  const MatrixF result = resampleMean(values, from, to);
  QCOMPARE(result(0, 0), 1.0f);
  QCOMPARE(result(1, 1), 30.0f);
  QCOMPARE(result(2, 0), 12.0f);
  QCOMPARE(result(3, 0), 32.0f);
  QVERIFY(std::isnan(result(4, 0)) && std::isnan(result(4, 1)));
  QVERIFY(resampleMean(MatrixF(0, 2), {0, 1, 0}, to).array().isNaN().all());
}

void TestResample::meanOnRoundedBorders() {
  // Centres 0.1, 0.2, 0.3 ... lie on the targets' borders; in binary, 0.3 / 0.1 falls short of 3.
  const TimeAxis from{0.05, 0.1, 30}, to{0.0, 0.1, 31};
  MatrixF values(30, 1);
  for (Index i = 0; i < 30; ++i) values(i, 0) = static_cast<float>(i);
  const MatrixF result = resampleMean(values, from, to);
  QVERIFY(std::isnan(result(0, 0)));
  for (Index i = 1; i < 31; ++i) QCOMPARE(result(i, 0), static_cast<float>(i - 1));
}

void TestResample::refusesBadInput() {
  const MatrixF values = MatrixF::Zero(4, 1);
  const TimeAxis good{0, 1, 4};
  EXPECT_ERROR(ErrorCode::BadShape, resampleLanczos(values, {0, 1, 5}, good), "4 samples", "5");
  EXPECT_ERROR(ErrorCode::BadShape, resampleMean(values, {0, 1, 5}, good), "4 samples", "5");
  EXPECT_ERROR(ErrorCode::BadShape, resampleLanczos(MatrixF(0, 1), {0, 1, 0}, good), "without samples");
  EXPECT_ERROR(ErrorCode::BadValue, resampleLanczos(values, {0, 0, 4}, good), "source", "of 0 s");
  EXPECT_ERROR(ErrorCode::BadValue, resampleMean(values, good, {kNaN, 1, 4}), "target", "nan");
}

QTEST_APPLESS_MAIN(TestResample)
#include "tst_resample.moc"
