// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Cholesky>
#include <cmath>
#include <limits>
#include <set>

#include "core/encoding/synthetic.h"
#include "encoding/ridge.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

struct Line {
  MatrixD weights;
  Eigen::RowVectorXd intercept;
};

/// Ridge by its normal equations, intercept by centring, all float64.
Line solve(const MatrixD& x, const MatrixD& y, double penalty) {
  const Eigen::RowVectorXd xMean = x.colwise().mean(), yMean = y.colwise().mean();
  const MatrixD xc = x.rowwise() - xMean, yc = y.rowwise() - yMean;
  MatrixD gram = xc.transpose() * xc;
  gram.diagonal().array() += penalty;
  const MatrixD weights = Eigen::LDLT<MatrixD>(gram).solve(xc.transpose() * yc);
  return {weights, yMean - xMean * weights};
}

MatrixD without(const MatrixD& values, const Run& run) {
  MatrixD rest(values.rows() - run.sampleCount, values.cols());
  rest << values.topRows(run.firstSample), values.bottomRows(values.rows() - run.endSample());
  return rest;
}

/// Held-out predictions of all runs with one penalty.
MatrixD crossPredict(const MatrixD& x, const MatrixD& y, const Runs& folds, double penalty) {
  MatrixD predicted(y.rows(), y.cols());
  for (const Run& run : folds) {
    const Line line = solve(without(x, run), without(y, run), penalty);
    const auto rows = x.middleRows(run.firstSample, run.sampleCount);
    predicted.middleRows(run.firstSample, run.sampleCount) = (rows * line.weights).rowwise() + line.intercept;
  }
  return predicted;
}

double foldMeanScore(const MatrixD& predicted, const MatrixD& y, const Runs& folds, Index target) {
  double sum = 0;
  for (const Run& run : folds)
    sum -= (predicted - y).col(target).segment(run.firstSample, run.sampleCount).squaredNorm() /
           double(run.sampleCount);
  return sum / double(folds.size());
}

VectorD grid(std::initializer_list<double> penalties) {
  VectorD values(Index(penalties.size()));
  Index next = 0;
  for (const double penalty : penalties) values[next++] = penalty;
  return values;
}

/// Targets that follow the features with less and less strength, the last one not at all.
MatrixF targetsOf(const MatrixF& features, Index count) {
  MatrixF targets = gaussian(features.rows(), count, 7);
  const MatrixF weights = gaussian(features.cols(), count, 8) / std::sqrt(float(features.cols()));
  for (Index t = 0; t < count; ++t) {
    const float strength = 6.0f * std::pow(0.45f, float(t));
    if (t + 1 < count) targets.col(t) += strength * (features * weights.col(t));
    targets.col(t).array() += float(t);
  }
  return targets;
}

MatrixF sines(Index rows, Index cols) {
  MatrixF values(rows, cols);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < cols; ++j)
      values(i, j) = float(std::sin(1.3 * double(i * (j + 1)) + 0.7 * double(j * j)));
  return values;
}

constexpr float kInf = std::numeric_limits<float>::infinity();

}  // namespace

class TestRidge : public QObject {
  Q_OBJECT
 private slots:
  void equalsNormalEquations_data() {
    QTest::addColumn<int>("features");
    QTest::newRow("one feature") << 1;
    QTest::newRow("fewer features than samples") << 8;
    QTest::newRow("as many as samples of a fold") << 43;
    QTest::newRow("between a fold and the whole") << 55;
    QTest::newRow("more features than samples") << 90;
  }

