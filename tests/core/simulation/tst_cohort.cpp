// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/cortex/meshes.h"
#include "features/haemodynamics.h"
#include "features/reduction.h"
#include "simulation/cohort.h"
#include "stats/correlation.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;

namespace {

constexpr Index kSamples = 450;

/// Two spheres whose front follows one layer and whose back another; the middle follows nothing.
struct Scene {
  Cortex cortex{test::icosphere(3, 50), test::icosphere(3, 50), "spheres"};
  Parcellation regions{
      {{1, "Left Front", 1, 0, 0}, {2, "Right Front", 1, 0, 0}, {3, "Back", 0, 1, 0}, {4, "Middle", 0, 0, 1}},
      {}};
  std::vector<LayerFeatures> layers{{"visual/a", gaussian(kSamples, 8, 1)},
                                    {"auditory/b", gaussian(kSamples, 6, 2)}};
  std::vector<Drive> drives{{"visual/a", {"Front"}}, {"auditory/b", {"Back"}}};
  Runs runs{{"run-1", "film", 0, 0, 150, false},
            {"run-2", "film", 150, 150, 150, false},
            {"run-3", "film", 300, 300, 150, true}};

  Scene() {
    for (const Surface* side : {&cortex.left, &cortex.right})
      for (Index v = 0; v < side->vertexCount(); ++v) {
        const float y = side->points(v, 1);
        regions.keys.push_back(y > 15 ? (side == &cortex.left ? 1 : 2) : y < -15 ? 3 : 4);
      }
  }

  Cohort cohort(const CohortOptions& options) const {
    return {cortex, regions, layers, drives, runs, 1.0, options};
  }
  SimulatedPerson person(int index, const CohortOptions& options) const {
    return cohort(options).person(index, Job{});
  }

  /// What a perfect model of a person would predict: nearly endless repeats leave no noise.
  MatrixF signal(int index, CohortOptions options) const {
    options.repeats = 100000000;
    return person(index, options).responses;
  }

  /// The hidden components of a layer after the canonical response.
  MatrixF components(std::size_t layer) const {
    const MatrixF scores = fitReduction(layers[layer].values, 4).apply(layers[layer].values);
    MatrixF answered(kSamples, 4);
    for (Index m = 0; m < 4; ++m)
      answered.col(m) =
          convolvePerRun(scores.col(m).cast<double>(), haemodynamicResponse(1.0), runs).cast<float>();
    return answered;
  }

  std::vector<Index> verticesOf(int drive) const {
    std::vector<Index> vertices;
    for (Index v = 0; v < cortex.vertexCount(); ++v) {
      const int key = regions.keys[std::size_t(v)];
      if ((key <= 2 ? 0 : key == 3 ? 1 : -1) == drive) vertices.push_back(v);
    }
    return vertices;
  }
};

struct Correlations {
  double mean = 0, rms = 0;
};

/// Of one series with the chosen columns.
Correlations correlate(const VectorF& series, const MatrixF& responses, const std::vector<Index>& vertices) {
  const MatrixF chosen = responses(Eigen::all, vertices);
  const VectorD r = columnwisePearson(series.replicate(1, chosen.cols()), chosen).cast<double>();
  return {r.mean(), std::sqrt(r.squaredNorm() / double(r.size()))};
}

}  // namespace

class TestCohort : public QObject {
  Q_OBJECT

  const Scene m_scene;

 private slots:
  void canonicalResponse_data() {
    QTest::addColumn<double>("periodSec");
    QTest::addColumn<double>("peakSec");
    QTest::newRow("1 s") << 1.0 << 5.0;
    QTest::newRow("fine") << 0.05 << 5.0;
    QTest::newRow("late peak") << 0.05 << 6.5;
  }

