// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSet>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "control/layers.h"
#include "support/expect.h"
#include "ui/fixture_study.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// What the fixture's person has at a sample and vertex, without any of the program's code.
double expectedAt(Layer layer, int person, Index sample, Index vertex, Index vertexCount) {
  const double measured = FixtureStudy::measured(person, sample, vertex);
  const double predicted = FixtureStudy::predicted(person, sample, vertex);
  if (layer == Layer::Measured) return measured;
  if (layer == Layer::Predicted) return predicted;
  if (layer == Layer::Difference) return measured - predicted;
  return 0.8 * double(vertex) / double(vertexCount - 1);
}

/// A person of these numbers, samples x vertices, kept as files in the folder.
class MadePerson {
 public:
  explicit MadePerson(const MatrixF& measured) { result.measured = series("measured.npy", measured); }
  void predict(const MatrixF& predicted) { result.predicted = series("predicted.npy", predicted); }

  PersonResults result;

 private:
  std::shared_ptr<const CortexSeries> series(const char* name, const MatrixF& values) {
    const std::filesystem::path file = std::filesystem::path(m_folder.path().toStdString()) / name;
    writeNpy(file, values);
    return std::make_shared<CortexSeries>(MappedMatrix(file));
  }
  QTemporaryDir m_folder;
};

}  // namespace

class TestLayers : public QObject {
  Q_OBJECT

 private slots:
  void rowsAndValuesAreTheResults_data();
  void rowsAndValuesAreTheResults();
  void whatIsNotThereHasNoValue();
  void resultsHoldTheLayersOfTheirParts_data();
  void resultsHoldTheLayersOfTheirParts();
  void infoNamesEachLayer();
  void limitIsAHighPercentile();
  void limitPassesOverWhatIsNoNumber_data();
  void limitPassesOverWhatIsNoNumber();
  void limitsAreOnePerPersonAndLayer();
  void significantIsBelowTheLevel();

 private:
  FixtureStudy m_fixture{false};
};

void TestLayers::rowsAndValuesAreTheResults_data() {
  QTest::addColumn<int>("layer");
  QTest::addColumn<BrainFrame>("frame");
  for (const Layer layer : kLayers)
    for (const BrainFrame& frame :
         {BrainFrame{0, 1, 0}, BrainFrame{7, 8, 0.25f}, BrainFrame{30, 31, 0.999f}, BrainFrame{59, 59, 0}})
      QTest::addRow("%s, sample %d", layerInfo(layer).key, int(frame.sample)) << int(layer) << frame;
}

void TestLayers::rowsAndValuesAreTheResults() {
  QFETCH(int, layer);
  QFETCH(BrainFrame, frame);
  const auto which = static_cast<Layer>(layer);
  const Index vertices = m_fixture.vertexCount();
  LayerScratch scratch;
  for (int p = 0; p < FixtureStudy::kPeople; ++p) {
    const PersonResults& person = m_fixture.results.people[std::size_t(p)];
    const LayerRows rows = layerRows(person, which, frame, scratch);
    QCOMPARE(rows.count, vertices);
    double farthest = 0;
    for (Index v = 0; v < vertices; ++v) {
      const double now = expectedAt(which, p, frame.sample, v, vertices),
                   next = expectedAt(which, p, frame.next, v, vertices);
      const double value = layerValue(person, which, frame, v).value_or(1e9);
      farthest =
          std::max({farthest, std::abs(double(rows.now[v]) - now), std::abs(double(rows.next[v]) - next),
                    std::abs(value - (now + double(frame.mix) * (next - now)))});
    }
    QVERIFY2(farthest < 1e-6, qPrintable(QString::number(farthest)));
  }
}

void TestLayers::whatIsNotThereHasNoValue() {
  const PersonResults& person = m_fixture.results.people[0];
  LayerScratch scratch;
  for (const Layer layer : kLayers) {
    QVERIFY(!layerValue(person, layer, {}, -1));
    QVERIFY(!layerValue(person, layer, {}, m_fixture.vertexCount()));
    QVERIFY(layerValue(person, layer, {}, m_fixture.vertexCount() - 1));
    QVERIFY(!layerValue(PersonResults{}, layer, {}, 0));
    QCOMPARE(layerRows(PersonResults{}, layer, {}, scratch).count, Index(0));
    const BrainFrame beyond{FixtureStudy::kSamples - 1, FixtureStudy::kSamples, 0.5f};
    const bool inTime = layerInfo(layer).changesInTime;
    QCOMPARE(layerValue(person, layer, beyond, 0).has_value(), !inTime);
    QCOMPARE(layerRows(person, layer, beyond, scratch).count, inTime ? Index(0) : m_fixture.vertexCount());
  }
}

void TestLayers::resultsHoldTheLayersOfTheirParts_data() {
  QTest::addColumn<bool>("measured");
  QTest::addColumn<bool>("predicted");
  QTest::addColumn<bool>("scores");
  for (const bool measured : {false, true})
    for (const bool predicted : {false, true})
      for (const bool scores : {false, true})
        QTest::addRow("measured %d, predicted %d, scores %d", measured, predicted, scores)
            << measured << predicted << scores;
}