  void equalsNormalEquations() {
    QFETCH(int, features);
    const Runs folds = runsOf({17, 23, 20});
    const MatrixF x = gaussian(60, features, 1).array() + 3.0f;
    const MatrixF y = targetsOf(x, 5);
    const VectorD penalties = grid({0.01, 1, 30, 1000, 1e5});
    const RidgeFit fit = RidgeDesign(x, folds, penalties, Job{}).fit(y);

    const MatrixD xd = x.cast<double>(), yd = y.cast<double>();
    std::vector<MatrixD> predicted;
    for (const double penalty : penalties) predicted.push_back(crossPredict(xd, yd, folds, penalty));
    std::set<Index> chosen;
    for (Index t = 0; t < y.cols(); ++t) {
      Index best = 0;
      for (Index a = 1; a < penalties.size(); ++a)
        if (foldMeanScore(predicted[std::size_t(a)], yd, folds, t) >=
            foldMeanScore(predicted[std::size_t(best)], yd, folds, t))
          best = a;
      chosen.insert(best);
      QCOMPARE(fit.penalty[t], penalties[best]);
      const MatrixD& twin = predicted[std::size_t(best)];
      const double score = foldMeanScore(twin, yd, folds, t);
      QVERIFY(std::abs(double(fit.cvScore[t]) - score) < 1e-4 * std::abs(score));
      const double missed = test::largestDifference(fit.outOfFold.col(t).cast<double>(), twin.col(t));
      QVERIFY2(missed < 2e-4, qPrintable(QString::number(missed)));
      const Line line = solve(xd, yd.col(t), penalties[best]);
      QVERIFY(test::largestDifference(fit.weights.col(t).cast<double>(), line.weights) < 1e-5);
      QVERIFY(std::abs(double(fit.intercept[t]) - line.intercept[0]) < 1e-4);
    }
    QVERIFY2(chosen.size() >= 2, "all targets chose the same penalty: the choice was not put to the test");
  }

  void primalEqualsDual() {
    // Columns of zeros change nothing but push the design to the samples x samples side.
    const Runs folds = runsOf({15, 15, 15});
    const MatrixF x = gaussian(45, 10, 2);
    MatrixF padded = MatrixF::Zero(45, 60);
    padded.leftCols(10) = x;
    const MatrixF y = targetsOf(x, 4);
    const VectorD penalties = grid({0.1, 10, 1000});
    const RidgeFit primal = RidgeDesign(x, folds, penalties, Job{}).fit(y);
    const RidgeFit dual = RidgeDesign(padded, folds, penalties, Job{}).fit(y);
    QVERIFY(primal.penalty == dual.penalty);
    QVERIFY(test::largestDifference(primal.outOfFold, dual.outOfFold) < 1e-4f);
    QVERIFY(test::largestDifference(primal.weights, dual.weights.topRows(10)) < 1e-5f);
    QVERIFY(dual.weights.bottomRows(50).cwiseAbs().maxCoeff() < 1e-6f);
  }

  // Numbers of scikit-learn 1.2: Ridge(alpha=0.5).fit(X, y), X[i, j] = sin(1.3 i (j + 1) + 0.7 j j),
  // y[i] = cos(0.9 i) + 0.5 sin(1.3 i) + 2, 12 samples, rounded to float32 first; folds are rows 0-3, 4-7 and
  // 8-11.
  void equalsPinnedNumbers_data() {
    QTest::addColumn<int>("features");
    QTest::addColumn<std::vector<double>>("weights");
    QTest::addColumn<double>("intercept");
    QTest::addColumn<std::vector<double>>("outOfFold");
    QTest::newRow("3 features") << 3 << std::vector<double>{0.6689124, 0.1178062, 0.035702} << 1.9442922
                                << std::vector<double>{2.066526,  2.360026,  1.94666,   1.8687913,
                                                       1.469373,  1.9884601, 2.2697091, 1.9499387,
                                                       1.1080975, 0.9993663, 2.6778184, 2.946888};
    QTest::newRow("20 features") << 20 << std::vector<double>{0.4273414, 0.0101368, 0.0177019} << 2.0136235
                                 << std::vector<double>{2.2639244, 2.4667381, 2.0534426, 1.4524743,
                                                        1.4429369, 1.1797027, 1.9056475, 2.5001005,
                                                        2.7487155, 2.3211553, 2.1699172, 2.1795729};
  }

  void equalsPinnedNumbers() {
    QFETCH(int, features);
    QFETCH(std::vector<double>, weights);
    QFETCH(double, intercept);
    QFETCH(std::vector<double>, outOfFold);
    MatrixF y(12, 1);
    for (Index i = 0; i < 12; ++i)
      y(i, 0) = float(std::cos(0.9 * double(i)) + 0.5 * std::sin(1.3 * double(i)) + 2.0);
    const RidgeFit fit = RidgeDesign(sines(12, features), runsOf({4, 4, 4}), grid({0.5}), Job{}).fit(y);
    for (Index j = 0; j < 3; ++j)
      QVERIFY(std::abs(double(fit.weights(j, 0)) - weights[std::size_t(j)]) < 1e-6);
    QVERIFY(std::abs(double(fit.intercept[0]) - intercept) < 1e-6);
    for (Index i = 0; i < 12; ++i)
      QVERIFY(std::abs(double(fit.outOfFold(i, 0)) - outOfFold[std::size_t(i)]) < 1e-5);
  }

