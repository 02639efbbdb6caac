// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/regressors.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "support/expect.h"

using namespace cortexscope;

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

MatrixD randomColumns(Index rows, Index cols, unsigned seed) {
  return test::gaussian(rows, cols, seed).cast<double>();
}

/// Values of a cubic at even steps.
VectorD cubic(Index samples) {
  VectorD values(samples);
  for (Index t = 0; t < samples; ++t) {
    const double x = 0.1 * double(t);
    values[t] = 3 - 2 * x + 0.7 * x * x - 0.05 * x * x * x;
  }
  return values;
}

}  // namespace

class TestRegressors : public QObject {
  Q_OBJECT
 private slots:
  void polynomialsSpanPowersOfTime() {
    const MatrixD basis = polynomialBasis(40, 3);
    QCOMPARE(basis.cols(), 4);
    const SpannedSpace space = spannedSpace(basis, basis.colwise().norm().transpose());
    QCOMPARE(space.basis.cols(), 4);
    const VectorD values = cubic(40);
    QVERIFY((values - space.basis * (space.basis.transpose() * values)).norm() < 1e-12 * values.norm());
    QVERIFY((polynomialBasis(7, 0).array() == 1.0).all());
  }

  void cosinesAreThoseAtTheCutoffAndSlower() {
    // 100 samples of 2 s: periods 400 / k s, so that 128 s is passed by k = 0 to 3 and met exactly by none.
    const MatrixD basis = cosineBasis(100, 2, 128);
    QCOMPARE(basis.cols(), 4);
    QVERIFY((basis.col(0).array() == 1.0).all());
    for (Index t = 0; t < 100; ++t)
      QVERIFY(std::abs(basis(t, 3) - std::cos(std::numbers::pi * 3 * (double(t) + 0.5) / 100)) < 1e-12);
    // A period that is the cut-off itself goes out, also where the division is not exact in binary.
    QCOMPARE(cosineBasis(100, 2, 100).cols(), 5);
    QCOMPARE(cosineBasis(90, 0.7, 42).cols(), 4);
    QCOMPARE(cosineBasis(100, 2, 500).cols(), 1);
    const MatrixD gram = basis.transpose() * basis;
    QVERIFY(test::largestDifference(gram, MatrixD(gram.diagonal().asDiagonal())) < 1e-10);
  }

  void windowsAreOdd() {
    QCOMPARE(windowSamples(120, 2), 61);  // 59 is as near
    QCOMPARE(windowSamples(118, 2), 59);
    QCOMPARE(windowSamples(119.9, 2), 59);
    QCOMPARE(windowSamples(240, 1.49), 161);
    QCOMPARE(windowSamples(0.1, 2), 1);
    QCOMPARE(windowSamples(4.2, 0.7), 7);  // six samples but for rounding
  }

  void savitzkyGolayReproducesPolynomials() {
    const VectorD values = cubic(50);
    const double size = values.cwiseAbs().maxCoeff();
    QVERIFY(SavitzkyGolay(11, 3).residual(values).cwiseAbs().maxCoeff() < 1e-12 * size);
    QVERIFY(SavitzkyGolay(49, 3).residual(values).cwiseAbs().maxCoeff() < 1e-12 * size);
    QVERIFY(SavitzkyGolay(11, 2).residual(values).cwiseAbs().maxCoeff() > 1e-6 * size);
  }

  void savitzkyGolayIsALocalFit() {
    // Least squares by normal equations in each window, with powers of time counted from its middle.
    const MatrixD series = randomColumns(30, 2, 3);
    const MatrixD residual = SavitzkyGolay(9, 2).residual(series);
    for (Index t = 0; t < 30; ++t) {
      const Index first = std::min<Index>(std::max<Index>(t - 4, 0), 21);
      MatrixD powers(9, 3);
      for (Index i = 0; i < 9; ++i)
        for (int degree = 0; degree < 3; ++degree) powers(i, degree) = std::pow(double(i) - 4, degree);
      const MatrixD weights =
          (powers.transpose() * powers).ldlt().solve(powers.transpose() * series.middleRows(first, 9));
      const Eigen::RowVector3d here(1, double(t - first) - 4, std::pow(double(t - first) - 4, 2));
      QVERIFY(test::largestDifference(residual.row(t), (series.row(t) - here * weights)) < 1e-12);
    }
  }

  void savitzkyGolayAgreesWithSciPy() {
    // SciPy 1.10: y - signal.savgol_filter(y, 9, 3), y = 100 + 0.5 t + 3 sin(0.7 t) + cos(2.1 t t), t = 0 ..
    // 24
    VectorD y(25);
    for (Index i = 0; i < 25; ++i) {
      const double t = double(i);
      y[i] = 100 + 0.5 * t + 3 * std::sin(0.7 * t) + std::cos(2.1 * t * t);
    }
    const std::vector<std::pair<Index, double>> expected = {
        {0, 0.5004693184457665},  {3, 1.5064074276269537},  {4, -0.28045363861470207},
        {12, 1.6188394051766721}, {20, 0.5736567304211206}, {24, 0.13622921350751938}};
    const MatrixD residual = SavitzkyGolay(9, 3).residual(y);
    for (const auto& [t, value] : expected) QVERIFY(std::abs(residual(t, 0) - value) < 1e-11);
  }

