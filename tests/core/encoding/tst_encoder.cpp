// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <random>
#include <thread>

#include "base/parallel.h"
#include "core/encoding/synthetic.h"
#include "encoding/encoder.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

constexpr Index kVertices = 300;  // more than one block

/// Two feature spaces and responses that follow them: vertex v carries signal of variance share(v).
struct Brain {
  Runs runs = runsOf({50, -40, 50, 50, -40});
  std::vector<EncodingSpace> spaces;
  MatrixF weights, responses;

  Brain() {
    spaces.push_back({"visual/a", "visual", gaussian(230, 6, 1)});
    spaces.push_back({"auditory/b", "auditory", gaussian(230, 4, 2)});
    weights = gaussian(10, kVertices, 3) / std::sqrt(10.0f);
    const MatrixF noise = gaussian(230, kVertices, 4);
    responses = spaces[0].features * weights.topRows(6) + spaces[1].features * weights.bottomRows(4);
    for (Index v = 0; v < kVertices; ++v) {
      responses.col(v) *= std::sqrt(share(v) / (weights.col(v).squaredNorm()));
      responses.col(v) += std::sqrt(1.0f - share(v)) * noise.col(v);
    }
  }

  static float share(Index vertex) { return vertex % 3 == 0 ? 0.0f : vertex % 3 == 1 ? 0.5f : 0.9f; }

  EncodingDesign design(const Job& job = {}) const { return EncodingDesign(spaces, runs, 12, job); }
};

bool sameBits(const Encoder& a, const Encoder& b) {
  return a.weights == b.weights && a.intercept == b.intercept && a.fusionWeights == b.fusionWeights &&
         a.spaceR == b.spaceR && a.penalties == b.penalties && a.outOfFold == b.outOfFold &&
         a.crossValidatedR == b.crossValidatedR;
}

/// Mean cross-validated or held-out r of the vertices that carry this share of signal.
double meanOf(const VectorF& r, float share) {
  double sum = 0, count = 0;
  for (Index v = 0; v < r.size(); ++v)
    if (Brain::share(v) == share) sum += r[v], ++count;
  return sum / count;
}

}  // namespace

class TestEncoder : public QObject {
  Q_OBJECT

  Brain m_brain;
  EncodingDesign m_design = m_brain.design();
  Encoder m_encoder = fitEncoder(m_design, m_brain.responses, 1, Job{});

 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void recoversKnownWeights() {
    for (Index v = 0; v < kVertices; ++v)
      if (Brain::share(v) == 0.9f)
        QVERIFY(test::correlation(m_encoder.weights.col(v).cast<double>(),
                                  m_brain.weights.col(v).cast<double>()) > 0.9);
  }

  void reachesItsCeiling() {
    const MatrixF predicted = predictActivation(m_design, m_encoder);
    for (const bool heldOut : {false, true}) {
      const MatrixF truth = rowsOf(m_brain.responses, rowsOf(m_brain.runs, heldOut));
      const MatrixF estimate = rowsOf(predicted, rowsOf(m_brain.runs, heldOut));
      VectorF r(kVertices);
      for (Index v = 0; v < kVertices; ++v)
        r[v] = float(test::correlation(truth.col(v).cast<double>(), estimate.col(v).cast<double>()));
      r = r.array().isFinite().select(r, 0.0f);
      // Few samples, and each space is fitted alone with the other's part as noise: the ceiling is neared
      // from below. Out of fold, a vertex without signal falls below 0: what one run has by chance, the
      // others have reversed.
      const double strong = meanOf(r, 0.9f), weak = meanOf(r, 0.5f), none = meanOf(r, 0.0f);
      QVERIFY2(strong < std::sqrt(0.9) + 0.01 && strong > std::sqrt(0.9) - 0.05,
               qPrintable(QString::number(strong)));
      QVERIFY2(weak < std::sqrt(0.5) + 0.01 && weak > std::sqrt(0.5) - 0.12,
               qPrintable(QString::number(weak)));
      QVERIFY2(none < 0.04 && none > (heldOut ? -0.04 : -0.15), qPrintable(QString::number(none)));
      if (!heldOut) QVERIFY(test::largestDifference(r, m_encoder.crossValidatedR) < 1e-5f);
    }
  }

