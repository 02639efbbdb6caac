// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "core/encoding/synthetic.h"
#include "decoding/individual_differences.h"
#include "decoding/transfer.h"
#include "encoding/encoder.h"
#include "features/delays.h"
#include "stats/correlation.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

constexpr int kPeople = 4;
constexpr Index kFeatures = 60;
constexpr Index kVertices = 50;

/// A film of many features, brains that carry three directions of them, and labels that are mixtures of the
/// three. Few labelled samples cannot find the three among all features; brains, learned from many unlabelled
/// samples, show them.
struct World {
  Runs runs = runsOf({100, 100, -100, 100, -100});
  MatrixF features = gaussian(500, kFeatures, 1);
  std::vector<MatrixF> responses, predicted;
  std::vector<LabelTask> labels;
  TransferInputs inputs;

  explicit World(bool rotated) {
    const MatrixF carried = features * gaussian(kFeatures, 3, 2) / std::sqrt(float(kFeatures));
    for (int person = 0; person < kPeople; ++person) {
      const unsigned seed = 10u * unsigned(person);
      MatrixF brain = carried * gaussian(3, kVertices, 3 + seed) + gaussian(500, kVertices, 4 + seed);
      if (rotated) {
        const MatrixF inTime = brain;
        for (Index t = 0; t < 500; ++t) brain.row((t + 137 + 31 * person) % 500) = inTime.row(t);
      }
      responses.push_back(brain);
    }
    for (unsigned k = 0; k < 6; ++k) {
      MatrixF series = carried * gaussian(3, 1, 70 + k) + 0.6f * gaussian(500, 1, 80 + k);
      labels.push_back(
          {"label " + textOf(k), false, series.col(0).cast<double>().transpose().replicate(kPeople, 1)});
    }
    const EncodingDesign design({{"visual/all", "visual", features}}, runs, 12, Job{});
    inputs.features = decoderInput(features, countUp(kFeatures), {0}, runs);
    for (const MatrixF& brain : responses) {
      predicted.push_back(predictActivation(design, fitEncoder(design, brain, 2, Job{})));
      inputs.predicted.push_back(decoderInput(predicted.back(), countUp(kVertices), {0}, runs));
      inputs.measured.push_back(decoderInput(brain, countUp(kVertices), {0}, runs));
    }
  }

  static std::vector<Index> countUp(Index count) {
    std::vector<Index> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), Index{0});
    return all;
  }

  static TransferOptions options() {
    TransferOptions options;
    options.labelledSamples = {20, 60};
    options.draws = 6;
    options.threads = 1;
    return options;
  }
};

bool sameBits(const TransferReport& a, const TransferReport& b) {
  bool same = a.labels.size() == b.labels.size() && a.learningCurve.size() == b.learningCurve.size();
  for (std::size_t k = 0; same && k < a.labels.size(); ++k)
    same = a.labels[k].btl == b.labels[k].btl && a.labels[k].tl == b.labels[k].tl &&
           a.labels[k].measured == b.labels[k].measured && a.labels[k].btlR == b.labels[k].btlR &&
           a.labels[k].individual.rho == b.labels[k].individual.rho &&
           a.labels[k].comparison.p == b.labels[k].comparison.p;
  for (std::size_t i = 0; same && i < a.learningCurve.size(); ++i)
    same = a.learningCurve[i].scores.btlR == b.learningCurve[i].scores.btlR &&
           a.learningCurve[i].scores.tlR == b.learningCurve[i].scores.tlR &&
           a.learningCurve[i].comparison.pOverTime == b.learningCurve[i].comparison.pOverTime;
  return same;
}

}  // namespace

class TestTransfer : public QObject {
  Q_OBJECT

  World m_world{false};
  TransferReport m_report;

 private slots:
  void initTestCase() {
    useSingleThreadedLinearAlgebra();
    m_report = compareTransfer(m_world.inputs, m_world.labels, World::options(), Job{});
  }

