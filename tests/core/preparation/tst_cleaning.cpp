// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/cleaning.h"

#include <Eigen/QR>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <stop_token>

#include "base/parallel.h"
#include "stats/correlation.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

Confounds confoundsOf(const MatrixD& values) {
  Confounds confounds{{}, values};
  for (Index c = 0; c < values.cols(); ++c) confounds.names.push_back("c" + textOf(c));
  return confounds;
}

MatrixF cleaned(const CleaningPlan& plan, const MatrixF& responses, double trSec = 2,
                const Confounds& confounds = {}) {
  return RunCleaning(plan, responses.rows(), trSec, confounds).apply(responses, 1, {});
}

/// What least squares leaves, by another way than the program's.
MatrixD residualOf(const MatrixD& responses, const MatrixD& design) {
  return responses - design * design.completeOrthogonalDecomposition().solve(responses);
}

bool near(const MatrixF& a, const MatrixD& b, double tolerance) {
  return test::largestDifference(a, b) <= tolerance;
}

bool sameBits(const MatrixF& a, const MatrixF& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), std::size_t(a.size()) * sizeof(float)) == 0;
}

/// The series of tst_regressors, checked against SciPy and NumPy.
MatrixF referenceSeries() {
  MatrixF series(25, 1);
  for (Index i = 0; i < 25; ++i) {
    const double t = double(i);
    series(i, 0) = float(100 + 0.5 * t + 3 * std::sin(0.7 * t) + std::cos(2.1 * t * t));
  }
  return series;
}

}  // namespace