  void aRunNeverHelpsToPredictItself_data() {
    QTest::addColumn<int>("features");
    QTest::newRow("primal") << 5;
    QTest::newRow("dual") << 50;
  }

  void aRunNeverHelpsToPredictItself() {
    // All folds share one decomposition, so a run's own responses cancel: not to the bit, but far below what
    // matters.
    QFETCH(int, features);
    const Runs folds = runsOf({12, 14, 13});
    const MatrixF x = gaussian(39, features, 3);
    const RidgeDesign design(x, folds, grid({5}), Job{});
    const MatrixF y = targetsOf(x, 3);
    const RidgeFit before = design.fit(y);
    for (const Run& run : folds) {
      MatrixF changed = y;
      changed.middleRows(run.firstSample, run.sampleCount) = 50.0f * gaussian(run.sampleCount, 3, 9);
      const RidgeFit after = design.fit(changed);
      for (const Run& other : folds) {
        const auto rows = [&](const RidgeFit& fit) {
          return fit.outOfFold.middleRows(other.firstSample, other.sampleCount);
        };
        const float moved = test::largestDifference(rows(before), rows(after));
        if (other.id == run.id) QVERIFY2(moved < 50 * 4e-6f, qPrintable(QString::number(moved)));
        if (other.id != run.id) QVERIFY2(moved > 1.0f, qPrintable(QString::number(moved)));
      }
    }
  }

  void equalScoresTakeTheLargerPenalty_data() {
    QTest::addColumn<float>("constant");
    QTest::newRow("zero") << 0.0f;
    QTest::newRow("one") << 1.0f;
    QTest::newRow("not exact in binary") << 0.1f;
    QTest::newRow("large") << 123456.7f;
  }

  void equalScoresTakeTheLargerPenalty() {
    QFETCH(float, constant);
    for (const Index features : {4, 80}) {
      const RidgeDesign design(gaussian(33, features, 4), runsOf({11, 11, 11}), grid({1, 10, 100}), Job{});
      const RidgeFit fit = design.fit(MatrixF::Constant(33, 2, constant));
      QCOMPARE(fit.penalty[0], 100.0);
      QVERIFY((fit.weights.array() == 0.0f).all());
      QCOMPARE(fit.intercept[1], constant);
      QVERIFY((fit.outOfFold.array() == constant).all());
      QCOMPARE(fit.cvScore[0], 0.0f);
    }
  }

  void constantFeaturesPredictTheMean() {
    const MatrixF y = gaussian(30, 2, 5);
    const RidgeFit fit = RidgeDesign(MatrixF::Constant(30, 3, 7.0f), runsOf({10, 20}), {}, Job{}).fit(y);
    QVERIFY(fit.weights.cwiseAbs().maxCoeff() < 1e-6f);
    for (Index t = 0; t < 2; ++t) {
      QVERIFY(std::abs(fit.intercept[t] - y.col(t).mean()) < 1e-5f);
      QVERIFY(std::abs(fit.outOfFold(0, t) - y.col(t).tail(20).mean()) < 1e-5f);
    }
    const RidgeFit nothing = RidgeDesign(MatrixF(30, 0), runsOf({10, 20}), {}, Job{}).fit(y);
    QVERIFY(test::largestDifference(nothing.outOfFold, fit.outOfFold) < 1e-5f);
    QCOMPARE(nothing.weights.rows(), Index{0});
  }

  void blockOfTargetsDoesNotMatter() {
    const MatrixF x = gaussian(40, 12, 6);
    const MatrixF y = targetsOf(x, 9);
    const RidgeDesign design(x, runsOf({20, 20}), {}, Job{});
    const RidgeFit together = design.fit(y);
    for (Index t = 0; t < 9; ++t) {
      const RidgeFit alone = design.fit(y.col(t));
      QCOMPARE(alone.penalty[0], together.penalty[t]);
      QVERIFY(test::largestDifference(alone.outOfFold, together.outOfFold.col(t)) < 1e-5f);
      QVERIFY(test::largestDifference(alone.weights, together.weights.col(t)) < 1e-6f);
    }
  }