  void canonicalResponse() {
    QFETCH(double, periodSec);
    QFETCH(double, peakSec);
    const VectorD response = haemodynamicResponse(periodSec, peakSec);
    Index peak = 0, trough = 0;
    response.maxCoeff(&peak);
    QVERIFY(std::abs(double(peak) * periodSec - peakSec) < 0.6 * periodSec + 0.05);
    QVERIFY(std::abs(response.sum() - 1.0) < 1e-12);
    QVERIFY(response.minCoeff(&trough) < 0 && double(trough) * periodSec > peakSec + 5);
    QCOMPARE(response.size(), Index(std::ceil(32 / periodSec)));
  }

  void convolutionStartsFromRestInEveryRun() {
    VectorD impulses = VectorD::Zero(kSamples), kernel(3);
    kernel << 0.5, 2, -1;
    impulses[0] = impulses[149] = impulses[200] = 1;
    const VectorD answered = convolvePerRun(impulses, kernel, m_scene.runs);
    VectorD expected = VectorD::Zero(kSamples);
    expected.head(3) = expected.segment(200, 3) = kernel;
    expected[149] = 0.5;  // the rest of it would fall into the next run
    QVERIFY(test::largestDifference(answered, expected) < 1e-12);
  }

  void noiseOnlyVerticesFollowNothing() {
    const SimulatedPerson person = m_scene.person(0, {});
    for (std::size_t layer = 0; layer < 2; ++layer) {
      const MatrixF components = m_scene.components(layer);
      double own = 0;
      for (Index m = 0; m < 4; ++m) {
        const Correlations noise = correlate(components.col(m), person.responses, m_scene.verticesOf(-1));
        QVERIFY2(std::abs(noise.mean) < 0.02, qPrintable(QString::number(noise.mean)));
        QVERIFY2(noise.rms < 0.12, qPrintable(QString::number(noise.rms)));
        own +=
            std::pow(correlate(components.col(m), person.responses, m_scene.verticesOf(int(layer))).rms, 2);
      }
      QVERIFY2(own > 0.4, "driven vertices do not follow their layer");
    }
    for (const Index v : m_scene.verticesOf(-1)) QCOMPARE(person.noiseCeiling[v], 0.0f);
  }

  void truthSaysWhichLayerDrivesWhat() {
    const Cohort cohort = m_scene.cohort({});
    for (const int drive : {-1, 0, 1})
      for (const Index v : m_scene.verticesOf(drive))
        QCOMPARE(cohort.truth().layerOfVertex[std::size_t(v)], drive);
    QCOMPARE(cohort.truth().ratingNames.size(), std::size_t{6});
    QCOMPARE(cohort.truth().ratingNames[2], std::string("rating_c"));
  }

  void ceilingIsWhatAPerfectModelReaches() {
    const SimulatedPerson person = m_scene.person(1, {});
    const std::vector<Index> heldOut = rowsOf(m_scene.runs, true);
    const VectorF perfect =
        columnwisePearson(rowsOf(m_scene.signal(1, {}), heldOut), rowsOf(person.responses, heldOut));
    for (const int drive : {0, 1})
      for (const Index v : m_scene.verticesOf(drive))
        QVERIFY(std::abs(perfect[v] - person.noiseCeiling[v]) < 2e-3f);
  }

  void signalHasItsShare_data() {
    QTest::addColumn<int>("repeats");
    QTest::addColumn<double>("share");
    QTest::newRow("one presentation") << 1 << 0.5;
    QTest::newRow("four presentations") << 4 << 0.5;
    QTest::newRow("weak") << 4 << 0.1;
  }

