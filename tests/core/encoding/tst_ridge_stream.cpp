// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Cholesky>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/parallel.h"
#include "core/encoding/synthetic.h"
#include "encoding/dual_design.h"
#include "encoding/dual_form.h"
#include "encoding/fit_folder.h"
#include "encoding/primal_form.h"
#include "encoding/ridge_stream.h"
#include "io/arrays/npy.h"
#include "support/expect.h"

using namespace cortexscope;
using test::gaussian;
using test::logGrid;
using test::runsOf;
namespace fs = std::filesystem;

namespace {

constexpr Index kSamples = 90, kTargets = 700;  // several strips, the last one not full

/// Responses that follow the features with falling strength.
MatrixF responsesTo(const MatrixF& x, Index count) {
  MatrixF y = gaussian(x.rows(), count, 5);
  const MatrixF weights = gaussian(x.cols(), count, 6) / std::sqrt(float(x.cols()));
  for (Index t = 0; t < count; ++t)
    y.col(t) += (t % 7 == 0 ? 0.0f : 2.0f / float(1 + t % 5)) * (x * weights.col(t));
  return y;
}

RidgeSetup setupFor(const std::vector<Index>& folds, const VectorD& penalties, Index gap = 0) {
  RidgeSetup setup;
  const Runs runs = runsOf(folds);
  setup.folds = ridgeFolds(runs, sampleCount(runs), gap);
  setup.penalties = penalties;
  return setup;
}

RidgePlan planOf(const MatrixF& x, const RidgeSetup& setup, const TargetSource& targets) {
  return planRidge(targets.rows, x.cols(), targets.cols, setup);
}

struct Outcome {
  StreamReport report;
  MemorySink sink;
};

Outcome fitAll(const MatrixF& x, const RidgeSetup& setup, const TargetSource& targets, int threads = 2) {
  Outcome outcome{{}, MemorySink(x.cols(), targets.cols, setup.weights)};
  StreamOptions options;
  options.weights = setup.weights;
  options.threads = threads;
  outcome.report = fitStreamed(x, setup, planOf(x, setup, targets), targets, options, outcome.sink, Job{});
  return outcome;
}

bool sameBits(const MemorySink& a, const MemorySink& b) {
  return a.penalty == b.penalty && a.score == b.score && a.weights == b.weights && a.intercept == b.intercept;
}

double scoreOf(const VectorD& truth, const VectorD& predicted, RidgeMetric metric) {
  const double error = (truth - predicted).squaredNorm();
  if (metric == RidgeMetric::NegativeMse) return -error / double(truth.size());
  if (metric == RidgeMetric::R2) return 1 - error / (truth.array() - truth.mean()).matrix().squaredNorm();
  return test::correlation(truth, predicted);
}

/// Scores of the targets with one penalty, every fold fitted on its own, in float64.
VectorD scoresFoldByFold(const MatrixD& x, const MatrixD& y, const RidgeSetup& setup, double penalty) {
  VectorD scores = VectorD::Zero(y.cols());
  for (const RidgeFold& fold : setup.folds) {
    std::vector<Index> rows;
    for (Index i = 0; i < x.rows(); ++i)
      if (i < fold.heldFirst || i >= fold.heldFirst + fold.heldCount) rows.push_back(i);
    MatrixD xt = x(rows, Eigen::all), yt = y(rows, Eigen::all);
    Eigen::RowVectorXd xMean = Eigen::RowVectorXd::Zero(x.cols()), yMean = Eigen::RowVectorXd::Zero(y.cols());
    if (setup.intercept) xMean = xt.colwise().mean(), yMean = yt.colwise().mean();
    xt.rowwise() -= xMean;
    yt.rowwise() -= yMean;
    MatrixD gram = xt.transpose() * xt;
    gram.diagonal().array() += penalty;
    const MatrixD weights = gram.ldlt().solve(xt.transpose() * yt);
    const MatrixD truth = y.middleRows(fold.first, fold.count);
    const MatrixD centred = x.middleRows(fold.first, fold.count).rowwise() - xMean;
    const MatrixD predicted = (centred * weights).rowwise() + yMean;
    for (Index t = 0; t < y.cols(); ++t)
      scores[t] += scoreOf(truth.col(t), predicted.col(t), setup.metric) / double(setup.folds.size());
  }
  return scores;
}

fs::path emptyFolder(const char* name) {
  const fs::path folder = fs::temp_directory_path() / ("cortexscope-" + textOf(getpid()) + name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::string bytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A .npy file of numbers of type `Number` in either order.
template <class Number>
void writeArray(const fs::path& file, const MatrixF& values, bool fortran) {
  std::string header = std::string("{'descr': '<f") + (sizeof(Number) == 4 ? "4" : "8") +
                       "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" +
                       textOf(values.rows()) + ", " + textOf(values.cols()) + "), }";
  header.resize(118 - 1, ' ');
  header += '\n';
  std::ofstream out(file, std::ios::binary);
  out << "\x93NUMPY" << '\1' << '\0' << char(header.size()) << '\0' << header;
  for (Index i = 0; i < values.size(); ++i) {
    const auto number = Number(fortran ? values(i % values.rows(), i / values.rows()) : values.data()[i]);
    out.write(reinterpret_cast<const char*>(&number), sizeof(number));
  }
}

}  // namespace

class TestRidgeStream : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }

