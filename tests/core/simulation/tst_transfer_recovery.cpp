// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/cortex/meshes.h"
#include "decoding/transfer.h"
#include "encoding/encoder.h"
#include "features/haemodynamics.h"
#include "features/reduction.h"
#include "simulation/cohort.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;

namespace {

constexpr Index kRunSamples = 100;
constexpr int kPeople = 6;
constexpr Index kComponents = 30;

/// Many directions with variance falling as 1 / rank^2, slow in time: what layers of networks look like.
MatrixF layerOf(const Runs& runs, unsigned seed) {
  MatrixF values = gaussian(sampleCount(runs), 60, seed);
  for (const Run& run : runs)
    for (Index t = run.firstSample + 1; t < run.endSample(); ++t)
      values.row(t) = 0.7f * values.row(t - 1) + std::sqrt(1 - 0.49f) * values.row(t);
  for (Index k = 0; k < values.cols(); ++k) values.col(k) /= float(k + 1);
  return values;
}

Runs quarterOfAnHour() {
  Runs runs;
  for (Index i = 0; i < 9; ++i)
    runs.push_back(
        {"run-" + textOf(i), "film", double(i * kRunSamples), i * kRunSamples, kRunSamples, i % 3 == 2});
  return runs;
}

/// A quarter of an hour of film and brains which carry two of many directions of each layer, from simulation
/// to the comparison.
struct Study {
  Runs runs = quarterOfAnHour();
  Cortex cortex{test::icosphere(3, 50), test::icosphere(3, 50), "spheres"};
  Parcellation regions{{{1, "Front", 1, 0, 0}, {2, "Back", 0, 1, 0}, {3, "Middle", 0, 0, 1}}, {}};
  std::vector<LayerFeatures> layers{{"visual/a", layerOf(runs, 11)}, {"auditory/b", layerOf(runs, 12)}};

  TransferReport compare(bool shiftResponses) {
    for (const Surface* side : {&cortex.left, &cortex.right})
      for (Index v = 0; v < side->vertexCount(); ++v)
        regions.keys.push_back(side->points(v, 1) > 15 ? 1 : side->points(v, 1) < -15 ? 2 : 3);
    CohortOptions options;
    options.people = kPeople;
    options.latents = 2;
    options.span = 20;
    options.ratings = 8;
    options.shiftResponses = shiftResponses;
    const Cohort cohort(cortex, regions, layers, {{"visual/a", {"Front"}}, {"auditory/b", {"Back"}}}, runs,
                        1.0, options);
    std::vector<EncodingSpace> spaces;
    MatrixF features(sampleCount(runs), 0);
    for (const LayerFeatures& layer : layers) {
      const MatrixF reduced =
          fitReduction(rowsOf(layer.values, rowsOf(runs, false)), kComponents).apply(layer.values);
      features.conservativeResize(Eigen::NoChange, features.cols() + reduced.cols());
      features.rightCols(reduced.cols()) = reduced;
      spaces.push_back({layer.layer, "visual", withHaemodynamics(reduced, 1.0, runs)});
    }
    const EncodingDesign design(spaces, runs, 12, Job{});
    return compareTransfer(inputsOf(cohort, design, features), labels, {{20, 40, 80}, 10, 1, 1000, 2}, Job{});
  }

 private:
  std::vector<LabelTask> labels;

  TransferInputs inputsOf(const Cohort& cohort, const EncodingDesign& design, const MatrixF& features) {
    std::vector<Index> all(std::size_t(features.cols()));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = Index(i);
    TransferInputs inputs{decoderInput(features, all, {-2, -1, 0}, runs), {}, {}};
    for (int i = 0; i < kPeople; ++i) {
      const SimulatedPerson person = cohort.person(i, Job{});
      const Encoder encoder = fitEncoder(design, person.responses, 2, Job{});
      const std::vector<Index> vertices = bestVertices(encoder.crossValidatedR, 2000);
      inputs.predicted.push_back(
          decoderInput(predictActivation(design, encoder), vertices, {3, 4, 5, 6}, runs));
      inputs.measured.push_back(decoderInput(person.responses, vertices, {3, 4, 5, 6}, runs));
      for (Index k = 0; k < person.ratings.cols(); ++k) {
        if (i == 0) labels.push_back({"rating " + textOf(k), true, MatrixD(kPeople, sampleCount(runs))});
        labels[std::size_t(k)].truth.row(i) = person.ratings.col(k).transpose();
      }
    }
    return inputs;
  }
};

QString shown(const LearningPoint& point) {
  return QString("%1 samples: BTL %2 TL %3, p over people %4, over time %5, over labels %6")
      .arg(point.labelledSamples)
      .arg(point.scores.btlR.mean())
      .arg(point.scores.tlR.mean())
      .arg(point.comparison.overPeople.p)
      .arg(point.comparison.pOverTime)
      .arg(point.comparison.overLabels.p);
}

}  // namespace

/// The whole claim of brain-mediated transfer learning on a cohort with a known truth, and its negative
/// control.
class TestTransferRecovery : public QObject {
  Q_OBJECT

 private slots:
  void brainsHelpWithFewLabels() {
    const TransferReport report = Study().compare(false);
    for (const LearningPoint& point : report.learningCurve) qInfo() << shown(point);
    for (const LearningPoint& point : report.learningCurve) {
      if (point.labelledSamples > 40) continue;  // with more labels there is less to gain
      QVERIFY2(point.comparison.overPeople.meanDifference > 0.05, qPrintable(shown(point)));
      QVERIFY2(point.comparison.p < 0.01 && point.comparison.overLabels.p < 0.01, qPrintable(shown(point)));
    }
  }

  void shiftedBrainsDoNot() {
    const TransferReport report = Study().compare(true);
    for (const LearningPoint& point : report.learningCurve) qInfo() << shown(point);
    for (const LearningPoint& point : report.learningCurve)
      QVERIFY2(point.comparison.overPeople.meanDifference < 0.02, qPrintable(shown(point)));
  }
};

QTEST_APPLESS_MAIN(TestTransferRecovery)
#include "tst_transfer_recovery.moc"