  void brainsHelpWhereLabelsAreFew() {
    const LearningPoint& few = m_report.learningCurve.front();
    QCOMPARE(few.labelledSamples, 20);
    QVERIFY2(few.comparison.overLabels.meanDifference > 0.15,
             qPrintable(QString::number(few.comparison.overLabels.meanDifference)));
    QVERIFY(few.comparison.overLabels.p < 0.01);
    QVERIFY(few.comparison.overPeople.p < 0.01);
    QVERIFY(few.comparison.pOverTime < 0.01);
    QCOMPARE(few.comparison.overLabels.count, 6);
    QCOMPARE(few.comparison.overPeople.count, kPeople);
    QVERIFY(few.scores.btlR.minCoeff() > few.scores.tlR.mean());
  }

  void enoughLabelsMakeBothAlike() {
    const LearningPoint& all = m_report.learningCurve.back();
    QCOMPARE(all.labelledSamples, 300);
    QVERIFY(std::abs(all.comparison.overLabels.meanDifference) < 0.05);
    QVERIFY(all.scores.tlR.mean() > m_report.learningCurve.front().scores.tlR.mean() + 0.2);
  }

  void rotatedBrainsGiveNoAdvantage() {
    // The negative control: the same film and labels, brains that have nothing to do with them.
    World rotated(true);
    const TransferReport report = compareTransfer(rotated.inputs, rotated.labels, World::options(), Job{});
    for (const LearningPoint& point : report.learningCurve)
      QVERIFY2(point.comparison.overLabels.meanDifference < 0.03,
               qPrintable(QString("%1 samples: %2")
                              .arg(point.labelledSamples)
                              .arg(point.comparison.overLabels.meanDifference)));
    QVERIFY(report.labels[0].measuredR.cwiseAbs().maxCoeff() < 0.3);
    QVERIFY(m_report.labels[0].measuredR.minCoeff() > 0.5);
  }

  void learningCurveHasItsSizes() {
    TransferOptions options = World::options();
    options.labelledSamples = {30, 300, 5000};  // as many as there are, and more, are the full set
    options.draws = 1;
    const TransferReport report = compareTransfer(m_world.inputs, {m_world.labels[0]}, options, Job{});
    QCOMPARE(report.learningCurve.size(), std::size_t{2});
    QCOMPARE(report.learningCurve[0].labelledSamples, 30);
    QCOMPARE(report.learningCurve[1].labelledSamples, 300);
    QVERIFY(report.learningCurve[1].scores.btlR.col(0) == report.labels[0].btlR);
    QCOMPARE(report.learningCurve[0].comparison.overLabels.count, 1);
    QCOMPARE(report.learningCurve[0].comparison.overLabels.p, 1.0);
  }

  void pointsAreTheMeanOverDraws() {
    TransferOptions options = World::options();
    options.labelledSamples = {20};
    options.draws = 2;
    const TransferReport report = compareTransfer(m_world.inputs, {m_world.labels[1]}, options, Job{});
    double sum = 0;
    for (unsigned draw = 0; draw < 2; ++draw) {
      const LabelledSamples drawn = drawLabelledSamples(m_world.runs, 20, 5, options.seed + 20000u + draw);
      const VectorD truth = m_world.labels[1].truth.row(2).transpose();
      sum += heldOutR(truth, Decoder(m_world.inputs.predicted[2], drawn).fit(truth).estimate,
                      rowsOf(m_world.runs, true));
    }
    QVERIFY(std::abs(report.learningCurve[0].scores.btlR(2, 0) - sum / 2) < 1e-12);
  }

  void sameBitsForEveryThreadCount() {
    TransferOptions options = World::options();
    for (const int threads : {2, 5}) {
      options.threads = threads;
      QVERIFY(sameBits(m_report, compareTransfer(m_world.inputs, m_world.labels, options, Job{})));
    }
    options.seed = 2;
    QVERIFY(!sameBits(m_report, compareTransfer(m_world.inputs, m_world.labels, options, Job{})));
  }