  void foldsFromTheWholeEqualFoldsOneByOne_data() {
    QTest::addColumn<int>("features");
    QTest::addColumn<int>("gap");
    QTest::addColumn<bool>("intercept");
    QTest::addColumn<int>("metric");
    for (const int features : {6, 40, 150})
      for (const int gap : {0, 4})
        for (const bool intercept : {false, true})
          for (const int metric : {0, 1, 2})
            QTest::addRow("%d features, gap %d, intercept %d, metric %d", features, gap, int(intercept),
                          metric)
                << features << gap << intercept << metric;
  }

  void foldsFromTheWholeEqualFoldsOneByOne() {
    QFETCH(int, features);
    QFETCH(int, gap);
    QFETCH(bool, intercept);
    QFETCH(int, metric);
    MatrixF x = gaussian(kSamples, features, 1);
    if (intercept) x.array() += 0.7f;
    MatrixF y = responsesTo(x, 12);
    if (intercept) y.array() += 2.0f;
    RidgeSetup setup = setupFor({20, 33, 12, 25}, logGrid(0.1, 1e4, 15), gap);
    setup.intercept = intercept;
    setup.metric = RidgeMetric(metric);
    const Outcome outcome = fitAll(x, setup, targetsIn(y));
    VectorD best = VectorD::Constant(y.cols(), -1e300), chosen = VectorD::Zero(y.cols());
    for (const double penalty : setup.penalties) {
      const VectorD scores = scoresFoldByFold(x.cast<double>(), y.cast<double>(), setup, penalty);
      best = best.cwiseMax(scores);
      for (Index t = 0; t < y.cols(); ++t)
        if (penalty == outcome.sink.penalty[t]) chosen[t] = scores[t];
    }
    for (Index t = 0; t < y.cols(); ++t) {
      const double scale = metric == 0 ? y.col(t).squaredNorm() / float(kSamples) : 1.0;
      QVERIFY2(best[t] - chosen[t] < 1e-4 * scale,
               qPrintable(QString("target %1: %2 of %3").arg(t).arg(chosen[t]).arg(best[t])));
      QVERIFY2(std::abs(double(outcome.sink.score[t]) - chosen[t]) < 1e-4 * scale,
               qPrintable(
                   QString("target %1: %2 is %3").arg(t).arg(double(outcome.sink.score[t])).arg(chosen[t])));
    }
  }

  void primalEqualsDual() {
    const MatrixF x = gaussian(kSamples, 12, 2), y = responsesTo(x, 40);
    for (const bool intercept : {false, true}) {
      RidgeSetup setup = setupFor({30, 30, 30}, logGrid(0.1, 1e4, 12), 2);
      setup.intercept = intercept;
      setup.tolerance = 1e-7;  // node penalties differ between the sides: leave out what they may be wrong by
      setup.float64 = true;
      const VectorD mean =
          intercept ? VectorD(x.cast<double>().colwise().mean().transpose()) : VectorD::Zero(12);
      const auto primal = makePrimalForm(x.cast<double>().rowwise() - mean.transpose(), mean, setup, Job{});
      const MatrixD centred = x.cast<double>().rowwise() - mean.transpose();
      const auto dual =
          makeDualForm(decomposeGram(centred * centred.transpose(), intercept, Job{}), x, mean, setup, Job{});
      TileWants wants;
      wants.weights = true;
      const TileFit a = primal->fit(y, wants), b = dual->fit(y, wants);
      QVERIFY(a.best == b.best);
      const double apart = test::largestDifference(a.score, b.score);
      QVERIFY2(apart < 1e-6, qPrintable(QString::number(apart)));
      QVERIFY(test::largestDifference(a.refit.weights, b.refit.weights) < 1e-4f);
      QVERIFY(test::largestDifference(a.refit.intercept, b.refit.intercept) < 1e-4f);
    }
  }

  void sameBitsForThreadsAndSources_data() {
    QTest::addColumn<int>("features");
    QTest::newRow("primal") << 10;
    QTest::newRow("dual") << 120;
  }