  void spannedSpaceLeavesOutDependentColumns() {
    MatrixD columns = randomColumns(20, 6, 1);
    columns.col(2) = 3 * columns.col(0) - columns.col(1);
    columns.col(4).setZero();
    columns.col(5) = columns.col(3) * (1 + 1e-12);
    const SpannedSpace space = spannedSpace(columns, columns.colwise().norm().transpose());
    QCOMPARE(space.dependent, (std::vector<Index>{2, 4, 5}));
    QCOMPARE(space.basis.cols(), 3);
    const MatrixD identity = space.basis.transpose() * space.basis;
    QVERIFY(test::largestDifference(identity, MatrixD::Identity(3, 3)) < 1e-14);
    QVERIFY((columns - space.basis * (space.basis.transpose() * columns)).norm() < 1e-12);
  }

  void spannedSpaceOfNearlyEqualColumnsIsOrthonormal() {
    MatrixD columns = randomColumns(50, 3, 2);
    columns.col(1) = columns.col(0) + 1e-6 * columns.col(1);
    const MatrixD basis = spannedSpace(columns, columns.colwise().norm().transpose()).basis;
    QCOMPARE(basis.cols(), 3);
    QVERIFY(test::largestDifference(basis.transpose() * basis, MatrixD::Identity(3, 3)) < 1e-14);
  }

  void moreColumnsThanSamplesGiveTheWholeSpace() {
    const MatrixD columns = randomColumns(4, 9, 6);
    const SpannedSpace space = spannedSpace(columns, columns.colwise().norm().transpose());
    QCOMPARE(space.basis.cols(), 4);
    QCOMPARE(space.dependent.size(), std::size_t(5));
  }

  void confoundsComeFromTables() {
    Table table;
    table.columns = {"trans_x", "note", "trans_x_derivative1"};
    table.rows = {{"0.5", "still", "n/a"}, {"0.7", "moves", "0.2"}};
    table.lines = {2, 3};
    const Confounds read = confoundsFromTable(table, {"trans_x_derivative1", "trans_x"}, "run.tsv");
    QCOMPARE(read.names, (std::vector<std::string>{"trans_x_derivative1", "trans_x"}));
    QVERIFY(std::isnan(read.values(0, 0)));
    const Confounds chosen = chosenConfounds(read, {});
    QCOMPARE(chosen.values, (MatrixD(2, 2) << 0, 0.5, 0.2, 0.7).finished());
    QCOMPARE(chosenConfounds(read, {"trans_x"}).values, (MatrixD(2, 1) << 0.5, 0.7).finished());
    EXPECT_ERROR(ErrorCode::BadValue, confoundsFromTable(table, {"trans_y"}, "run.tsv"), "run.tsv",
                 "trans_y");
    EXPECT_ERROR(ErrorCode::BadFile, confoundsFromTable(table, {}, "run.tsv"), "run.tsv", "still", "note");
  }

  void refusesBadConfounds() {
    Confounds confounds{{"a", "b"}, randomColumns(5, 2, 1)};
    EXPECT_ERROR(ErrorCode::BadValue, chosenConfounds(confounds, {"c"}), "\"c\"", "among the 2");
    EXPECT_ERROR(ErrorCode::BadValue, chosenConfounds(confounds, {"a", "a"}), "\"a\"", "twice");
    confounds.values(2, 1) = kNaN;
    EXPECT_ERROR(ErrorCode::BadValue, chosenConfounds(confounds, {}), "\"b\"", "row 3 of 5");
    QCOMPARE(chosenConfounds(confounds, {"a"}).values, MatrixD(confounds.values.col(0)));
    confounds.values(2, 1) = 0;
    confounds.values(0, 1) = std::numeric_limits<double>::infinity();
    EXPECT_ERROR(ErrorCode::BadValue, chosenConfounds(confounds, {}), "row 1 of 5");
  }

  void refusesBadParameters() {
    EXPECT_ERROR(ErrorCode::BadValue, polynomialBasis(10, -1), "-1");
    EXPECT_ERROR(ErrorCode::BadShape, polynomialBasis(4, 3), "order 3", "4 samples");
    EXPECT_ERROR(ErrorCode::BadValue, cosineBasis(100, 2, 4), "4 s", "2 s");
    EXPECT_ERROR(ErrorCode::BadValue, cosineBasis(100, 0, 4), "0 s");
    EXPECT_ERROR(ErrorCode::BadValue, cosineBasis(100, 2, kNaN), "nan");
    EXPECT_ERROR(ErrorCode::BadValue, windowSamples(0, 2), "0 s");
    EXPECT_ERROR(ErrorCode::BadValue, windowSamples(1e12, 1), "1000000000000 s");
    EXPECT_ERROR(ErrorCode::BadValue, SavitzkyGolay(8, 2), "8 samples");
    EXPECT_ERROR(ErrorCode::BadValue, SavitzkyGolay(5, 5), "5 samples", "order 5");
    EXPECT_ERROR(ErrorCode::BadShape, SavitzkyGolay(9, 2).residual(MatrixD::Zero(8, 1)), "9", "8");
  }
};

QTEST_APPLESS_MAIN(TestRegressors)
#include "tst_regressors.moc"