class TestCleaning : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void agreesWithSciPyAndNumPy_data() {
    // NumPy 1.24, SciPy 1.10 on referenceSeries in float64: lstsq on 1, t, t t and on 1, t, sin(0.3 t),
    // exp(-t / 5); signal.detrend; lstsq on cos(pi k (2 t + 1) / 50) for k = 0 .. 5; signal.savgol_filter(y,
    // 9, 3)
    QTest::addColumn<int>("kind");
    QTest::addColumn<QList<double>>("expected");  // samples 0, 1, 12, 24
    QTest::newRow("quadratic") << 0
                               << QList<double>{-0.39227597259009883, 0.2809103558024759, 3.7586915527318183,
                                                -3.548722748179088};
    QTest::newRow("linear") << 1
                            << QList<double>{0.33882699417499396, 0.8292375808762813, 3.345459441081843,
                                             -2.817619781414095};
    QTest::newRow("cosines") << 2
                             << QList<double>{-2.8436033452585434, -1.309649651147069, 3.1367826330069306,
                                              -2.443507392697555};
    QTest::newRow("linear and confounds")
        << 3
        << QList<double>{-1.2402788149209272, -0.1189199402408434, 3.689572248498635, -3.1668287162992357};
  }
  void agreesWithSciPyAndNumPy() {
    QFETCH(int, kind);
    QFETCH(QList<double>, expected);
    MatrixD measured(25, 2);
    for (Index t = 0; t < 25; ++t) measured.row(t) << std::sin(0.3 * double(t)), std::exp(-double(t) / 5);
    const std::vector<CleaningPlan> plans = {{DetrendPolynomial{2}},
                                             {DetrendPolynomial{1}},
                                             {DetrendCosine{20}},
                                             {DetrendPolynomial{1}, RegressConfounds{}}};
    const MatrixF result = cleaned(plans[std::size_t(kind)], referenceSeries(), 2, confoundsOf(measured));
    const std::vector<Index> samples{0, 1, 12, 24};
    for (std::size_t i = 0; i < 4; ++i)  // float32 holds 100 to 4e-6
      QVERIFY(std::abs(double(result(samples[i], 0)) - expected[qsizetype(i)]) < 2e-5);
  }

  void dropsTheFirstVolumes() {
    const MatrixF responses = test::gaussian(10, 3, 1);
    const RunCleaning cleaning({DropFirst{4}}, 10, 2);
    QCOMPARE(cleaning.samplesAfter(), 6);
    QCOMPARE(cleaning.samplesDropped(), 4);
    QVERIFY(cleaning.apply(responses, 1, {}) == responses.bottomRows(6));
    QVERIFY(cleaned({}, responses) == responses);
    // Steps after a drop never see what was dropped.
    MatrixF spiked = responses;
    spiked.topRows(4).setConstant(1e6f);
    const CleaningPlan plan{DropFirst{4}, DetrendPolynomial{1}, ZScore{}};
    QVERIFY(sameBits(cleaned(plan, spiked), cleaned(plan, responses)));
    QVERIFY(near(cleaned({DropFirst{4}, DetrendPolynomial{1}}, responses),
                 cleaned({DetrendPolynomial{1}}, responses.bottomRows(6)).cast<double>(), 1e-6));
  }

  void cosinesBelowTheCutoffGoAndThoseAboveStay() {
    // 200 samples of 2 s; k half periods last 800 / k s.
    MatrixF responses(200, 3);
    for (Index t = 0; t < 200; ++t) {
      const double turn = std::numbers::pi * (double(t) + 0.5) / 200;
      responses.row(t) << float(50 + 4 * std::cos(6 * turn)), float(4 * std::cos(7 * turn)),
          float(std::cos(40 * turn));
    }
    const MatrixF result = cleaned({DetrendCosine{128}}, responses);  // the last to go is k = 6, 133 s
    QVERIFY(result.col(0).cwiseAbs().maxCoeff() < 1e-5f);
    QVERIFY(near(result.col(1), responses.col(1).cast<double>(), 1e-5));
    QVERIFY(near(result.col(2), responses.col(2).cast<double>(), 1e-5));
  }

  void savitzkyGolayTakesOutPolynomialsAlone() {
    MatrixF responses(60, 2);
    for (Index t = 0; t < 60; ++t) {
      const double x = double(t) / 10;
      responses.row(t) << float(100 + x - 3 * x * x + 0.3 * x * x * x), float(t % 2);
    }
    const MatrixF result = cleaned({DetrendSavitzkyGolay{42, 3}}, responses);
    QVERIFY(result.col(0).cwiseAbs().maxCoeff() < 1e-4f);
    QVERIFY(result.col(1).norm() > 0.4f * std::sqrt(60.0f));
    QVERIFY(near(result, SavitzkyGolay(21, 3).residual(responses.cast<double>()), 1e-4));
  }

  void residualsAreOrthogonalToEverythingFitted() {
    const MatrixF responses = test::gaussian(80, 150, 2).array() + 500.0f;
    const Confounds confounds = confoundsOf(test::gaussian(80, 5, 3).cast<double>().array() * 10 + 4);
    const MatrixD drift = cosineBasis(80, 2, 60);
    for (const CleaningPlan& plan : {CleaningPlan{DetrendCosine{60}, RegressConfounds{}},
                                     CleaningPlan{RegressConfounds{}, DetrendCosine{60}}}) {
      const MatrixD result = cleaned(plan, responses, 2, confounds).cast<double>();
      QVERIFY((drift.transpose() * result).cwiseAbs().maxCoeff() < 1e-4);
      QVERIFY((confounds.values.transpose() * result).cwiseAbs().maxCoeff() < 1e-3);
      MatrixD design(80, drift.cols() + 5);
      design << drift, confounds.values;
      QVERIFY(near(result.cast<float>(), residualOf(responses.cast<double>(), design), 1e-5));
    }
  }

  void confoundsAloneLeaveTheMean() {
    const MatrixF responses = test::gaussian(50, 4, 5).array() + 20.0f;
    const Confounds confounds = confoundsOf(test::gaussian(50, 3, 6).cast<double>().array() + 7);
    const MatrixF result = cleaned({RegressConfounds{{"c0", "c2"}}}, responses, 2, confounds);
    MatrixD design(50, 3);
    design << VectorD::Ones(50), confounds.values.col(0), confounds.values.col(2);
    const MatrixD expected =
        residualOf(responses.cast<double>(), design).rowwise() + responses.cast<double>().colwise().mean();
    QVERIFY(near(result, expected, 1e-5));
  }

  void confoundsGoThroughTheFilterBeforeThem() {
    // Drift, a confound and its weight: nothing may be left, although both steps act one after the other.
    const MatrixD measured = test::gaussian(90, 2, 7).cast<double>();
    MatrixF responses(90, 1);
    for (Index t = 0; t < 90; ++t) {
      const double x = double(t) / 30;
      responses(t, 0) = float(5 + 2 * x - x * x + 3 * measured(t, 0) - 2 * measured(t, 1));
    }
    const CleaningPlan plan{DetrendSavitzkyGolay{60, 3}, RegressConfounds{}};
    QVERIFY(cleaned(plan, responses, 2, confoundsOf(measured)).cwiseAbs().maxCoeff() < 1e-5f);
    const CleaningPlan between{DetrendPolynomial{1}, DetrendSavitzkyGolay{60, 3}, RegressConfounds{}};
    QVERIFY(cleaned(between, responses, 2, confoundsOf(measured)).cwiseAbs().maxCoeff() < 1e-5f);
  }

  void firstRowOfDerivativesMayBeUndefined() {
    const MatrixF responses = test::gaussian(30, 2, 8);
    MatrixD values = test::gaussian(30, 2, 9).cast<double>();
    values(0, 1) = 0;
    const MatrixF expected = cleaned({RegressConfounds{}}, responses, 2, confoundsOf(values));
    values(0, 1) = double(kNaN);
    QVERIFY(sameBits(cleaned({RegressConfounds{}}, responses, 2, confoundsOf(values)), expected));
    values(1, 1) = double(kNaN);
    EXPECT_ERROR(ErrorCode::BadValue, cleaned({RegressConfounds{}}, responses, 2, confoundsOf(values)),
                 "step 1 (regressConfounds)", "\"c1\"", "row 2 of 30");
  }

  void constantAndDependentConfoundsAreNamedAndIgnored() {
    const MatrixF responses = test::gaussian(40, 3, 10);
    MatrixD values = test::gaussian(40, 5, 11).cast<double>();
    values.col(1).setConstant(0.1);
    values.col(2) = 2 * values.col(0).array() - 3;
    values.col(4).setZero();
    values(1, 4) = 1;  // marks a volume that is dropped
    const RunCleaning cleaning({DropFirst{2}, DetrendPolynomial{1}, RegressConfounds{}}, 40, 2,
                               confoundsOf(values));
    QCOMPARE(cleaning.notes().size(), std::size_t(2));
    QCOMPARE(cleaning.notes()[0], std::string("constant confounds were left out: c1, c4"));
    QCOMPARE(cleaning.notes()[1], std::string("confounds that others or the drift already hold: c2"));
    MatrixD design(38, 4);
    design << VectorD::Ones(38), VectorD::LinSpaced(38, 0, 1), values.bottomRows(38)(Eigen::all, {0, 3});
    const MatrixD expected = residualOf(responses.bottomRows(38).cast<double>(), design);
    QVERIFY(near(cleaning.apply(responses, 1, {}), expected, 1e-5));
  }

  void zscoresAsStatsDoes() {
    MatrixF responses = test::gaussian(33, 70, 12).array() * 4.0f + 1000.0f;
    const MatrixF result = cleaned({ZScore{}}, responses);
    zscoreRows(responses, 0, 33);
    QVERIFY(near(result, responses.cast<double>(), 1e-5));
  }

  void targetsWithNothingLeftAreZero() {
    MatrixF responses = test::gaussian(50, 4, 13);
    responses.col(0).setConstant(0.1f);
    for (Index t = 0; t < 50; ++t) responses(t, 1) = 1000.0f + 0.1f * float(t);
    responses.col(2).setZero();
    for (const CleaningPlan& plan :
         {CleaningPlan{DetrendPolynomial{1}, ZScore{}}, CleaningPlan{ZScore{}},
          CleaningPlan{DetrendCosine{40}, ZScore{}}, CleaningPlan{DetrendSavitzkyGolay{30, 2}, ZScore{}}}) {
      const MatrixF result = cleaned(plan, responses);
      QVERIFY((result.col(0).array() == 0.0f).all());
      QVERIFY((result.col(2).array() == 0.0f).all());
      QVERIFY(std::abs(result.col(3).norm() - std::sqrt(50.0f)) < 1e-4f);
    }
    const MatrixF ramp = cleaned({DetrendPolynomial{1}, ZScore{}}, responses).col(1);
    QVERIFY((ramp.array() == 0.0f).all());
    QVERIFY(cleaned({ZScore{}}, responses).col(1).norm() > 7);
  }

  void undefinedTargetsSpoilNoOther() {
    const MatrixF responses = test::gaussian(40, 5, 14);
    MatrixF holed = responses;
    holed(7, 1) = kNaN;
    holed.col(3).setConstant(kNaN);
    holed(2, 4) = std::numeric_limits<float>::infinity();
    const Confounds confounds = confoundsOf(test::gaussian(40, 3, 15).cast<double>());
    const CleaningPlan plan{DetrendSavitzkyGolay{10, 1}, DetrendCosine{50}, RegressConfounds{}, ZScore{}};
    const MatrixF expected = cleaned(plan, responses, 2, confounds),
                  result = cleaned(plan, holed, 2, confounds);
    for (const Index bad : {1, 3, 4}) QVERIFY(result.col(bad).array().isNaN().all());
    for (const Index good : {0, 2}) QVERIFY(near(result.col(good), expected.col(good).cast<double>(), 1e-6));
  }

  void bitsDoNotDependOnThreads() {
    const MatrixF responses = test::gaussian(90, 500, 16).array() + 300.0f;
    const Confounds confounds = confoundsOf(test::gaussian(90, 6, 17).cast<double>());
    const RunCleaning cleaning(
        {DropFirst{3}, DetrendSavitzkyGolay{60, 3}, DetrendCosine{80}, RegressConfounds{}, ZScore{}}, 90, 2,
        confounds);
    const MatrixF one = cleaning.apply(responses, 1, {});
    for (const int threads : {2, 5}) QVERIFY(sameBits(cleaning.apply(responses, threads, {}), one));
  }

  void repeatsAreAveragedAndZscoredAgain() {
    std::vector<MatrixF> repeats;
    for (unsigned i = 0; i < 3; ++i) {
      MatrixF responses = test::gaussian(30, 4, 40 + i);
      responses.col(3).setConstant(2);
      repeats.push_back(cleaned({DetrendPolynomial{1}, ZScore{}}, responses));
    }
    MatrixD sum = MatrixD::Zero(30, 4);
    for (const MatrixF& repeat : repeats) sum += repeat.cast<double>();
    QVERIFY(near(meanOfRepeats(repeats), sum / 3, 1e-6));
    for (Index c = 0; c < 3; ++c) sum.col(c) *= std::sqrt(30.0) / sum.col(c).norm();
    QVERIFY(near(averageOfRepeats(repeats), sum, 1e-5));
    QVERIFY((averageOfRepeats(repeats).col(3).array() == 0.0f).all());
  }

  void averagesRefuseWhatDiffers() {
    EXPECT_ERROR(ErrorCode::BadShape, averageOfRepeats({}), "no repeats");
    EXPECT_ERROR(ErrorCode::BadShape, averageOfRepeats({MatrixF(5, 2), MatrixF(4, 2)}), "repeat 2",
                 "4 samples x 2", "5 x 2");
    MatrixF holed = test::gaussian(9, 2, 2);
    holed(3, 1) = kNaN;
    const MatrixF mean = averageOfRepeats({test::gaussian(9, 2, 1), holed});
    QVERIFY(mean.col(0).allFinite() && mean.col(1).array().isNaN().all());
  }

  void refusesWhatARunCannotDo() {
    const auto work = [](const CleaningPlan& plan, const Confounds& confounds = {}) {
      RunCleaning(plan, 20, 2, confounds);
    };
    EXPECT_ERROR(ErrorCode::BadShape, work({ZScore{}, DropFirst{20}}), "step 2 (dropFirst)", "20 volumes",
                 "run of 20");
    EXPECT_ERROR(ErrorCode::BadShape, work({DropFirst{15}, DropFirst{7}}), "7 volumes", "run of 5");
    EXPECT_ERROR(ErrorCode::BadShape, work({DetrendSavitzkyGolay{50, 3}}), "25 samples", "run of 20");
    EXPECT_ERROR(ErrorCode::BadValue, work({DetrendSavitzkyGolay{6, 3}}), "3 samples", "order 3");
    EXPECT_ERROR(ErrorCode::BadShape, work({DetrendPolynomial{19}}), "order 19", "20 samples");
    EXPECT_ERROR(ErrorCode::BadValue, work({DetrendCosine{3}}), "3 s", "2 s");
    const Confounds shorter = confoundsOf(MatrixD::Random(18, 2)),
                    many = confoundsOf(MatrixD::Random(20, 30));
    EXPECT_ERROR(ErrorCode::BadShape, work({RegressConfounds{}}, shorter), "18 rows", "20 samples");
    EXPECT_ERROR(ErrorCode::BadShape, work({RegressConfounds{}}), "0 rows", "20 samples");
    EXPECT_ERROR(ErrorCode::BadShape, work({DetrendPolynomial{0}, RegressConfounds{}}, many), "rank 20",
                 "20 samples");
    EXPECT_ERROR(ErrorCode::BadShape, RunCleaning({}, 0, 2), "without samples");
    EXPECT_ERROR(ErrorCode::BadValue, RunCleaning({}, 20, 0), "above 0 s");
    EXPECT_ERROR(ErrorCode::BadShape, RunCleaning({}, 20, 2).apply(MatrixF(19, 3), 1, {}), "19", "20");
  }

  void saysWhenACutoffIsLongerThanTheRun() {
    const RunCleaning cleaning({DetrendCosine{128}}, 20, 2);
    QCOMPARE(cleaning.notes().size(), std::size_t(1));
    QVERIFY(cleaning.notes()[0].find("only its mean") != std::string::npos);
  }

  void canBeStopped() {
    std::stop_source stop;
    stop.request_stop();
    const Job job(stop.get_token(), [](double, std::string_view) {});
    QVERIFY_THROWS_EXCEPTION(Cancelled, RunCleaning({ZScore{}}, 20, 2).apply(MatrixF::Zero(20, 3), 1, job));
  }
};

QTEST_APPLESS_MAIN(TestCleaning)
#include "tst_cleaning.moc"