  void sameBitsForThreadsAndSources() {
    QFETCH(int, features);
    const MatrixF x = gaussian(kSamples, features, 3), y = responsesTo(x, kTargets);
    const RidgeSetup setup = setupFor({30, 30, 30}, logGrid(0.1, 1e4, 10));
    const Outcome one = fitAll(x, setup, targetsIn(y), 1);
    QVERIFY(one.report.strips > 2);
    for (const int threads : {2, 3})
      QVERIFY(sameBits(one.sink, fitAll(x, setup, targetsIn(y), threads).sink));
    const fs::path folder = emptyFolder("sources");
    writeArray<float>(folder / "c4.npy", y, false);
    writeArray<float>(folder / "f4.npy", y, true);
    writeArray<double>(folder / "c8.npy", y, false);
    writeArray<double>(folder / "f8.npy", y, true);
    for (const char* name : {"c4.npy", "f4.npy", "c8.npy", "f8.npy"})
      QVERIFY2(sameBits(one.sink, fitAll(x, setup, targetsIn(folder / name)).sink), name);
    const MatrixF some = y.middleCols(300, 41);
    const Outcome alone = fitAll(x, setup, targetsIn(some));
    QVERIFY(alone.sink.weights == one.sink.weights.middleCols(300, 41));
    QVERIFY(alone.sink.score == one.sink.score.segment(300, 41));
    fs::remove_all(folder);
  }

  void masksAndReports() {
    const MatrixF x = gaussian(kSamples, 8, 4);
    MatrixF y = responsesTo(x, 300);
    const RidgeSetup setup = setupFor({45, 45}, logGrid(0.1, 1e4, 10));
    const Outcome clean = fitAll(x, setup, targetsIn(y));
    y(3, 17) = std::nanf("");
    y(80, 290) = INFINITY;
    y.col(40).setConstant(0.1f);
    const Outcome outcome = fitAll(x, setup, targetsIn(y));
    QCOMPARE(outcome.report.nanTargets, Index{2});
    QCOMPARE(outcome.report.constantTargets, Index{1});
    QVERIFY((outcome.report.firstMasked == std::vector<Index>{17, 40, 290}));
    QCOMPARE(outcome.report.warnings.size(), std::size_t{2});
    QVERIFY(std::isnan(outcome.sink.penalty[17]) && std::isnan(outcome.sink.score[290]));
    QCOMPARE(outcome.sink.penalty[40], setup.penalties[9]);
    QCOMPARE(outcome.sink.score[40], 0.0f);
    for (const Index t : {17, 40, 290}) QVERIFY((outcome.sink.weights.col(t).array() == 0.0f).all());
    QVERIFY(outcome.sink.weights.middleCols(18, 22) == clean.sink.weights.middleCols(18, 22));
  }

  void warnsAtTheEdgeOfTheGrid() {
    const MatrixF x = gaussian(kSamples, 8, 4), y = responsesTo(x, 300);
    QVERIFY(fitAll(x, setupFor({45, 45}, logGrid(1e-2, 1e5, 15)), targetsIn(y)).report.edgeFraction < 0.2);
    const StreamReport report = fitAll(x, setupFor({45, 45}, logGrid(1e-4, 1e-2, 5)), targetsIn(y)).report;
    QVERIFY(report.edgeFraction > 0.9);
    QVERIFY(!report.warnings.empty() && report.warnings[0].find("widen the grid") != std::string::npos);
  }

  void refusesBadInput() {
    const MatrixF x = gaussian(kSamples, 8, 4), y = responsesTo(x, 30);
    const VectorD grid = logGrid(0.1, 1e4, 10);
    const RidgeSetup good = setupFor({45, 45}, grid);
    EXPECT_ERROR(ErrorCode::BadShape, fitAll(x.topRows(80), good, targetsIn(y)), "90", "80");
    MatrixF bad = x;
    bad(1, 1) = std::nanf("");
    EXPECT_ERROR(ErrorCode::BadValue, fitAll(bad, good, targetsIn(y)), "features", "NaN");
    RidgeSetup wrong = good;
    wrong.penalties[0] = 0;
    EXPECT_ERROR(ErrorCode::BadValue, fitAll(x, wrong, targetsIn(y)), "positive");
    wrong.penalties = logGrid(1e-20, 1, 4);
    EXPECT_ERROR(ErrorCode::BadValue, fitAll(x, wrong, targetsIn(y)), "ridge penalty 1e-20 is",
                 "rounding error");
    wrong.penalties = VectorD();
    EXPECT_ERROR(ErrorCode::BadShape, fitAll(x, wrong, targetsIn(y)), "no ridge penalty");
    EXPECT_ERROR(ErrorCode::BadShape, setupFor({90}, grid), "at least 2");
    EXPECT_ERROR(ErrorCode::BadShape, setupFor({45, 45}, grid, 45), "leaves nothing to fit to");
    EXPECT_ERROR(ErrorCode::BadValue, setupFor({45, 45}, grid, -1), "negative");
    const RidgePlan other = planRidge(90, 8, 31, good);
    MemorySink unused(8, 30, false);
    EXPECT_ERROR(ErrorCode::BadShape, fitStreamed(x, good, other, targetsIn(y), {}, unused, Job{}),
                 "31 targets", "30");
    StreamOptions tight;
    tight.memoryLimitBytes = 1e4;
    MemorySink sink(8, 30, false);
    EXPECT_ERROR(ErrorCode::OutOfMemory,
                 fitStreamed(x, good, planOf(x, good, targetsIn(y)), targetsIn(y), tight, sink, Job{}),
                 "needs about", "allowed");
    EXPECT_ERROR(ErrorCode::MissingFile, targetsIn(fs::path("nothing-here.npy")), "nothing-here");
  }