void TestLayers::resultsHoldTheLayersOfTheirParts() {
  QFETCH(bool, measured);
  QFETCH(bool, predicted);
  QFETCH(bool, scores);
  PersonResults person = m_fixture.results.people[0];
  if (!measured) person.measured = nullptr;
  if (!predicted) person.predicted = nullptr;
  if (!scores) person.heldOutR = {};
  QCOMPARE(hasLayer(person, Layer::Measured), measured);
  QCOMPARE(hasLayer(person, Layer::Predicted), predicted);
  QCOMPARE(hasLayer(person, Layer::Difference), measured && predicted);
  QCOMPARE(hasLayer(person, Layer::HeldOutR), scores);
  for (const Layer layer : kLayers) QCOMPARE(layerLimit(person, layer) > 0, hasLayer(person, layer));
}

void TestLayers::infoNamesEachLayer() {
  QSet<QString> keys, titles;
  for (const Layer layer : kLayers) {
    const LayerInfo info = layerInfo(layer);
    keys.insert(info.key);
    titles.insert(info.title);
    QVERIFY(info.explanation.endsWith('.'));
    QCOMPARE(layerFromKey(info.key), std::optional(layer));
    QCOMPARE(info.isSigned, layer != Layer::HeldOutR);
    QCOMPARE(info.unit, layer == Layer::HeldOutR ? QString("Pearson r") : QString("z"));
  }
  QCOMPARE(keys.size(), qsizetype(kLayers.size()));
  QCOMPARE(titles.size(), qsizetype(kLayers.size()));
  for (const char* key : {"", "Predicted", "heldout", "predicted "}) QVERIFY2(!layerFromKey(key), key);
}

void TestLayers::limitIsAHighPercentile() {
  const Index samples = 48, vertices = 1400;
  const MatrixF noise = gaussian(samples, vertices, 3);
  MadePerson person(noise);
  person.predict(MatrixF::Zero(samples, vertices));
  // 99 of 100 magnitudes of a normal distribution are below 2.5758.
  const float limit = layerLimit(person.result, Layer::Measured);
  QVERIFY2(std::abs(limit - 2.5758f) < 0.1f, qPrintable(QString::number(double(limit))));
  QCOMPARE(layerLimit(person.result, Layer::Difference), limit);
  QVERIFY(layerLimit(person.result, Layer::Predicted) > 0);  // colours need a range, even of nothing

  MatrixF spiky = MatrixF::Constant(samples, vertices, -2.0f);
  for (Index v = 0; v < vertices; v += 210)
    spiky.col(v).setConstant(1000.0f);  // one vertex in 210: below one percent
  QCOMPARE(layerLimit(MadePerson(spiky).result, Layer::Measured), 2.0f);
}

void TestLayers::limitPassesOverWhatIsNoNumber_data() {
  QTest::addColumn<float>("other");
  QTest::addColumn<float>("limit");
  QTest::newRow("half of it unknown") << kNan << 3.0f;
  QTest::newRow("half of it infinite") << std::numeric_limits<float>::infinity() << 3.0f;
  QTest::newRow("all of it a number") << 3.0f << 3.0f;
}

void TestLayers::limitPassesOverWhatIsNoNumber() {
  QFETCH(float, other);
  QFETCH(float, limit);
  MatrixF values = MatrixF::Constant(10, 700, 3.0f);
  values.leftCols(350).setConstant(other);
  QCOMPARE(layerLimit(MadePerson(values).result, Layer::Measured), limit);
  values.setConstant(kNan);
  QCOMPARE(layerLimit(MadePerson(values).result, Layer::Measured), 1.0f);  // nothing known
}

void TestLayers::limitsAreOnePerPersonAndLayer() {
  Results results = m_fixture.results;
  results.people[1].predicted = nullptr;
  const LayerLimits limits = layerLimits(results);
  QCOMPARE(limits.size(), results.people.size());
  for (std::size_t p = 0; p < limits.size(); ++p)
    for (std::size_t i = 0; i < kLayers.size(); ++i)
      QCOMPARE(limits[p][i], layerLimit(results.people[p], kLayers[i]));
  QCOMPARE(limits[1][std::size_t(Layer::Predicted)], 0.0f);
  QCOMPARE(limits[1][std::size_t(Layer::Difference)], 0.0f);
  // The fixture predicts half of what it measures.
  QVERIFY(std::abs(2 * limits[0][0] - limits[0][1]) < 1e-5f);
  QVERIFY(!showsMeansOfVoxels(results));
}

void TestLayers::significantIsBelowTheLevel() {
  PersonResults person;
  person.q = VectorF(5);
  person.q << 0.0f, 0.0499f, 0.0501f, kNan, 1.0f;
  QCOMPARE(significantVertices(person, 5, 0.05), (std::vector<std::uint8_t>{1, 1, 0, 0, 0}));
  QCOMPARE(significantVertices(person, 5, 0.0), (std::vector<std::uint8_t>(5, 0)));
  QVERIFY(significantVertices(person, 6, 0.05).empty());  // of another cortex
  QVERIFY(significantVertices({}, 5, 0.05).empty());
}

QTEST_GUILESS_MAIN(TestLayers)
#include "tst_layers.moc"