  void heldOutLabelsOnlyScore() {
    std::vector<LabelTask> changed = m_world.labels;
    for (LabelTask& label : changed)
      for (const Index row : rowsOf(m_world.runs, true))
        label.truth.col(row).setConstant(std::sin(double(row)));
    TransferOptions options = World::options();
    options.labelledSamples = {};
    const TransferReport report = compareTransfer(m_world.inputs, changed, options, Job{});
    for (std::size_t k = 0; k < changed.size(); ++k) {
      QVERIFY(report.labels[k].btl == m_report.labels[k].btl);
      QVERIFY(report.labels[k].tl == m_report.labels[k].tl);
      QVERIFY(report.labels[k].btlR != m_report.labels[k].btlR);
    }
  }

  void everybodysOwnLabelIsTheirOwn() {
    LabelTask own = m_world.labels[0];
    own.perPerson = true;
    own.truth.row(1) *= -1.0;
    TransferOptions options = World::options();
    options.labelledSamples = {};
    const TransferReport report = compareTransfer(m_world.inputs, {own}, options, Job{});
    QVERIFY((report.labels[0].tl.row(0) + report.labels[0].tl.row(1)).cwiseAbs().maxCoeff() < 1e-9);
    QVERIFY(std::abs(report.labels[0].tlR[0] - report.labels[0].tlR[1]) < 1e-9);
    QVERIFY(report.labels[0].tl.row(2) == report.labels[0].tl.row(3));
  }

  void sameEstimatesAreTheSameIndividuals() {
    TransferInputs twins = m_world.inputs;
    twins.measured = twins.predicted;
    TransferOptions options = World::options();
    options.labelledSamples = {};
    const TransferReport report = compareTransfer(twins, m_world.labels, options, Job{});
    for (const LabelReport& label : report.labels) {
      QVERIFY(label.measuredDistances == label.predictedDistances);
      QVERIFY(std::abs(label.individual.rho - 1.0) < 1e-12);
      QVERIFY(std::abs(label.individual.p - 1.0 / 24.0) < 1e-12);  // 4 people, no ties
      QVERIFY(label.individual.exact);
    }
  }

  void distancesOfPairs() {
    MatrixD estimates(4, 4);
    estimates << 1, 2, 3, 99,  //
        2, 4, 6, -5,           // the same over the rows used: distance 0
        3, 2, 1, 0,            // opposite: distance 2
        7, 7, 7, 1;            // constant over the rows used: distance 1
    const std::vector<double> pairs = pairDistances(estimates, {0, 1, 2});
    const std::vector<double> expected{0, 2, 1, 2, 1, 1};
    QCOMPARE(pairs.size(), expected.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) QVERIFY(std::abs(pairs[i] - expected[i]) < 1e-12);
    const MatrixD matrix = distanceMatrix(pairs, 4);
    QVERIFY(matrix == matrix.transpose());
    QVERIFY((matrix.diagonal().array() == 0.0).all());
    QVERIFY(std::abs(matrix(1, 2) - 2) < 1e-12 && std::abs(matrix(0, 1)) < 1e-12 &&
            std::abs(matrix(2, 3) - 1) < 1e-12);
  }

  void constantTruthHasNoR() {
    LabelTask flat = m_world.labels[0];
    for (const Index row : rowsOf(m_world.runs, true)) flat.truth.col(row).setConstant(4.0);
    const TransferReport report =
        compareTransfer(m_world.inputs, {flat, m_world.labels[1]}, World::options(), Job{});
    QVERIFY(report.labels[0].btlR.array().isNaN().all() && report.labels[0].tlR.array().isNaN().all());
    QCOMPARE(report.labels[0].comparison.overPeople.count, 0);
    QCOMPARE(report.labels[0].comparison.p, 1.0);
    for (const LearningPoint& point : report.learningCurve) {
      QVERIFY(point.scores.btlR.col(0).array().isNaN().all());
      QCOMPARE(point.comparison.overLabels.count, 1);
      QCOMPARE(point.comparison.overPeople.count, kPeople);
      QVERIFY(std::isfinite(point.comparison.overPeople.meanDifference));
    }
  }