  void predictsWithItsOwnNumbers() {
    // Out of fold in training runs, weights times features elsewhere.
    const MatrixF predicted = predictActivation(m_design, m_encoder);
    Index training = 0;
    for (const Run& run : m_brain.runs)
      for (Index t = run.firstSample; t < run.endSample(); ++t) {
        if (!run.heldOut) {
          QVERIFY(predicted.row(t) == m_encoder.outOfFold.row(training++));
          continue;
        }
        VectorF sum = m_encoder.intercept;
        sum += m_encoder.weights.topRows(6).transpose() * m_brain.spaces[0].features.row(t).transpose();
        sum += m_encoder.weights.bottomRows(4).transpose() * m_brain.spaces[1].features.row(t).transpose();
        QVERIFY(test::largestDifference(predicted.row(t).transpose(), sum) < 1e-5f);
      }
    QCOMPARE(training, m_encoder.outOfFold.rows());
  }

  void tellsSpacesApart() {
    Brain brain;
    brain.responses =
        brain.spaces[1].features * brain.weights.bottomRows(4) + 0.5f * gaussian(230, kVertices, 5);
    const Encoder encoder = fitEncoder(brain.design(), brain.responses, 2, Job{});
    QVERIFY(encoder.spaceR.row(1).mean() > 0.7f);
    QVERIFY(std::abs(encoder.spaceR.row(0).mean()) < 0.1f);
    QVERIFY(encoder.fusionWeights.minCoeff() >= 0.0f);
    QVERIFY(std::abs(encoder.fusionWeights.row(1).mean() - 1.0f) < 0.1f);
    QVERIFY(encoder.fusionWeights.row(0).mean() < 0.3f);
    QVERIFY(encoder.weights.topRows(6).cwiseAbs().mean() <
            0.1f * encoder.weights.bottomRows(4).cwiseAbs().mean());
  }

  void sameBitsForEveryThreadCount() {
    for (const int threads : {2, 3, 0})
      QVERIFY(sameBits(m_encoder, fitEncoder(m_design, m_brain.responses, threads, Job{})));
  }

  void otherVerticesDoNotMatter() {
    const Encoder alone = fitEncoder(m_design, m_brain.responses.middleCols(250, 20), 1, Job{});
    QVERIFY(test::largestDifference(alone.weights, m_encoder.weights.middleCols(250, 20)) < 1e-5f);
    QVERIFY(test::largestDifference(alone.outOfFold, m_encoder.outOfFold.middleCols(250, 20)) < 1e-4f);
    QVERIFY(alone.penalties == m_encoder.penalties.middleCols(250, 20));
  }

  void heldOutResponsesTeachNothing() {
    MatrixF changed = m_brain.responses;
    for (const Index row : rowsOf(m_brain.runs, true)) changed.row(row).setConstant(1000.0f + float(row));
    QVERIFY(sameBits(m_encoder, fitEncoder(m_design, changed, 1, Job{})));
    changed = m_brain.responses;
    changed(rowsOf(m_brain.runs, false)[7], 5) += 1.0f;
    QVERIFY(!sameBits(m_encoder, fitEncoder(m_design, changed, 1, Job{})));
  }

  void heldOutFeaturesTeachNothing() {
    Brain brain;
    for (const Index row : rowsOf(brain.runs, true)) brain.spaces[0].features.row(row) *= 30.0f;
    const EncodingDesign design = brain.design();
    const Encoder encoder = fitEncoder(design, brain.responses, 1, Job{});
    QVERIFY(sameBits(m_encoder, encoder));
    const MatrixF before = predictActivation(m_design, m_encoder), after = predictActivation(design, encoder);
    QVERIFY(rowsOf(before, rowsOf(brain.runs, false)) == rowsOf(after, rowsOf(brain.runs, false)));
    QVERIFY(rowsOf(before, rowsOf(brain.runs, true)) != rowsOf(after, rowsOf(brain.runs, true)));
  }

