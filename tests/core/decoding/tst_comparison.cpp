// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numeric>

#include "core/encoding/synthetic.h"
#include "decoding/comparison.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

constexpr int kPeople = 6;
constexpr Index kBlock = 5;

VectorD noise(Index count, unsigned seed) {
  return gaussian(count, 1, seed).cast<double>().col(0);
}

/// One label of one film: estimates that are `skill` truth and else noise which all people share but for a
/// tenth.
MethodScores scoresOf(const Runs& runs, double btlSkill, double tlSkill, unsigned film) {
  const Index samples = sampleCount(runs);
  const VectorD truth = noise(samples, film), btlLuck = noise(samples, film + 1),
                tlLuck = noise(samples, film + 2);
  MethodScores scores{MatrixD(kPeople, 1), MatrixD(kPeople, 1), {}};
  const std::vector<Index> heldOut = rowsOf(runs, true);
  for (int person = 0; person < kPeople; ++person) {
    const VectorD own = 0.1 * noise(samples, film + 3 + unsigned(person));
    const VectorD btl = btlSkill * truth + btlLuck + own, tl = tlSkill * truth + tlLuck;
    scores.btlR(person, 0) = heldOutR(truth, btl, heldOut);
    scores.tlR(person, 0) = heldOutR(truth, tl, heldOut);
    const VectorD blocks = differenceByBlock(truth, btl, tl, runs, kBlock);
    if (person == 0) scores.byBlock = MatrixD::Zero(blocks.size(), 1);
    scores.byBlock.col(0) += blocks / kPeople;
  }
  return scores;
}

}  // namespace

class TestComparison : public QObject {
  Q_OBJECT

 private slots:
  void blocksAddUpToTheDifference() {
    const Runs runs = runsOf({40, -33, 20, -12});
    const VectorD truth = noise(105, 1), btl = truth + noise(105, 2), tl = noise(105, 3);
    const std::vector<Index> heldOut = rowsOf(runs, true);
    const double difference = heldOutR(truth, btl, heldOut) - heldOutR(truth, tl, heldOut);
    for (const auto& [block, count] :
         std::vector<std::pair<Index, Index>>{{1, 45}, {5, 7 + 3}, {7, 5 + 2}, {1000, 2}}) {
      const VectorD parts = differenceByBlock(truth, btl, tl, runs, block);
      QCOMPARE(parts.size(), count);  // a block never spans two runs
      QVERIFY(std::abs(parts.sum() - difference) < 1e-12);
    }
  }

  void oneFilmsLuckIsNotAnEffect() {
    const Runs runs = runsOf({30, -30, -30});
    int overPeople = 0, claimed = 0;
    for (unsigned film = 0; film < 200; ++film) {
      const MethodComparison comparison = compareMethods(scoresOf(runs, 0, 0, 1000 + 100 * film), {0}, 1);
      overPeople += comparison.overPeople.p < 0.05;
      claimed += comparison.p < 0.05;
      QCOMPARE(comparison.p, std::max(comparison.overPeople.p, comparison.pOverTime));
    }
    QVERIFY2(overPeople > 100,
             qPrintable(QString::number(overPeople)));              // people agree about the film's luck
    QVERIFY2(claimed <= 19, qPrintable(QString::number(claimed)));  // 10 expected; more than 19 have p 0.002
  }

  void aRealAdvantageIsFound() {
    const Runs runs = runsOf({30, -30, -30});
    int better = 0, worse = 0;
    for (unsigned film = 0; film < 50; ++film) {
      const MethodComparison up = compareMethods(scoresOf(runs, 2, 0.2, 500000 + 100 * film), {0}, 1);
      const MethodComparison down = compareMethods(scoresOf(runs, 0.2, 2, 500000 + 100 * film), {0}, 1);
      better += up.p < 0.05 && up.overPeople.meanDifference > 0;
      worse += down.p < 0.05 && down.overPeople.meanDifference < 0;
    }
    QVERIFY2(better > 45 && worse > 45, qPrintable(QString("%1 %2").arg(better).arg(worse)));
  }

  void labelsWithoutRAreLeftOut() {
    const Runs runs = runsOf({30, -30});
    const MethodScores one = scoresOf(runs, 1, 0, 77);
    MethodScores two = one;
    two.btlR.conservativeResize(Eigen::NoChange, 2);
    two.tlR.conservativeResize(Eigen::NoChange, 2);
    two.byBlock.conservativeResize(Eigen::NoChange, 2);
    const double nan = std::nan("");
    for (MatrixD* values : {&two.btlR, &two.tlR, &two.byBlock}) values->col(1).setConstant(nan);
    const MethodComparison comparison = compareMethods(two, {0, 1}, 1), alone = compareMethods(one, {0}, 1);
    QCOMPARE(comparison.p, alone.p);
    QCOMPARE(comparison.overLabels.count, 1);
    QCOMPARE(comparison.overPeople.count, kPeople);
    const MethodComparison none = compareMethods(two, {1}, 1);
    QCOMPARE(none.p, 1.0);
    QCOMPARE(none.overPeople.count, 0);
  }

  void constantTruthHasNoR() {
    const VectorD truth = VectorD::Constant(6, 0.3), estimate = noise(6, 1);
    QVERIFY(std::isnan(heldOutR(truth, estimate, {1, 2, 3})));
    QVERIFY(std::isnan(heldOutR(estimate, estimate, {})));
    QCOMPARE(heldOutR(estimate, truth, {1, 2, 3}), 0.0);  // a constant estimate of something that moves
    QVERIFY(std::abs(heldOutR(estimate, -2.0 * estimate, {1, 2, 3}) + 1.0) < 1e-12);
    QVERIFY(differenceByBlock(truth, estimate, estimate, runsOf({3, -3}), 2).array().isNaN().all());
    QVERIFY((differenceByBlock(estimate, truth, truth, runsOf({3, -3}), 2).array() == 0).all());
  }
};

QTEST_APPLESS_MAIN(TestComparison)
#include "tst_comparison.moc"
