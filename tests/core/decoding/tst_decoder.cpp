// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Cholesky>
#include <cmath>
#include <limits>
#include <set>

#include "core/encoding/synthetic.h"
#include "decoding/decoder.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::runsOf;

namespace {

/// What a decoder reads, spelled out: for each lag the chosen vertices at t + lag, 0 past the run's end.
MatrixD columnsOf(const MatrixF& responses, const std::vector<Index>& vertices, const std::vector<int>& lags,
                  const Runs& runs) {
  MatrixD chosen(responses.rows(), Index(vertices.size()));
  for (Index i = 0; i < chosen.cols(); ++i)
    chosen.col(i) = responses.col(vertices[std::size_t(i)]).cast<double>();
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(chosen.cols());
  for (const Index row : rowsOf(runs, false)) mean += chosen.row(row) / double(rowsOf(runs, false).size());
  chosen.rowwise() -= mean;
  MatrixD columns = MatrixD::Zero(chosen.rows(), chosen.cols() * Index(lags.size()));
  for (Index t = 0; t < chosen.rows(); ++t)
    for (std::size_t l = 0; l < lags.size(); ++l) {
      const Index source = t + lags[l];
      if (source < 0 || source >= chosen.rows() || runOfSample(runs, source) != runOfSample(runs, t))
        continue;
      columns.block(t, Index(l) * chosen.cols(), 1, chosen.cols()) = chosen.row(source);
    }
  return columns;
}

/// Ridge with an intercept on some rows, applied to all rows.
VectorD explicitRidge(const MatrixD& x, const VectorD& y, const std::vector<Index>& learn, double penalty) {
  const MatrixD xl = x(learn, Eigen::all);
  const VectorD yl = y(learn);
  const Eigen::RowVectorXd mean = xl.colwise().mean();
  const MatrixD centred = xl.rowwise() - mean;
  MatrixD gram = centred.transpose() * centred;
  gram.diagonal().array() += penalty;
  const VectorD weights =
      Eigen::LDLT<MatrixD>(gram).solve(centred.transpose() * (yl.array() - yl.mean()).matrix());
  return ((x.rowwise() - mean) * weights).array() + yl.mean();
}

struct Twin {
  VectorD estimate;
  double score = 0;
};

Twin twinFit(const MatrixD& x, const VectorD& y, const LabelledSamples& labelled, double penalty) {
  Twin twin{explicitRidge(x, y, labelled.rows, penalty), 0};
  for (int fold = 0; fold < labelled.foldCount; ++fold) {
    std::vector<Index> learn, test;
    for (std::size_t i = 0; i < labelled.rows.size(); ++i)
      (labelled.fold[i] == fold ? test : learn).push_back(labelled.rows[i]);
    const VectorD estimate = explicitRidge(x, y, learn, penalty);
    for (const Index row : test) {
      twin.estimate[row] = estimate[row];
      twin.score -= (estimate[row] - y[row]) * (estimate[row] - y[row]) /
                    double(test.size() * std::size_t(labelled.foldCount));
    }
  }
  return twin;
}

std::vector<Index> countUp(Index count) {
  std::vector<Index> all;
  for (Index i = 0; i < count; ++i) all.push_back(i);
  return all;
}

}  // namespace

class TestDecoder : public QObject {
  Q_OBJECT

  const Runs m_runs = runsOf({30, -20, 25, 28});
  const MatrixF m_responses = gaussian(103, 12, 1).array() + 2.0f;
  const std::vector<Index> m_vertices{9, 1, 4, 7};
  const std::vector<int> m_lags{2, 3, 5};

  VectorD labelFrom(double noise, unsigned seed = 2) const {
    const MatrixD x = columnsOf(m_responses, m_vertices, m_lags, m_runs);
    return x * gaussian(x.cols(), 1, seed).cast<double>().col(0) +
           noise * gaussian(103, 1, seed + 1).cast<double>().col(0);
  }

 private slots:
  void equalsRidgeOnColumns_data() {
    QTest::addColumn<double>("noise");
    QTest::addColumn<bool>("drawn");
    QTest::newRow("little noise, all samples") << 0.5 << false;
    QTest::newRow("much noise, all samples") << 10.0 << false;
    QTest::newRow("few samples") << 3.0 << true;
  }