  void shuffledResponsesAreNotPredicted() {
    // Vertices share ten features, so their r go up and down together: only the mean over shuffles is near 0.
    const std::vector<Index> training = rowsOf(m_brain.runs, false), heldOut = rowsOf(m_brain.runs, true);
    std::mt19937 generator(6);
    double crossValidated = 0, onHeldOut = 0;
    constexpr int kShuffles = 20;
    for (int i = 0; i < kShuffles; ++i) {
      std::vector<Index> order = training;
      std::shuffle(order.begin(), order.end(), generator);
      MatrixF shuffled = m_brain.responses;
      for (std::size_t row = 0; row < order.size(); ++row)
        shuffled.row(training[row]) = m_brain.responses.row(order[row]);
      const Encoder encoder = fitEncoder(m_design, shuffled, 2, Job{});
      crossValidated += encoder.crossValidatedR.mean() / kShuffles;
      onHeldOut += test::meanCorrelation(predictActivation(m_design, encoder), shuffled, heldOut) / kShuffles;
    }
    // Leaving a run out pushes r of pure noise a little below 0, never above.
    QVERIFY2(crossValidated < 0.02 && crossValidated > -0.15, qPrintable(QString::number(crossValidated)));
    QVERIFY2(std::abs(onHeldOut) < 0.1, qPrintable(QString::number(onHeldOut)));
    QVERIFY(meanOf(m_encoder.crossValidatedR, 0.9f) > 0.9);
  }

  void constantVertexIsZero() {
    MatrixF responses = m_brain.responses.leftCols(3);
    responses.col(1).setZero();
    const Encoder encoder = fitEncoder(m_design, responses, 1, Job{});
    QVERIFY((encoder.weights.col(1).array() == 0.0f).all());
    QCOMPARE(encoder.crossValidatedR[1], 0.0f);
    QVERIFY((encoder.spaceR.col(1).array() == 0.0f).all());
    QVERIFY(encoder.weights.allFinite() && encoder.outOfFold.allFinite() &&
            encoder.crossValidatedR.allFinite());
  }

  void emptySpaceIsHarmless() {
    // A layer that is constant over the film keeps no component.
    Brain brain;
    brain.spaces.push_back({"visual/flat", "visual", MatrixF(230, 0)});
    const Encoder encoder = fitEncoder(brain.design(), brain.responses, 1, Job{});
    QCOMPARE(encoder.spaceR.rows(), Index{3});
    QVERIFY((encoder.spaceR.row(2).array().abs() < 0.35f).all());
    QVERIFY(encoder.weights.allFinite());
    QVERIFY(std::abs(meanOf(encoder.crossValidatedR, 0.9f) - meanOf(m_encoder.crossValidatedR, 0.9f)) < 0.01);
  }

  void refusesBadInput() {
    MatrixF responses = m_brain.responses;
    responses(61, 17) = std::nanf("");
    responses(130, 299) = INFINITY;
    EXPECT_ERROR(ErrorCode::BadValue, fitEncoder(m_design, responses, 1, Job{}), "2 NaN or infinite",
                 "sample 61", "vertex 17");
    EXPECT_ERROR(ErrorCode::BadShape, fitEncoder(m_design, m_brain.responses.topRows(229), 1, Job{}), "229",
                 "230");
    EXPECT_ERROR(ErrorCode::BadShape, EncodingDesign({}, m_brain.runs, 12, Job{}),
                 "at least one feature space");
    Brain wrong;
    wrong.spaces[1].features = gaussian(229, 4, 1);
    EXPECT_ERROR(ErrorCode::BadShape, wrong.design(), "auditory/b", "229", "230");
    wrong.spaces[1].features = gaussian(230, 4, 1);
    wrong.spaces[1].features(0, 0) = std::nanf("");
    EXPECT_ERROR(ErrorCode::BadValue, wrong.design(), "auditory/b", "NaN");
    wrong = {};
    wrong.runs = runsOf({100, -130});
    EXPECT_ERROR(ErrorCode::BadShape, wrong.design(), "visual/a", "at least 2 training runs");
  }

  void stopsAtTheNextCheckpoint() {
    const MatrixF many = m_brain.responses.replicate(1, 40);  // 12,000 vertices
    std::stop_source stop;
    std::atomic<double> askedAt{0};
    std::atomic<int> after{0};
    const Job job(stop.get_token(), [&](double fraction, std::string_view) {
      if (stop.stop_requested())
        ++after;
      else if (fraction > 0.1 && stop.request_stop())
        askedAt = fraction;
    });
    QVERIFY_THROWS_EXCEPTION(Cancelled, fitEncoder(m_design, many, 2, job));
    QVERIFY2(askedAt > 0.1 && askedAt < 0.15, "checkpoints are far apart");
    QVERIFY2(after <= 1, "more than the other thread's report that was under way");
  }
};

QTEST_APPLESS_MAIN(TestEncoder)
#include "tst_encoder.moc"