  void goesOnWhereItWasStopped() {
    const MatrixF x = gaussian(kSamples, 120, 3);
    MatrixF y = responsesTo(x, kTargets);
    y(3, 2) = std::numeric_limits<float>::quiet_NaN();
    y.col(5).setOnes();
    RidgeSetup setup = setupFor({30, 30, 30}, logGrid(0.1, 1e4, 10));
    setup.intercept = true;
    const RidgePlan plan = planOf(x, setup, targetsIn(y));
    const FitFolder::Outputs outputs{true, true};
    StreamOptions options;
    options.weights = true;
    options.threads = 1;
    const fs::path whole = emptyFolder("whole"), stopped = emptyFolder("stopped");
    {
      FitFolder sink(whole, "key", plan, outputs);
      fitStreamed(x, setup, plan, targetsIn(y), options, sink, Job{});
      sink.finish();
    }
    Index reads = 0;
    const TargetSource failing{kSamples, kTargets, [&](Index first, Index count) {
                                 if (++reads > 1) throw Cancelled{};
                                 return MatrixF(y.middleCols(first, count));
                               }};
    {
      FitFolder sink(stopped, "key", plan, outputs);
      QVERIFY_THROWS_EXCEPTION(Cancelled, fitStreamed(x, setup, plan, failing, options, sink, Job{}));
      QVERIFY(!fs::exists(stopped / "weights.npy"));
    }
    reads = 0;
    const TargetSource counting{kSamples, kTargets, [&](Index first, Index count) {
                                  ++reads;
                                  return MatrixF(y.middleCols(first, count));
                                }};
    FitFolder sink(stopped, "key", plan, outputs);
    const StreamReport report = fitStreamed(x, setup, plan, counting, options, sink, Job{});
    sink.finish();
    QCOMPARE(report.resumedStrips, Index{1});
    QCOMPARE(reads, report.strips - 1);
    QCOMPARE(report.nanTargets, Index{1});
    QCOMPARE(report.constantTargets, Index{1});
    QCOMPARE(report.firstMasked, (std::vector<Index>{2, 5}));
    QVERIFY(report.responsive > kTargets / 4);
    for (const char* name : {"best_alpha.npy", "cv_score.npy", "weights.npy", "intercept.npy"})
      QVERIFY2(bytesOf(whole / name) == bytesOf(stopped / name) && !bytesOf(whole / name).empty(), name);
    QVERIFY(!fs::exists(stopped / "partial"));
    FitFolder other(stopped, "another key", plan, outputs);
    QVERIFY(!other.finished(0));
    fs::remove_all(whole);
    fs::remove_all(stopped);
  }

  void stopsWhenAsked() {
    const MatrixF x = gaussian(kSamples, 120, 3), y = responsesTo(x, kTargets);
    const RidgeSetup setup = setupFor({30, 30, 30}, logGrid(0.1, 1e4, 10));
    for (const double when : {0.0, 0.01, 0.19, 0.5}) {
      std::stop_source stop;
      std::atomic<bool> asked{false}, again{false};
      const Job job(stop.get_token(), [&](double fraction, std::string_view) {
        if (asked) again = true;
        if (fraction >= when && stop.request_stop()) asked = true;
      });
      StreamOptions options;
      options.threads = 1;
      MemorySink sink(120, kTargets, false);
      QVERIFY_THROWS_EXCEPTION(
          Cancelled, fitStreamed(x, setup, planOf(x, setup, targetsIn(y)), targetsIn(y), options, sink, job));
      QVERIFY(asked && !again);
    }
  }
};

QTEST_APPLESS_MAIN(TestRidgeStream)
#include "tst_ridge_stream.moc"
