// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/encoding/synthetic.h"
#include "encoding/identification.h"
#include "stats/correlation.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;

namespace {

constexpr Index kSamples = 120, kTargets = 40;

IdentificationOptions windowsOf(Index samples) {
  IdentificationOptions options;
  options.windowSamples = samples;
  return options;
}

/// r of one measured and one predicted window, written out.
double similarityByHand(MatrixF measured, MatrixF predicted, Index w, Index v, Index length) {
  zscoreRows(measured, 0, measured.rows());
  zscoreRows(predicted, 0, predicted.rows());
  std::vector<double> a, b;
  for (Index t = 0; t < measured.cols(); ++t)
    for (Index i = 0; i < length; ++i) {
      a.push_back(measured(w * length + i, t));
      b.push_back(predicted(v * length + i, t));
    }
  return pearson(a, b);
}

}  // namespace

class TestIdentification : public QObject {
  Q_OBJECT

 private slots:
  void equalsItsDefinition() {
    const MatrixF measured = gaussian(20, 7, 1), predicted = gaussian(20, 7, 2) + measured;
    const Identification found = identifyWindows(measured, predicted, windowsOf(4));
    QCOMPARE(found.similarity.rows(), Index{5});
    double below = 0, first = 0;
    for (Index w = 0; w < 5; ++w) {
      Index rank = 1;
      for (Index v = 0; v < 5; ++v) {
        QVERIFY(std::abs(found.similarity(w, v) - similarityByHand(measured, predicted, w, v, 4)) < 1e-5);
        if (found.similarity(w, v) > found.similarity(w, w)) ++rank;
      }
      QCOMPARE(found.rank[std::size_t(w)], rank);
      below += double(5 - rank) / 4;
      first += rank == 1 ? 1 : 0;
    }
    QVERIFY(std::abs(found.rankAccuracy - below / 5) < 1e-12 && std::abs(found.accuracy - first / 5) < 1e-12);
  }

  void signalIsFoundAndLongerWindowsFindMore() {
    const MatrixF signal = gaussian(kSamples, kTargets, 3);
    const MatrixF measured = signal + 4 * gaussian(kSamples, kTargets, 4);
    const Identification one = identifyWindows(measured, signal, windowsOf(1));
    const Identification six = identifyWindows(measured, signal, windowsOf(6));
    QVERIFY(one.p < 0.005 && six.p < 0.005);
    QVERIFY2(one.rankAccuracy > 0.8 && six.rankAccuracy > 0.97,
             qPrintable(QString::number(one.rankAccuracy)));
    QVERIFY(six.accuracy > one.accuracy);
  }

  void chanceFindsNothing() {
    // Uniform p: of 200 tries about a tenth lie below 0.1; binomial(200, 0.1) is in [8, 34] but once in
    // 10,000.
    int small = 0;
    double rankAccuracy = 0;
    IdentificationOptions options = windowsOf(2);
    options.permutations = 99;
    for (unsigned i = 0; i < 200; ++i) {
      const Identification found =
          identifyWindows(gaussian(30, 10, 100 + 2 * i), gaussian(30, 10, 101 + 2 * i), options);
      small += found.p <= 0.1 ? 1 : 0;
      rankAccuracy += found.rankAccuracy / 200;
    }
    QVERIFY2(small >= 8 && small <= 34, qPrintable(QString::number(small)));
    QVERIFY(std::abs(rankAccuracy - 0.5) < 0.02);
  }

  void equalPredictionsAreNoMerit() {
    MatrixF predicted = gaussian(4, kTargets, 5);
    predicted.row(1) = predicted.row(0);
    predicted.row(3) = predicted.row(2);
    const Identification found = identifyWindows(predicted, predicted, windowsOf(1));
    QVERIFY(std::abs(found.rankAccuracy - 2.5 / 3) < 1e-9);  // half a rank is lost to the twin
  }

  void whatCannotDifferIsNoMerit() {
    // Two pairs of twins: each window shares its first place with its twin.
    MatrixF twins = gaussian(4, kTargets, 8);
    twins.row(1) = twins.row(0);
    twins.row(3) = twins.row(2);
    QVERIFY(std::abs(identifyWindows(twins, twins, windowsOf(1)).accuracy - 0.5) < 1e-12);
    const MatrixF one = gaussian(20, 1, 9);
    EXPECT_ERROR(ErrorCode::BadValue, identifyWindows(one, one, windowsOf(2)), "2 samples", "1 usable");
    QCOMPARE(identifyWindows(one, one, windowsOf(4)).accuracy, 1.0);
  }

  void unusableTargetsAreLeftOut() {
    MatrixF measured = gaussian(kSamples, kTargets, 6), predicted = measured;
    measured(3, 0) = std::numeric_limits<float>::quiet_NaN();
    predicted.col(1).setConstant(2);
    const Identification found = identifyWindows(measured, predicted, windowsOf(1));
    QCOMPARE(found.targetsUsed, kTargets - 2);
    QCOMPARE(found.accuracy, 1.0);
  }

  void refuses() {
    const MatrixF few = gaussian(5, 3, 7);
    EXPECT_ERROR(ErrorCode::BadShape, identifyWindows(few, gaussian(5, 4, 7), windowsOf(1)), "5 x 3",
                 "5 x 4");
    EXPECT_ERROR(ErrorCode::BadShape, identifyWindows(few, few, windowsOf(3)), "5 samples", "1 windows");
    EXPECT_ERROR(ErrorCode::BadValue, identifyWindows(MatrixF::Ones(5, 3), few, windowsOf(1)), "constant");
    EXPECT_ERROR(ErrorCode::BadValue, identifyWindows(few, few, windowsOf(0)), "window");
  }
};

QTEST_APPLESS_MAIN(TestIdentification)
#include "tst_identification.moc"