  void equalsRidgeOnColumns() {
    QFETCH(double, noise);
    QFETCH(bool, drawn);
    const LabelledSamples labelled =
        drawn ? drawLabelledSamples(m_runs, 20, 5, 3) : allTrainingSamples(m_runs);
    const DecoderInput input = decoderInput(m_responses, m_vertices, m_lags, m_runs);
    const MatrixD x = columnsOf(m_responses, m_vertices, m_lags, m_runs);
    QVERIFY(test::largestDifference(input.kernel, x * x.transpose()) < 1e-4);
    const VectorD y = labelFrom(noise).array() + 5.0;
    const LabelFit fit = Decoder(input, labelled).fit(y);
    const Twin twin = twinFit(x, y, labelled, fit.penalty);
    QVERIFY(test::largestDifference(fit.estimate, twin.estimate) < 1e-3);
    QVERIFY(std::abs(fit.cvScore - twin.score) < 1e-3 * std::abs(twin.score));
    const double step = std::pow(10.0, 6.0 / 19.0);  // the next penalties of the grid are no better
    QVERIFY(twinFit(x, y, labelled, fit.penalty * step).score <= twin.score + 1e-6 * std::abs(twin.score));
    QVERIFY(twinFit(x, y, labelled, fit.penalty / step).score <= twin.score + 1e-6 * std::abs(twin.score));
  }

  void moreColumnsThanSamples() {
    const MatrixF wide = gaussian(103, 200, 8);
    const DecoderInput input = decoderInput(wide, countUp(200), {0, 1}, m_runs);
    const VectorD y = wide.col(3).cast<double>() + gaussian(103, 1, 9).cast<double>().col(0);
    const LabelFit fit = Decoder(input, allTrainingSamples(m_runs)).fit(y);
    const Twin twin =
        twinFit(columnsOf(wide, countUp(200), {0, 1}, m_runs), y, allTrainingSamples(m_runs), fit.penalty);
    QVERIFY(test::largestDifference(fit.estimate, twin.estimate) < 1e-3);
  }

  void lagsLookAheadInsideARun() {
    // One vertex that moves at row 40 of 103 and back at row 60 (mean 0): seen by labels `lag` samples
    // earlier.
    MatrixF impulse = MatrixF::Zero(103, 1);
    const Index first = 52, last = 102;  // inside the run 50..74 and the last row of the run 75..102
    impulse(first, 0) = 1;
    impulse(last, 0) = -1;
    const MatrixD kernel = decoderInput(impulse, {0}, {2, 4}, m_runs).kernel;
    const std::set<Index> seen{first - 2, last - 2, last - 4};  // first - 4 = 48 lies in the run before
    for (Index t = 0; t < 103; ++t) QCOMPARE(kernel(t, t) > 0.5, seen.contains(t));
    QCOMPARE(kernel(first - 2, last - 2), -1.0);
    QCOMPARE(kernel(last - 2, last - 4), 0.0);  // different lags are different columns
  }

  void heldOutRunsTeachNothing() {
    const LabelledSamples labelled = allTrainingSamples(m_runs);
    const VectorD y = labelFrom(2.0);
    const LabelFit before = Decoder(decoderInput(m_responses, m_vertices, m_lags, m_runs), labelled).fit(y);
    VectorD unknown = y;
    for (const Index row : rowsOf(m_runs, true)) unknown[row] = std::numeric_limits<double>::quiet_NaN();
    const LabelFit unlabelled =
        Decoder(decoderInput(m_responses, m_vertices, m_lags, m_runs), labelled).fit(unknown);
    QVERIFY(before.estimate == unlabelled.estimate);

    MatrixF changed = m_responses;
    for (const Index row : rowsOf(m_runs, true)) changed.row(row) *= -40.0f;
    const LabelFit after = Decoder(decoderInput(changed, m_vertices, m_lags, m_runs), labelled).fit(y);
    QCOMPARE(after.penalty, before.penalty);
    for (const Index row : rowsOf(m_runs, false)) QCOMPARE(after.estimate[row], before.estimate[row]);
    QVERIFY(after.estimate.segment(30, 15) != before.estimate.segment(30, 15));
  }

