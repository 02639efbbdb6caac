// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "base/eigen.h"
#include "base/parallel.h"
#include "support/expect.h"

using namespace cortexscope;

class TestEigen : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void solvesTwoByTwoByHand() {
    MatrixD matrix(2, 2);
    matrix << 2, 1, 1, 2;
    const SymmetricEigen eigen = decomposeSymmetric(matrix);
    QCOMPARE(eigen.values(0), 1.0);
    QCOMPARE(eigen.values(1), 3.0);
    // (1, 1) / sqrt 2 belongs to 3: column 1, not row 1.
    QVERIFY(std::abs(eigen.vectors(0, 1) - eigen.vectors(1, 1)) < 1e-12);
    QVERIFY(std::abs(eigen.vectors(0, 0) + eigen.vectors(1, 0)) < 1e-12);
  }

  void rebuildsTheMatrix_data() {
    QTest::addColumn<int>("size");
    for (int size : {1, 2, 7, 60, 200}) QTest::addRow("%d", size) << size;
  }
  void rebuildsTheMatrix() {
    QFETCH(int, size);
    const MatrixD root = test::gaussian(size, size, 3).cast<double>();
    const MatrixD matrix = root + root.transpose();
    const SymmetricEigen eigen = decomposeSymmetric(matrix);
    const MatrixD rebuilt = eigen.vectors * eigen.values.asDiagonal() * eigen.vectors.transpose();
    QVERIFY(test::largestDifference(rebuilt, matrix) < 1e-11 * size);
    const MatrixD gram = eigen.vectors.transpose() * eigen.vectors;
    QVERIFY(test::largestDifference(gram, MatrixD::Identity(size, size)) < 1e-12 * size);
    for (Index i = 1; i < size; ++i) QVERIFY(eigen.values(i) >= eigen.values(i - 1));
  }

  void readsTheLowerTriangleOnly() {
    MatrixD matrix(3, 3);
    matrix << 4, 1, 2, 1, 5, 3, 2, 3, 6;
    MatrixD lower = matrix;
    lower(0, 1) = lower(0, 2) = lower(1, 2) = 99;
    QVERIFY(decomposeSymmetric(matrix).values == decomposeSymmetric(lower).values);
  }

  void acceptsAnEmptyMatrix() { QCOMPARE(decomposeSymmetric(MatrixD(0, 0)).values.size(), Index{0}); }

  void leadingOnesAreThoseOfTheWholeMatrix() {
    const MatrixD root = test::gaussian(60, 60, 4).cast<double>() * VectorD::LinSpaced(60, 0, 1).asDiagonal();
    const MatrixD matrix = root * root.transpose();
    const SymmetricEigen all = decomposeSymmetric(matrix);
    int products = 0;
    const auto few = leadingEigen(60, 4, [&](const MatrixD& block) {
      ++products;
      return MatrixD(matrix * block);
    });
    QVERIFY(few.has_value() && products < 100);
    QVERIFY(test::largestDifference(few->values, all.values.tail(4)) < 1e-10 * all.values(59));
    for (Index i = 0; i < 4; ++i)  // up to the sign
      QVERIFY(std::abs(std::abs(few->vectors.col(i).dot(all.vectors.col(56 + i))) - 1) < 1e-10);
  }

  void leadingOnesMayNotBeToldApart() {
    VectorD values = VectorD::Ones(400);  // more equal ones than the block has vectors is no trouble ...
    QVERIFY(leadingEigen(400, 3, [&](const MatrixD& block) { return MatrixD(values.asDiagonal() * block); }));
    for (Index i = 0; i < 400; ++i) values[i] = 1 - 1e-4 * double(i);  // ... nearly equal ones are
    QVERIFY(
        !leadingEigen(400, 3, [&](const MatrixD& block) { return MatrixD(values.asDiagonal() * block); }));
    EXPECT_ERROR(ErrorCode::BadValue, leadingEigen(3, 4, [](const MatrixD& block) { return block; }),
                 "4 eigenvectors", "3 x 3");
  }

  void refusesBadInput() {
    EXPECT_ERROR(ErrorCode::BadShape, decomposeSymmetric(MatrixD::Zero(2, 3)), "square", "2 x 3");
    MatrixD matrix = MatrixD::Identity(3, 3);
    matrix(2, 1) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_ERROR(ErrorCode::BadValue, decomposeSymmetric(matrix), "row 2, column 1");
  }
};

QTEST_APPLESS_MAIN(TestEigen)
#include "tst_eigen.moc"
