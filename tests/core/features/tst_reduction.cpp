// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "base/parallel.h"
#include "features/reduction.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// samples x values with `rank` strong directions and an offset, no noise.
MatrixF lowRank(Index samples, Index values, Index rank, unsigned seed) {
  MatrixF result = test::gaussian(samples, rank, seed) * test::gaussian(rank, values, seed + 1);
  result.rowwise() += 10.0f * test::gaussian(1, values, seed + 2).row(0);
  return result;
}

float orthonormalityError(const MatrixF& components) {
  const MatrixF gram = components.transpose() * components;
  return test::largestDifference(gram, MatrixF::Identity(gram.rows(), gram.cols()));
}

}  // namespace

class TestReduction : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void agreesWithScikitLearn() {
    MatrixF values(5, 3);
    values << 1, 2, 0.5f, 2, 1, 3, 4, 0, 1, 3, 5, 2, 0, 1, 7;
    // scikit-learn: PCA(2).fit(X); variances * 4 / 5 (it divides by n - 1)
    MatrixF components(3, 2), scores(5, 2);
    components << -0.42210065f, -0.13250417f, -0.18911635f, 0.9803658f, 0.88660366f, 0.14603268f;
    scores << -1.56625067f, 0.00730542f, 0.41727418f, -0.74048283f, -2.01101808f, -2.27792234f, -1.64789554f,
        2.90244351f, 4.80789011f, 0.10865623f;
    const Reduction reduction = fitReduction(values, 2);
    QVERIFY(test::largestDifference(reduction.components, components) < 1e-6f);
    QVERIFY(test::largestDifference(reduction.apply(values), scores) < 1e-5f);
    QVERIFY(std::abs(reduction.explainedVariance(0) - 6.50056393f) < 1e-5f);
    QVERIFY(std::abs(reduction.explainedVariance(1) - 2.83465658f) < 1e-5f);
    QVERIFY(std::abs(reduction.totalVariance - 10.32) < 1e-6);
  }

  void bothGramMatricesGiveTheSameBasis() {
    // 40 samples x 40 values goes over samples; with a copy of each sample it goes over values. Same basis.
    const MatrixF values = test::gaussian(40, 40, 3);
    MatrixF twice(80, 40);
    twice << values, values;
    const Reduction bySamples = fitReduction(values, 10), byValues = fitReduction(twice, 10);
    QVERIFY(test::largestDifference(bySamples.components, byValues.components) < 1e-4f);
    QVERIFY(test::largestDifference(bySamples.explainedVariance, byValues.explainedVariance) < 1e-4f);
    QVERIFY(std::abs(bySamples.totalVariance - byValues.totalVariance) < 1e-4);
  }

  void fewComponentsOfManySamplesAreTheSame() {
    // A falling spectrum, as natural features have; 100 and more components take the whole decomposition.
    const Index samples = 2300, values = 2100;
    MatrixF data = test::gaussian(samples, values, 7);
    for (Index i = 0; i < values; ++i) data.col(i) /= float(std::sqrt(double(i + 1)));
    data = data * (MatrixF::Identity(values, values) +
                   0.1f / std::sqrt(float(values)) * test::gaussian(values, values, 8));
    const Reduction few = fitReduction(data, 5), all = fitReduction(data, 100);
    QCOMPARE(few.components.cols(), Index{5});
    QVERIFY(test::largestDifference(few.components, all.components.leftCols(5)) < 1e-4f);
    QVERIFY(test::largestDifference(few.explainedVariance, all.explainedVariance.head(5)) <
            1e-5f * all.explainedVariance(0));
    QVERIFY(std::abs(few.totalVariance / all.totalVariance - 1) < 1e-6);
  }

  void keepsTheRankAndRebuilds_data() {
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("values");
    QTest::newRow("many samples") << 90 << 20;
    QTest::newRow("many values") << 20 << 300;
    QTest::newRow("several pieces of values") << 1500 << 1600;
  }
  void keepsTheRankAndRebuilds() {
    QFETCH(int, samples);
    QFETCH(int, values);
    const MatrixF data = lowRank(samples, values, 4, 1);
    const Reduction reduction = fitReduction(data, 4);
    QCOMPARE(reduction.components.cols(), Index{4});
    QVERIFY(orthonormalityError(reduction.components) < 1e-5f);
    const MatrixF scores = reduction.apply(data);
    const MatrixF rebuilt =
        (scores * reduction.components.transpose()).rowwise() + reduction.mean.transpose();
    QVERIFY(test::largestDifference(rebuilt, data) < 2e-4f);
    QVERIFY(std::abs(reduction.explainedVariance.sum() / reduction.totalVariance - 1.0) < 1e-5);
    const VectorF variances = scores.colwise().squaredNorm().transpose() / static_cast<float>(samples);
    QVERIFY(((variances - reduction.explainedVariance).array() < 1e-4f * variances(0)).all());
    for (Index i = 1; i < 4; ++i) QVERIFY(variances(i) < variances(i - 1));
  }

  void neverKeepsMoreThanTheRank() {
    const MatrixF data = test::gaussian(12, 50, 1);
    const Reduction all = fitReduction(data, 1000);
    QCOMPARE(all.components.cols(), Index{11});
    QVERIFY(orthonormalityError(all.components) < 1e-4f);
    MatrixF repeated(12, 50);
    for (Index row = 0; row < 12; ++row) repeated.row(row) = data.row(row % 3);
    QCOMPARE(fitReduction(repeated, 1000).components.cols(), Index{2});
    QCOMPARE(fitReduction(repeated.leftCols(5), 1000).components.cols(), Index{2});
  }

  void constantTrainingKeepsNothing() {
    for (Index cols : {Index{4}, Index{40}}) {
      const Reduction reduction = fitReduction(MatrixF::Constant(10, cols, 0.1f), 5);
      QCOMPARE(reduction.components.cols(), Index{0});
      QCOMPARE(reduction.apply(MatrixF::Zero(3, cols)).rows(), Index{3});
    }
  }

  void signsAreFixed() {
    const MatrixF data = test::gaussian(30, 8, 5);
    const Reduction reduction = fitReduction(data, 8), mirrored = fitReduction(-data, 8);
    for (Index i = 0; i < 8; ++i)
      QVERIFY(reduction.components.col(i).maxCoeff() >= -reduction.components.col(i).minCoeff());
    QVERIFY(test::largestDifference(reduction.components, mirrored.components) < 1e-5f);
  }

  void appliesToSamplesNeverSeen() {
    const MatrixF data = lowRank(60, 15, 3, 1);
    const Reduction reduction = fitReduction(data.topRows(40), 3);
    const MatrixF scores = reduction.apply(data.bottomRows(20));
    const MatrixF expected =
        (data.bottomRows(20).rowwise() - data.topRows(40).colwise().mean()) * reduction.components;
    QVERIFY(test::largestDifference(scores, expected) < 1e-3f);
    QVERIFY(test::largestDifference(scores.row(7), reduction.apply(data.row(47)).row(0)) < 1e-4f);
  }

  void scalingStandardises() {
    MatrixF data = test::gaussian(50, 4, 1).array() * 3.0f + 1000.0f;
    data.col(2).setConstant(0.1f);
    const Scaling scaling = fitScaling(data);
    const MatrixF scaled = scaling.apply(data);
    for (Index col : {0, 1, 3}) {
      QVERIFY(std::abs(scaled.col(col).mean()) < 1e-4f);
      QVERIFY(std::abs(scaled.col(col).squaredNorm() / 50.0f - 1.0f) < 1e-4f);
    }
    QVERIFY((scaled.col(2).array() == 0.0f).all());
    const MatrixF other = MatrixF::Constant(1, 4, 7.0f);
    QCOMPARE(scaling.apply(other)(0, 0), (7.0f - scaling.mean(0)) / scaling.sd(0));
    QCOMPARE(scaling.apply(other)(0, 2), 0.0f);
  }

  void refusesBadInput() {
    MatrixF data = test::gaussian(5, 3, 1);
    EXPECT_ERROR(ErrorCode::BadValue, fitReduction(data, 0), "got 0");
    EXPECT_ERROR(ErrorCode::BadShape, fitReduction(data.topRows(1), 1), "at least 2", "1 x 3");
    EXPECT_ERROR(ErrorCode::BadShape, fitReduction(MatrixF(5, 0), 1), "5 x 0");
    EXPECT_ERROR(ErrorCode::BadShape, fitScaling(MatrixF(0, 3)), "0 x 3");
    EXPECT_ERROR(ErrorCode::BadShape, fitReduction(data, 2).apply(MatrixF::Zero(2, 4)), "3 values", "got 4");
    EXPECT_ERROR(ErrorCode::BadShape, fitScaling(data).apply(MatrixF::Zero(2, 2)), "3 values", "got 2");
    data(4, 1) = std::numeric_limits<float>::infinity();
    EXPECT_ERROR(ErrorCode::BadValue, fitReduction(data, 2), "sample 4");
    EXPECT_ERROR(ErrorCode::BadValue, fitScaling(data), "sample 4");
  }
};

QTEST_APPLESS_MAIN(TestReduction)
#include "tst_reduction.moc"
