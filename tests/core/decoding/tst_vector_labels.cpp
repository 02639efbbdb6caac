// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/encoding/synthetic.h"
#include "decoding/vector_labels.h"
#include "stats/correlation.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

constexpr Index kDimensions = 8;
constexpr Index kSamples = 260;

/// A film of scenes, `length` samples each, every one with a vector of its own out of `different` ones.
MatrixD scenes(Index length, Index different, unsigned seed) {
  const MatrixD vectors = gaussian(different, kDimensions, seed).cast<double>();
  MatrixD truth(kSamples, kDimensions);
  for (Index t = 0; t < kSamples; ++t) truth.row(t) = vectors.row((t / length * 7) % different);
  return truth;
}

MatrixD noisy(const MatrixD& truth, double skill, unsigned seed) {
  return skill * truth + gaussian(truth.rows(), truth.cols(), seed).cast<double>();
}

double cosineAbout(const MatrixD& a, Index i, const MatrixD& b, Index j, const Eigen::RowVectorXd& mean) {
  const Eigen::RowVectorXd x = a.row(i) - mean, y = b.row(j) - mean;
  return x.dot(y) / (x.norm() * y.norm());
}

}  // namespace

class TestVectorLabels : public QObject {
  Q_OBJECT

  const Runs m_runs = runsOf({80, -60, 60, -60});
  const VectorScoreOptions m_options{199, 1, 1};

  std::vector<MatrixD> people(const MatrixD& truth, double skill, unsigned seed) const {
    return {noisy(truth, skill, seed), noisy(truth, skill, seed + 1), noisy(truth, skill, seed + 2)};
  }

 private slots:
  void scoresAreTheirDefinitions() {
    MatrixD truth = scenes(4, 12, 1);
    truth.row(90).setConstant(std::nan(""));
    truth.row(10).setConstant(std::nan(""));
    const std::vector<MatrixD> estimates{noisy(truth.array().isNaN().select(0, truth), 0.5, 5)};
    const VectorScores scores = scoreVectors({truth}, estimates, m_runs, m_options, Job{});
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(kDimensions);
    int known = 0;
    for (const Index row : rowsOf(m_runs, false))
      if (row != 10) mean += truth.row(row), ++known;
    mean /= known;
    std::vector<Index> rows;
    for (const Index row : rowsOf(m_runs, true))
      if (row != 90) rows.push_back(row);
    double cosine = 0, accuracy = 0;
    const VectorD bySample = rankAccuracyBySample(truth, estimates[0], m_runs);
    for (const Index row : rows) {
      const double own = cosineAbout(estimates[0], row, truth, row, mean);
      std::vector<Eigen::RowVectorXd> others;
      double below = 0;
      for (const Index other : rows) {
        bool met = truth.row(other) == truth.row(row);
        for (const auto& seen : others) met = met || seen == truth.row(other);
        if (met) continue;
        others.push_back(truth.row(other));
        below += cosineAbout(estimates[0], row, truth, other, mean) < own;
      }
      cosine += own / double(rows.size());
      accuracy += below / double(others.size()) / double(rows.size());
      QVERIFY(std::abs(bySample[row] - below / double(others.size())) < 1e-12);
    }
    QVERIFY(std::isnan(bySample[90]) && std::isnan(bySample[0]));
    QVERIFY(std::abs(scores.cosine[0] - cosine) < 1e-12);
    QVERIFY(std::abs(scores.rankAccuracy[0] - accuracy) < 1e-12);
    QCOMPARE(scores.meanRankAccuracy, scores.rankAccuracy[0]);
    double r = 0;
    for (Index d = 0; d < kDimensions; ++d) {
      std::vector<double> a, b;
      for (const Index row : rows) a.push_back(truth(row, d)), b.push_back(estimates[0](row, d));
      r += pearson(a, b) / double(kDimensions);
    }
    QVERIFY(std::abs(scores.meanR[0] - r) < 1e-12);
  }

  void plantedVectorsAreIdentified() {
    const MatrixD truth = scenes(4, 12, 1);
    const VectorScores scores =
        scoreVectors({truth, truth, truth}, people(truth, 1.0, 10), m_runs, m_options, Job{});
    QVERIFY(scores.rankAccuracy.minCoeff() > 0.85);
    QVERIFY(scores.cosine.minCoeff() > 0.5 && scores.meanR.minCoeff() > 0.5);
    QVERIFY2(std::abs(scores.chance - 0.5) < 0.05, qPrintable(QString::number(scores.chance)));
    QVERIFY(scores.p < 0.011);
  }