  void signalHasItsShare() {
    QFETCH(int, repeats);
    QFETCH(double, share);
    CohortOptions options;
    options.repeats = repeats;
    options.peakSignalShare = share;
    const SimulatedPerson person = m_scene.person(0, options);
    const VectorF r = columnwisePearson(m_scene.signal(0, options), person.responses);  // over all runs
    const auto ceiling = [&](double peak) { return std::sqrt(peak / (peak + (1 - peak) / repeats)); };
    double inside = 0, count = 0;
    for (Index v = 0; v < m_scene.cortex.vertexCount(); ++v) {
      const Surface& side = v < 642 ? m_scene.cortex.left : m_scene.cortex.right;
      const float depth = std::abs(side.points(v % 642, 1));
      if (depth > 45) inside += r[v], ++count;  // in the middle of a region
      if (depth > 15) QVERIFY(r[v] > ceiling(0.3 * share) - 0.25 && r[v] < ceiling(share) + 0.15);
    }
    QVERIFY2(std::abs(inside / count - ceiling(share)) < 0.03,
             qPrintable(QString("%1, expected %2").arg(inside / count).arg(ceiling(share))));
  }

  void responsesAreStandardisedPerRun() {
    const MatrixF responses = m_scene.person(0, {}).responses;
    QCOMPARE(responses.rows(), kSamples);
    QCOMPARE(responses.cols(), m_scene.cortex.vertexCount());
    for (const Run& run : m_scene.runs) {
      const MatrixF rows = responses.middleRows(run.firstSample, run.sampleCount);
      QVERIFY(rows.colwise().mean().cwiseAbs().maxCoeff() < 1e-5f);
      QVERIFY((rows.colwise().squaredNorm().array() / 150.0f - 1.0f).abs().maxCoeff() < 1e-4f);
    }
  }

  void noiseIsAutocorrelated() {
    const MatrixF responses = m_scene.person(0, {}).responses(Eigen::all, m_scene.verticesOf(-1));
    const VectorF r = columnwisePearson(responses.topRows(149), responses.middleRows(1, 149));
    QVERIFY(std::abs(r.mean() - 0.4f) < 0.03f);
  }

  void peopleDoNotDependOnEachOther() {
    CohortOptions two, five;
    two.people = 2;
    five.people = 5;
    const Cohort cohort = m_scene.cohort(five);
    const SimulatedPerson last = cohort.person(4, Job{}), second = cohort.person(1, Job{});
    const SimulatedPerson same = m_scene.person(1, two);
    QVERIFY(second.responses == same.responses && second.ratings == same.ratings &&
            second.traits == same.traits);
    QVERIFY(second.noiseCeiling == same.noiseCeiling);
    QCOMPARE(second.id, std::string("P02"));
    QCOMPARE(Cohort::personId(9), std::string("P10"));
    QVERIFY(last.responses != second.responses && last.traits != second.traits);
  }

  void seedsAreIndependent() {
    CohortOptions other;
    other.seed = 2;
    const MatrixF a = m_scene.person(0, {}).responses, b = m_scene.person(0, other).responses;
    const std::vector<Index> quiet = m_scene.verticesOf(-1);
    for (const Index shift : {-1, 0, 1}) {  // no vertex repeats another seed's noise, not even a neighbour's
      std::vector<Index> moved = quiet;
      for (Index& v : moved) v = std::clamp<Index>(v + shift, 0, a.cols() - 1);
      const VectorF r = columnwisePearson(a(Eigen::all, quiet), b(Eigen::all, moved));
      QVERIFY(std::abs(r.mean()) < 0.02f);
    }
    QVERIFY(m_scene.person(0, {}).responses == a);
  }

  void individualityIsWhatTellsPeopleApart() {
    CohortOptions options;
    options.ratingNoise = 0;
    options.individuality = 0;
    QVERIFY(m_scene.person(0, options).ratings == m_scene.person(3, options).ratings);
    options.individuality = 0.8;
    const MatrixD a = m_scene.person(0, options).ratings, b = m_scene.person(3, options).ratings;
    QVERIFY(test::largestDifference(a, b) > 0.2);
    QVERIFY(a.minCoeff() >= 1 && a.maxCoeff() <= 7);
    QCOMPARE(a.cols(), Index{6});
  }