  void aFoldNeverHelpsToEstimateItself() {
    const LabelledSamples labelled = allTrainingSamples(m_runs);
    const Decoder decoder(decoderInput(m_responses, m_vertices, m_lags, m_runs), labelled);
    const VectorD y = labelFrom(1.0);
    VectorD changed = y;
    changed.segment(50, 25) += 0.1 * gaussian(25, 1, 7).cast<double>().col(0);
    const LabelFit before = decoder.fit(y), after = decoder.fit(changed);
    QCOMPARE(after.penalty, before.penalty);  // else the comparison would be of two different fits
    QVERIFY((after.estimate - before.estimate).segment(50, 25).cwiseAbs().maxCoeff() < 1e-12);
    QVERIFY((after.estimate - before.estimate).head(30).cwiseAbs().maxCoeff() > 1e-3);
  }

  void constantLabelIsItsOwnEstimate_data() {
    QTest::addColumn<double>("value");
    QTest::newRow("zero") << 0.0;
    QTest::newRow("not exact in binary") << 0.1;
    QTest::newRow("negative") << -3.7;
  }

  void constantLabelIsItsOwnEstimate() {
    QFETCH(double, value);
    const Decoder decoder(decoderInput(m_responses, m_vertices, m_lags, m_runs), allTrainingSamples(m_runs));
    const LabelFit fit = decoder.fit(VectorD::Constant(103, value));
    QVERIFY((fit.estimate.array() == value).all());
    QCOMPARE(fit.cvScore, 0.0);
  }

  void nothingToReadGivesTheMean() {
    const VectorD y = labelFrom(1.0);
    const LabelledSamples labelled = allTrainingSamples(m_runs);
    const LabelFit fit = Decoder(decoderInput(m_responses, {}, m_lags, m_runs), labelled).fit(y);
    const double mean = VectorD(y(labelled.rows)).mean();
    for (const Index row : rowsOf(m_runs, true)) QVERIFY(std::abs(fit.estimate[row] - mean) < 1e-12);
  }

  void refusesBadInput() {
    const DecoderInput input = decoderInput(m_responses, m_vertices, m_lags, m_runs);
    EXPECT_ERROR(ErrorCode::BadValue, Decoder(input, allTrainingSamples(runsOf({30, -73}))),
                 "at least 2 folds");
    EXPECT_ERROR(ErrorCode::BadValue, Decoder(input, {}), "at least 2 folds");
    const Decoder decoder(input, allTrainingSamples(m_runs));
    EXPECT_ERROR(ErrorCode::BadShape, decoder.fit(VectorD::Zero(102)), "102", "103");
    VectorD label = VectorD::Zero(103);
    label[77] = std::nan("");
    EXPECT_ERROR(ErrorCode::BadValue, decoder.fit(label), "not a number", "sample 77");
    EXPECT_ERROR(ErrorCode::BadShape, decoderInput(m_responses, m_vertices, m_lags, runsOf({30, 30})), "103",
                 "60");
  }

  void allTrainingSamplesAreOneFoldARun() {
    const LabelledSamples labelled = allTrainingSamples(m_runs);
    QVERIFY(labelled.rows == rowsOf(m_runs, false));
    QCOMPARE(labelled.foldCount, 3);
    QCOMPARE(labelled.fold.front(), 0);
    QCOMPARE(labelled.fold[30], 1);
    QCOMPARE(labelled.fold.back(), 2);
  }

  void unknownSamplesAreNotLearnedFrom() {
    const double unknown = std::nan("");
    VectorD label = VectorD::LinSpaced(103, -1, 1).array().sin();
    for (const Index row : {0, 1, 7, 29, 55}) label[row] = unknown;
    label.tail(28).setConstant(unknown);  // a whole run: its fold is gone
    const LabelledSamples labelled = allTrainingSamples(m_runs, label);
    QCOMPARE(labelled.foldCount, 2);
    QCOMPARE(labelled.rows.size(), std::size_t{26 + 24});
    for (std::size_t i = 0; i < labelled.rows.size(); ++i) {
      QVERIFY(std::isfinite(label[labelled.rows[i]]));
      QCOMPARE(labelled.fold[i], labelled.rows[i] < 30 ? 0 : 1);
    }
    const LabelFit fit = Decoder(decoderInput(m_responses, m_vertices, m_lags, m_runs), labelled).fit(label);
    const Twin twin =
        twinFit(columnsOf(m_responses, m_vertices, m_lags, m_runs), label, labelled, fit.penalty);
    QVERIFY(test::largestDifference(fit.estimate, twin.estimate) < 1e-8);
    QVERIFY(fit.estimate.allFinite());  // estimated everywhere, also where nothing was known
    EXPECT_ERROR(ErrorCode::BadShape, allTrainingSamples(m_runs, VectorD::Zero(99)), "99");
  }