  void defaultGridFollowsTheScale_data() {
    QTest::addColumn<float>("scale");
    QTest::newRow("tiny") << 1e-9f;
    QTest::newRow("thousandth") << 1e-3f;
    QTest::newRow("thousand") << 1e3f;
    QTest::newRow("huge") << 1e9f;
  }

  void defaultGridFollowsTheScale() {
    QFETCH(float, scale);
    const Runs folds = runsOf({30, 30, 30});
    const MatrixF x = gaussian(90, 20, 11);
    const MatrixF y = targetsOf(x, 5).middleCols(1, 3);  // neither nearly free of noise nor nothing but noise
    const RidgeDesign plain(x, folds, {}, Job{}), scaled(x * scale, folds, {}, Job{});
    const RidgeFit a = plain.fit(y), b = scaled.fit(y);
    QVERIFY(test::largestDifference(a.outOfFold, b.outOfFold) < 1e-3f);
    QVERIFY(test::largestDifference(a.weights, b.weights * scale) < 1e-3f);
    for (const RidgeFit* fit : {&a, &b})
      for (Index t = 0; t < y.cols(); ++t) {
        const VectorD& penalties = fit == &a ? plain.penalties() : scaled.penalties();
        QVERIFY2(fit->penalty[t] > penalties[0] && fit->penalty[t] < penalties[penalties.size() - 1],
                 "the best penalty lies at the edge of the grid");
      }
  }

  void defaultGridSpansWhatItSays() {
    const MatrixF x = gaussian(50, 5, 12);
    const MatrixD centred = x.cast<double>().rowwise() - x.cast<double>().colwise().mean();
    const double meanEigenvalue = (centred.transpose() * centred).trace() / 5;
    const VectorD penalties = defaultPenalties(x, 8);
    QCOMPARE(penalties.size(), Index{8});
    for (Index a = 0; a < 8; ++a)
      QVERIFY(std::abs(penalties[a] / (meanEigenvalue * std::pow(10.0, double(a) - 3)) - 1) < 1e-9);
  }

  void refusesBadInput() {
    const MatrixF x = gaussian(30, 4, 13);
    const Runs folds = runsOf({10, 20});
    const auto design = [&](const MatrixF& features, const Runs& runs, const VectorD& penalties) {
      return RidgeDesign(features, runs, penalties, Job{});
    };
    MatrixF bad = x;
    bad(3, 1) = std::nanf("");
    EXPECT_ERROR(ErrorCode::BadValue, design(bad, folds, {}), "features", "NaN");
    bad(3, 1) = kInf;
    EXPECT_ERROR(ErrorCode::BadValue, design(bad, folds, {}), "infinite");
    EXPECT_ERROR(ErrorCode::BadValue, design(x, folds, grid({1, 10, 5})), "penalties", "rise");
    EXPECT_ERROR(ErrorCode::BadValue, design(x, folds, grid({1, 1})), "rise");
    EXPECT_ERROR(ErrorCode::BadValue, design(x, folds, grid({-1, 1})), "-1", "positive");
    EXPECT_ERROR(ErrorCode::BadValue, design(x, folds, grid({0, 1})), "positive");
    EXPECT_ERROR(ErrorCode::BadValue, design(x, folds, grid({1, std::nan("")})), "nan");
    EXPECT_ERROR(ErrorCode::BadShape, design(x, runsOf({10, 19}), {}), "30 samples", "29");
    EXPECT_ERROR(ErrorCode::BadShape, design(x, runsOf({30}), {}), "at least 2 training runs", "got 1");
    EXPECT_ERROR(ErrorCode::BadShape, design(x, {}, {}), "no runs");
    EXPECT_ERROR(ErrorCode::BadShape, design(x, folds, {}).fit(gaussian(29, 2, 1)), "29", "30");
  }

  void stopsWhenAsked() {
    std::stop_source stop;
    stop.request_stop();
    const Job job(stop.get_token(), [](double, std::string_view) {});
    QVERIFY_THROWS_EXCEPTION(Cancelled, RidgeDesign(gaussian(30, 4, 1), runsOf({10, 20}), {}, job));
  }
};

QTEST_APPLESS_MAIN(TestRidge)
#include "tst_ridge.moc"