  void blindEstimatesAreAtChance() {
    // Slow scenes and estimates as slow, which have nothing to do with each other: a p below 0.05 must be
    // rare.
    int claimed = 0;
    double accuracy = 0, chance = 0;
    constexpr int kFilms = 100;
    for (unsigned film = 0; film < kFilms; ++film) {
      const MatrixD truth = scenes(6, 15, 100 + film), other = scenes(6, 15, 5000 + film);
      const VectorScores scores = scoreVectors({truth, truth, truth}, people(other, 1.0, 10000 + 10 * film),
                                               m_runs, m_options, Job{});
      claimed += scores.p < 0.05;
      accuracy += scores.meanRankAccuracy / kFilms;
      chance += scores.chance / kFilms;
    }
    QVERIFY2(claimed <= 13, qPrintable(QString::number(claimed)));  // 5 expected; more than 13 have p 0.0005
    QVERIFY2(std::abs(accuracy - 0.5) < 0.03, qPrintable(QString::number(accuracy)));
    QVERIFY2(std::abs(chance - 0.5) < 0.03, qPrintable(QString::number(chance)));
  }

  void nothingToTellApart() {
    const MatrixD same = MatrixD::Ones(kSamples, kDimensions);
    const VectorScores scores = scoreVectors({same}, {noisy(same, 1, 3)}, m_runs, m_options, Job{});
    QVERIFY(std::isnan(scores.meanR[0]) && std::isnan(scores.rankAccuracy[0]) && std::isnan(scores.p));
    const MatrixD unknown = MatrixD::Constant(kSamples, kDimensions, std::nan(""));
    QVERIFY(std::isnan(scoreVectors({unknown}, {same}, m_runs, m_options, Job{}).meanRankAccuracy));
  }

  void threadsDoNotMatter() {
    const MatrixD truth = scenes(4, 12, 1);
    VectorScoreOptions two = m_options;
    two.threads = 2;
    const std::vector<MatrixD> truths{truth, truth, truth};
    const VectorScores a = scoreVectors(truths, people(truth, 0.3, 10), m_runs, m_options, Job{});
    const VectorScores b = scoreVectors(truths, people(truth, 0.3, 10), m_runs, two, Job{});
    QVERIFY(a.meanR == b.meanR && a.rankAccuracy == b.rankAccuracy && a.p == b.p && a.chance == b.chance);
  }

  void pairDistancesFollowTheDefinition() {
    const MatrixD truth = scenes(4, 12, 1);
    const std::vector<MatrixD> estimates = people(truth, 0.5, 20);
    const std::vector<Index> rows{81, 100, 203};
    const std::vector<double> distances = vectorPairDistances(estimates, rows);
    QCOMPARE(distances.size(), std::size_t{3});
    double expected = 0;
    for (const Index row : rows) {
      const Eigen::ArrayXd a = estimates[0].row(row).transpose(), b = estimates[2].row(row).transpose();
      const Eigen::ArrayXd x = a - a.mean(), y = b - b.mean();
      expected += (1 - (x * y).sum() / std::sqrt(x.square().sum() * y.square().sum())) / 3;
    }
    QVERIFY(std::abs(distances[1] - expected) < 1e-12);
  }

  void nearestRowsAreThoseOfHighestCosine() {
    MatrixF vectors = gaussian(300, kDimensions, 3);
    vectors.row(7).setZero();
    vectors.row(9) = 3 * vectors.row(8);
    MatrixF estimates = gaussian(150, kDimensions, 4);
    estimates.row(5) = vectors.row(42) * 0.1f;
    estimates.row(6) = vectors.row(8);
    estimates.row(8).setZero();
    const auto nearest = nearestRows(estimates, vectors, 4, Job{});
    QCOMPARE(nearest.size(), std::size_t{150});
    QCOMPARE(nearest[5][0].row, Index{42});
    QVERIFY(std::abs(nearest[5][0].cosine - 1) < 1e-5f);
    QVERIFY(nearest[6][0].row + nearest[6][1].row == 17);  // the same direction, whatever the length
    QVERIFY(nearest[8].empty());
    for (const Index row : {Index{0}, Index{63}, Index{64}, Index{149}}) {
      std::vector<std::pair<double, Index>> all;
      for (Index v = 0; v < 300; ++v)
        if (v != 7)
          all.emplace_back(-double(vectors.row(v).normalized().dot(estimates.row(row).normalized())), v);
      std::sort(all.begin(), all.end());
      for (std::size_t i = 0; i < 4; ++i) {
        QCOMPARE(nearest[std::size_t(row)][i].row, all[i].second);
        QVERIFY(std::abs(double(nearest[std::size_t(row)][i].cosine) + all[i].first) < 1e-5);
      }
    }
    QCOMPARE(nearestRows(estimates, vectors.topRows(2), 4, Job{})[0].size(), std::size_t{2});
    EXPECT_ERROR(ErrorCode::BadShape, nearestRows(estimates, vectors.leftCols(7), 4, Job{}), "8", "7");
  }
};

QTEST_APPLESS_MAIN(TestVectorLabels)
#include "tst_vector_labels.moc"