  void unknownSamplesAreNeitherLearnedFromNorScored() {
    LabelTask gappy = m_world.labels[0];
    const std::vector<Index> training = rowsOf(m_world.runs, false), heldOut = rowsOf(m_world.runs, true);
    std::vector<Index> known;
    for (std::size_t i = 0; i < training.size(); i += 3)
      gappy.truth.col(training[i]).setConstant(std::nan(""));
    for (const Index row : heldOut) {
      if (row % 10 < 6)
        gappy.truth.col(row).setConstant(std::nan(""));
      else
        known.push_back(row);
    }
    const TransferReport report =
        compareTransfer(m_world.inputs, {m_world.labels[1], gappy}, World::options(), Job{});
    QVERIFY(report.labels[0].btl == m_report.labels[1].btl);  // another label's gaps touch nobody
    const VectorD truth = gappy.truth.row(0).transpose();
    for (Index person = 0; person < kPeople; ++person) {
      const DecoderInput& input = m_world.inputs.predicted[std::size_t(person)];
      const VectorD estimate = Decoder(input, allTrainingSamples(m_world.runs, truth)).fit(truth).estimate;
      QVERIFY(report.labels[1].btl.row(person).transpose() == estimate);
      std::vector<double> a, b;
      for (const Index row : known) a.push_back(truth[row]), b.push_back(estimate[row]);
      QVERIFY(std::abs(report.labels[1].btlR[person] - pearson(a, b)) < 1e-12);
    }
    QVERIFY(report.labels[1].btlR.mean() > 0.5);
    QVERIFY(std::isfinite(report.labels[1].comparison.pOverTime));
    const MatrixD& shares = report.learningCurve.back().scores.byBlock;
    const double difference = (report.labels[1].btlR - report.labels[1].tlR).mean();
    QVERIFY(std::abs(shares.col(1).sum() - difference) < 1e-12);
    for (const LearningPoint& point : report.learningCurve) QVERIFY(point.scores.btlR.allFinite());
  }

  void twoKnownSamplesHaveNoR() {
    VectorD truth = VectorD::Constant(500, std::nan(""));
    const VectorD estimate = VectorD::LinSpaced(500, 0, 1);
    truth[210] = 1, truth[250] = 2;
    const std::vector<Index> heldOut = rowsOf(m_world.runs, true);
    QVERIFY(std::isnan(heldOutR(truth, estimate, heldOut)));
    truth[260] = 2;
    QVERIFY(heldOutR(truth, estimate, heldOut) > 0.8);
  }

  void nobodyOrNothingGivesAnEmptyReport() {
    QVERIFY(compareTransfer(m_world.inputs, {}, World::options(), Job{}).labels.empty());
    QVERIFY(compareTransfer({}, m_world.labels, World::options(), Job{}).labels.empty());
  }

  void refusesBadInput() {
    LabelTask wrong = m_world.labels[0];
    wrong.truth = MatrixD::Zero(kPeople, 499);
    EXPECT_ERROR(ErrorCode::BadShape, compareTransfer(m_world.inputs, {wrong}, World::options(), Job{}),
                 "label 0", "499", "500");
    wrong = m_world.labels[3];
    wrong.truth.row(2).head(200).setConstant(std::nan(""));  // known in one of three training runs
    EXPECT_ERROR(ErrorCode::BadValue, compareTransfer(m_world.inputs, {wrong}, World::options(), Job{}),
                 "label 3", "2 folds");
    std::stop_source stop;
    stop.request_stop();
    const Job job(stop.get_token(), [](double, std::string_view) {});
    QVERIFY_THROWS_EXCEPTION(Cancelled,
                             compareTransfer(m_world.inputs, m_world.labels, World::options(), job));
  }
};

QTEST_APPLESS_MAIN(TestTransfer)
#include "tst_transfer.moc"