  void drawsAreMadeAmongKnownSamples() {
    VectorD label = VectorD::Zero(103);
    label.segment(0, 17).setConstant(std::nan(""));  // three whole blocks and two samples of the fourth
    std::set<Index> drawnRows;
    for (unsigned seed = 1; seed <= 40; ++seed) {
      const LabelledSamples drawn = drawLabelledSamples(m_runs, label, 20, 5, seed);
      QVERIFY(drawn.rows.size() >= 16 && drawn.rows.size() <= 20);
      QVERIFY(drawn.foldCount >= 2);
      drawnRows.insert(drawn.rows.begin(), drawn.rows.end());
    }
    QCOMPARE(*drawnRows.begin(), Index{17});
    QCOMPARE(drawnRows.size(), std::size_t{80 - 17});
  }

  void drawsWholeBlocks_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("expected");
    QTest::newRow("two blocks at least") << 1 << 10;
    QTest::newRow("20") << 20 << 20;
    QTest::newRow("rounded down") << 24 << 20;
    QTest::newRow("60") << 60 << 60;
    QTest::newRow("all blocks there are") << 1000 << 80;  // 6 + 5 + 5 blocks of 5
  }

  void drawsWholeBlocks() {
    QFETCH(int, count);
    QFETCH(int, expected);
    const LabelledSamples drawn = drawLabelledSamples(m_runs, count, 5, 11);
    QCOMPARE(int(drawn.rows.size()), expected);
    QCOMPARE(drawn.fold.size(), drawn.rows.size());
    QCOMPARE(drawn.foldCount, std::min(5, expected / 5));
    std::set<int> folds;
    for (std::size_t i = 0; i < drawn.rows.size(); ++i) {
      const Run& run = m_runs[runOfSample(m_runs, drawn.rows[i])];
      QVERIFY(!run.heldOut);
      QVERIFY(i == 0 || drawn.rows[i] > drawn.rows[i - 1]);
      folds.insert(drawn.fold[i]);
      const std::size_t first =
          i / 5 * 5;  // rows of one block follow each other, in one fold, at a multiple of 5
      QCOMPARE(drawn.rows[i], drawn.rows[first] + Index(i - first));
      QCOMPARE(drawn.fold[i], drawn.fold[first]);
      QCOMPARE((drawn.rows[first] - run.firstSample) % 5, Index{0});
    }
    QCOMPARE(int(folds.size()), drawn.foldCount);
  }

  void drawsDependOnTheSeedAlone() {
    const auto rows = [&](unsigned seed) { return drawLabelledSamples(m_runs, 20, 5, seed).rows; };
    QVERIFY(rows(1) == rows(1));
    std::set<std::vector<Index>> different;
    std::set<Index> everywhere;
    for (unsigned seed = 1; seed <= 40; ++seed) {
      different.insert(rows(seed));
      for (const Index row : rows(seed)) everywhere.insert(row);
    }
    QVERIFY(different.size() > 35);
    QCOMPARE(everywhere.size(), std::size_t{80});  // every block can be drawn
  }

  void picksTheBestVertices() {
    VectorF r(7);
    r << 0.2f, -0.9f, 0.5f, std::nanf(""), 0.0f, 0.5f, 0.1f;
    QVERIFY((bestVertices(r, 2) == std::vector<Index>{2, 5}));
    QVERIFY((bestVertices(r, 3) == std::vector<Index>{0, 2, 5}));
    QVERIFY((bestVertices(r, 100) == std::vector<Index>{0, 2, 5, 6}));
    QVERIFY((bestVertices(r, 1) == std::vector<Index>{2}));  // equal r: the lower index
    QVERIFY(bestVertices(r, 0).empty());
  }
};

QTEST_APPLESS_MAIN(TestDecoder)
#include "tst_decoder.moc"