  void nearTraitsGiveNearRatings() {
    CohortOptions options;
    options.people = 10;
    options.ratingNoise = 0;
    const Cohort cohort = m_scene.cohort(options);
    std::vector<SimulatedPerson> people;
    for (int i = 0; i < 10; ++i) people.push_back(cohort.person(i, Job{}));
    std::vector<double> apart;
    std::size_t pair = 0;
    for (std::size_t a = 0; a < 10; ++a)
      for (std::size_t b = a + 1; b < 10; ++b) {
        const double x = people[a].traits[0] - people[b].traits[0],
                     y = people[a].traits[1] - people[b].traits[1];
        QVERIFY(std::abs(cohort.truth().traitDistances[pair++] - std::hypot(x, y)) < 1e-12);
        apart.push_back((people[a].ratings - people[b].ratings).norm());
      }
    QCOMPARE(pair, cohort.truth().traitDistances.size());
    QVERIFY(spearman(cohort.truth().traitDistances, apart) > 0.4);
  }

  void shiftedResponsesFollowNothing() {
    CohortOptions options;
    options.shiftResponses = true;
    const MatrixF shifted = m_scene.person(0, options).responses, inTime = m_scene.person(0, {}).responses;
    const MatrixF signal = m_scene.signal(0, {});
    const std::vector<Index> driven = m_scene.verticesOf(0);
    const VectorF before =
        columnwisePearson(MatrixF(signal(Eigen::all, driven)), MatrixF(inTime(Eigen::all, driven)));
    const VectorF after =
        columnwisePearson(MatrixF(signal(Eigen::all, driven)), MatrixF(shifted(Eigen::all, driven)));
    QVERIFY(before.mean() > 0.7f);
    QVERIFY2(std::abs(after.mean()) < 0.15f, qPrintable(QString::number(double(after.mean()))));
  }

  void refusesBadInput_data() {
    QTest::addColumn<int>("row");
    for (int i = 0; i < 9; ++i) QTest::addRow("option %d", i) << i;
  }

  void refusesBadInput() {
    QFETCH(int, row);
    CohortOptions options;
    switch (row) {
      case 0:
        options.people = 0;
        break;
      case 1:
        options.repeats = 0;
        break;
      case 2:
        options.latents = 0;
        break;
      case 3:
        options.peakSignalShare = 1;
        break;
      case 4:
        options.individuality = std::nan("");
        break;
      case 5:
        options.privateShare = 1.5;
        break;
      case 6:
        options.noiseAutocorrelation = 1;
        break;
      case 7:
        options.ratingNoise = -0.1;
        break;
      default:
        options.ratings = 27;
    }
    const std::vector<std::string> words{"person",          "person",        "person",
                                         "signal share",    "individuality", "private",
                                         "autocorrelation", "rating noise",  "ratings"};
    EXPECT_ERROR(ErrorCode::BadValue, m_scene.cohort(options), words[std::size_t(row)]);
  }

  void refusesWhatIsNotThere() {
    Scene scene;
    scene.drives[1].layer = "auditory/c";
    EXPECT_ERROR(ErrorCode::BadValue, scene.cohort({}), "no layer", "auditory/c");
    scene = {};
    scene.drives[0].regions = {"Front", "Calcarine"};
    EXPECT_ERROR(ErrorCode::BadValue, scene.cohort({}), "no vertex", "Calcarine");
    scene = {};
    scene.layers[1].values = gaussian(449, 6, 2);
    EXPECT_ERROR(ErrorCode::BadShape, scene.cohort({}), "auditory/b", "449", "450");
    scene = {};
    scene.regions.keys.pop_back();
    EXPECT_ERROR(ErrorCode::BadShape, scene.cohort({}), "1283", "1284");
    EXPECT_ERROR(ErrorCode::BadValue, m_scene.person(8, {}), "no simulated person 8");
    EXPECT_ERROR(ErrorCode::BadValue,
                 Cohort(m_scene.cortex, m_scene.regions, m_scene.layers, m_scene.drives, m_scene.runs, 0, {}),
                 "sample period");
  }
};

QTEST_APPLESS_MAIN(TestCohort)
#include "tst_cohort.moc"
