// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/parallel.h"
#include "core/encoding/synthetic.h"
#include "encoding/banded_state.h"
#include "encoding/fit_folder.h"
#include "encoding/fit_tally.h"
#include "encoding/weightings.h"
#include "io/arrays/npy.h"
#include "support/expect.h"

// What a fit writes down on its way: counts, files of finished strips, the state of a search, weightings.
using namespace cortexscope;
using test::gaussian;
using test::logGrid;
using test::runsOf;
namespace fs = std::filesystem;

namespace {

constexpr Index kSamples = 40, kFeatures = 5, kTargets = 600;  // three strips

RidgePlan planFor(Index targets) {
  RidgeSetup setup;
  setup.folds = ridgeFolds(runsOf({20, 20}), kSamples, 0);
  setup.penalties = logGrid(1, 100, 3);
  return planRidge(kSamples, kFeatures, targets, setup);
}

StripResult resultOf(const TargetStrip& strip) {
  const auto seed = static_cast<unsigned>(strip.first);
  return {strip.first, gaussian(strip.count, 1, seed + 1).cast<double>().col(0),
          gaussian(strip.count, 1, seed + 2).col(0), gaussian(kFeatures, strip.count, seed + 3),
          gaussian(strip.count, 1, seed + 4).col(0)};
}

void putStrips(FitFolder& folder, const RidgePlan& plan, const std::vector<Index>& strips) {
  for (const Index s : strips) {
    StripCounts counts;
    counts.responsive = 10 + s;
    folder.put(s, resultOf(plan.strip(s)), counts);
  }
}

std::string bytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void writeBytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

BandedState searchAfterSomeSteps(Index targets = 7) {
  BandedState state(drawCandidates(3, 4, 1), 2, targets, 100);
  state.gammas.row(4) = moveNear(state.gammas.row(1), 0.3, 1, 4);
  state.origin[4] = 1;
  for (Index t = 0; t < targets; ++t) state.candidate[std::size_t(t)] = t % 5;
  state.penalty = logGrid(1, 100, targets);
  state.score = gaussian(targets, 1, 1).cast<double>().col(0);
  state.firstFold = gaussian(targets, 1, 2).cast<double>().col(0);
  state.gain = gaussian(targets, 1, 3).cast<double>().col(0);
  state.mask[2] = 2;
  state.candidateScore.row(3) = gaussian(1, targets, 4);
  state.next = 5;
  state.tried = 4;
  state.idle = 1;
  state.skipped = 9;
  state.nodes = 11;
  state.flops = 1.5e9;
  state.setForm("primal, float64");
  return state;
}

bool same(const BandedState& a, const BandedState& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return ((x.array() == y.array()) || (x.array().isNaN() && y.array().isNaN())).all();
  };
  return a.gammas == b.gammas && a.origin == b.origin && a.candidate == b.candidate &&
         a.penalty == b.penalty && a.score == b.score && a.firstFold == b.firstFold && a.gain == b.gain &&
         a.mask == b.mask && equal(a.candidateScore, b.candidateScore) && a.next == b.next &&
         a.tried == b.tried && a.idle == b.idle && a.skipped == b.skipped && a.nodes == b.nodes &&
         a.flops == b.flops && a.form() == b.form();
}

}  // namespace

class TestFitRecords : public QObject {
  Q_OBJECT

 private slots:
  void countsOneTarget_data() {
    QTest::addColumn<int>("mask");
    QTest::addColumn<double>("penalty");
    QTest::addColumn<double>("gain");
    QTest::addColumn<std::vector<Index>>(
        "expected");  // nan, constant, responsive, at smallest, at largest, first masked
    QTest::newRow("in the grid") << 0 << 10.0 << 0.3 << std::vector<Index>{0, 0, 1, 0, 0, -1};
    QTest::newRow("smallest") << 0 << 1.0 << 0.3 << std::vector<Index>{0, 0, 1, 1, 0, -1};
    QTest::newRow("largest") << 0 << 100.0 << 0.3 << std::vector<Index>{0, 0, 1, 0, 1, -1};
    QTest::newRow("silent, largest") << 0 << 100.0 << 0.009 << std::vector<Index>{0, 0, 0, 0, 0, -1};
    QTest::newRow("just responsive") << 0 << 100.0 << 0.01 << std::vector<Index>{0, 0, 1, 0, 1, -1};
    QTest::newRow("constant") << 1 << 100.0 << 0.5 << std::vector<Index>{0, 1, 0, 0, 0, 40};
    QTest::newRow("not finite") << 2 << std::nan("") << 0.5 << std::vector<Index>{1, 0, 0, 0, 0, 40};
  }

  void countsOneTarget() {
    QFETCH(int, mask);
    QFETCH(double, penalty);
    QFETCH(double, gain);
    QFETCH(std::vector<Index>, expected);
    const StripCounts counts = countTargets(40, {char(mask)}, VectorD::Constant(1, penalty),
                                            VectorD::Constant(1, gain), logGrid(1, 100, 3));
    QCOMPARE((std::vector<Index>{counts.nan, counts.constant, counts.responsive, counts.atSmallest,
                                 counts.atLargest, counts.firstMasked[0]}),
             expected);
  }

  void tallyIsTheSameInEveryOrder() {
    // Strips of one target; every third masked, every second of the others at the edge of the grid.
    constexpr Index kStrips = 60;
    FitTally forward, shared;
    const auto countsOf = [](Index s) {
      return countTargets(s, {char(s % 3 == 0 ? 1 + s % 2 : 0)},
                          VectorD::Constant(1, s % 2 == 0 ? 1.0 : 10.0), VectorD::Constant(1, 0.5),
                          logGrid(1, 100, 3));
    };
    for (Index s = 0; s < kStrips; ++s) forward.add(countsOf(s), s < 7);
    parallelFor(kStrips, 3, [&](Index s) { shared.add(countsOf(kStrips - 1 - s), kStrips - 1 - s < 7); });
    StreamReport a, b;
    forward.writeTo(a);
    shared.writeTo(b);
    QCOMPARE(a.constantTargets + a.nanTargets, Index{20});
    QCOMPARE(a.responsive, Index{40});
    QCOMPARE(a.edgeFraction, 0.5);
    QCOMPARE(a.resumedStrips, Index{7});
    QCOMPARE(a.firstMasked, (std::vector<Index>{0, 3, 6, 9, 12, 15, 18, 21, 24, 27}));
    QCOMPARE(a.warnings.size(), std::size_t{3});
    QVERIFY(a.warnings == b.warnings && a.firstMasked == b.firstMasked && a.responsive == b.responsive);
  }

  void warnsAboveAFifthAtTheEdge_data() {
    QTest::addColumn<int>("atLargest");
    QTest::addColumn<bool>("warns");
    QTest::newRow("none") << 0 << false;
    QTest::newRow("a fifth") << 20 << false;
    QTest::newRow("more") << 21 << true;
  }

  void warnsAboveAFifthAtTheEdge() {
    QFETCH(int, atLargest);
    QFETCH(bool, warns);
    StripCounts counts;
    counts.responsive = 100;
    counts.atLargest = atLargest;
    FitTally tally;
    tally.add(counts);
    StreamReport report;
    tally.writeTo(report);
    QCOMPARE(!report.warnings.empty(), warns);
    if (warns) QVERIFY(report.warnings[0].find("21 the largest penalty, of 100") != std::string::npos);
  }

  void foldersHoldWhatWasPut_data() {
    QTest::addColumn<bool>("stopped");
    QTest::newRow("at once") << false;
    QTest::newRow("in two runs") << true;
  }

  void foldersHoldWhatWasPut() {
    QFETCH(bool, stopped);
    const QTemporaryDir temporary;
    const fs::path folder = temporary.path().toStdString();
    const RidgePlan plan = planFor(kTargets);
    QCOMPARE(plan.stripCount(), Index{3});
    if (stopped) {
      FitFolder first(folder, "key", plan, {true, true});
      putStrips(first, plan, {2});  // strips end in any order
    }
    FitFolder sink(folder, "key", plan, {true, true});
    QCOMPARE(sink.finished(2).has_value(), stopped);
    if (stopped) QCOMPARE(sink.finished(2)->responsive, Index{12});
    QVERIFY(!sink.finished(0) && !sink.finished(1));
    putStrips(sink, plan, stopped ? std::vector<Index>{1, 0} : std::vector<Index>{0, 1, 2});
    sink.finish();
    const MatrixF weights = readNpy(folder / "weights.npy"), score = readNpy(folder / "cv_score.npy"),
                  intercept = readNpy(folder / "intercept.npy");
    const MatrixD penalty = readNpyDouble(folder / "best_alpha.npy");
    QCOMPARE(weights.cols(), kTargets);
    for (Index s = 0; s < plan.stripCount(); ++s) {
      const auto [first, count] = plan.strip(s);
      const StripResult result = resultOf(plan.strip(s));
      QVERIFY(weights.middleCols(first, count) == result.weights);
      QVERIFY(VectorD(penalty.reshaped().segment(first, count)) == result.penalty);
      QVERIFY(VectorF(score.reshaped().segment(first, count)) == result.score);
      QVERIFY(VectorF(intercept.reshaped().segment(first, count)) == result.intercept);
    }
    QVERIFY(!fs::exists(folder / "partial"));
  }

  void strangersManifestsAreThrownAway_data() {
    QTest::addColumn<QString>("what");
    for (const char* what : {"another key", "longer key", "cut", "longer", "empty", "other targets"})
      QTest::newRow(what) << what;
  }

  void strangersManifestsAreThrownAway() {
    QFETCH(QString, what);
    const QTemporaryDir temporary;
    const fs::path folder = temporary.path().toStdString(), manifest = folder / "partial" / "manifest";
    const RidgePlan plan = planFor(kTargets);
    {
      FitFolder first(folder, "key", plan, {true, true});
      putStrips(first, plan, {0, 1, 2});
    }
    const std::string bytes = bytesOf(manifest);
    if (what == "cut") writeBytes(manifest, bytes.substr(0, bytes.size() - 1));
    if (what == "longer") writeBytes(manifest, bytes + "x");
    if (what == "empty") writeBytes(manifest, "");
    const std::string key = what == "another key" ? "yek" : what == "longer key" ? "key, too" : "key";
    const RidgePlan own = what == "other targets" ? planFor(kTargets + 300) : plan;
    FitFolder sink(folder, key, own, {true, true});
    for (Index s = 0; s < own.stripCount(); ++s) QVERIFY(!sink.finished(s));
  }

  void anEarlierFitsFilesDoNotStay() {
    const QTemporaryDir temporary;
    const fs::path folder = temporary.path().toStdString();
    const RidgePlan plan = planFor(10);
    for (const bool weights : {true, false}) {
      FitFolder sink(folder, weights ? "one" : "other", plan, {weights, weights});
      putStrips(sink, plan, {0});
      QVERIFY(!weights || !fs::exists(folder / "weights.npy"));
      sink.finish();
      QCOMPARE(fs::exists(folder / "weights.npy"), weights);
      QCOMPARE(fs::exists(folder / "intercept.npy"), weights);
    }
    writeBytes(folder / "file", "in the way");
    EXPECT_ERROR(ErrorCode::Io, FitFolder(folder / "file", "key", plan, {}), "file", "cannot be written");
  }

  void searchesAreReadBack() {
    const QTemporaryDir temporary;
    const fs::path file = temporary.filePath("search").toStdString();
    BandedState saved = searchAfterSomeSteps(), read(drawCandidates(3, 4, 1), 2, 7, 100);
    saved.save(file, "key");
    QVERIFY(!same(saved, read));
    QVERIFY(read.load(file, "key"));
    QVERIFY(same(saved, read));
    saved.setForm("a name that is far too long to be kept whole");
    QCOMPARE(saved.form(), std::string("a name that is far too "));
    saved.setForm("dual");
    QCOMPARE(saved.form(), std::string("dual"));
  }

  void strangersSearchesChangeNothing_data() {
    QTest::addColumn<QString>("what");
    for (const char* what : {"missing", "another key", "cut", "longer", "more targets", "more refinements"})
      QTest::newRow(what) << what;
  }

  void strangersSearchesChangeNothing() {
    QFETCH(QString, what);
    const QTemporaryDir temporary;
    const fs::path file = temporary.filePath("search").toStdString();
    searchAfterSomeSteps().save(file, "key");
    const std::string bytes = bytesOf(file);
    if (what == "missing") fs::remove(file);
    if (what == "cut") writeBytes(file, bytes.substr(0, bytes.size() - 1));
    if (what == "longer") writeBytes(file, bytes + "x");
    const BandedState fresh(drawCandidates(3, 4, 1), what == "more refinements" ? 3 : 2,
                            what == "more targets" ? 8 : 7, 100);
    BandedState read = fresh;
    QVERIFY(!read.load(file, what == "another key" ? "yek" : "key"));
    QVERIFY(same(read, fresh));
  }

  void weightingsLieOnTheSimplex_data() {
    QTest::addColumn<int>("spaces");
    QTest::addColumn<int>("count");
    QTest::newRow("one space") << 1 << 5;
    QTest::newRow("two") << 2 << 9;
    QTest::newRow("many") << 12 << 100;
    QTest::newRow("fewer than corners") << 6 << 3;
    QTest::newRow("the centre alone") << 4 << 1;
  }

  void weightingsLieOnTheSimplex() {
    QFETCH(int, spaces);
    QFETCH(int, count);
    const MatrixD gammas = drawCandidates(spaces, count, 7);
    QVERIFY((gammas.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12 && gammas.minCoeff() >= 0);
    QVERIFY((gammas.row(0).array() == 1.0 / spaces).all());
    const Index corners = spaces > 1 ? std::min(spaces, count - 1) : 0;
    QVERIFY(gammas.middleRows(1, corners) == MatrixD::Identity(corners, spaces));
    QVERIFY(gammas == drawCandidates(spaces, count, 7));
    if (spaces > 1 && count > 1 + corners) QVERIFY(gammas != drawCandidates(spaces, count, 8));
    EXPECT_ERROR(ErrorCode::BadValue, drawCandidates(spaces, 0, 7), "at least one");
    for (const double share : {0.0, 0.25, 1.0}) {
      const Eigen::RowVectorXd start = gammas.row(count - 1), moved = moveNear(start, share, 3, 5),
                               whole = moveNear(start, 1, 3, 5);
      QVERIFY(std::abs(moved.sum() - 1) < 1e-12 && moved.minCoeff() >= 0);
      QVERIFY(test::largestDifference(moved, (1 - share) * start + share * whole) < 1e-12);
    }
    if (spaces > 1) QVERIFY(moveNear(gammas.row(0), 1, 3, 5) != moveNear(gammas.row(0), 1, 3, 6));
  }

  void drawsAreDirichlet_data() {
    QTest::addColumn<double>("concentration");
    QTest::newRow("few spaces") << 0.1;
    QTest::newRow("all mixtures alike") << 1.0;
  }

  void drawsAreDirichlet() {
    // Mean 1/k and variance (k - 1) / (k^2 (k c + 1)) of every weight, within four standard errors or so.
    QFETCH(double, concentration);
    constexpr Index kSpaces = 4, kDraws = 4000;
    const MatrixD all = drawCandidates(kSpaces, 1 + kSpaces + 2 * kDraws, 3);
    const MatrixD draws =
        all(Eigen::seqN(1 + kSpaces + (concentration < 1 ? 0 : 1), kDraws, Eigen::fix<2>), Eigen::all);
    const double variance = 3.0 / (16 * (4 * concentration + 1));
    for (Index s = 0; s < kSpaces; ++s) {
      QVERIFY(std::abs(draws.col(s).mean() - 0.25) < 4 * std::sqrt(variance / kDraws));
      const double found = (draws.col(s).array() - 0.25).square().mean();
      QVERIFY2(std::abs(found / variance - 1) < 0.1, qPrintable(QString::number(found / variance)));
    }
  }
};

QTEST_APPLESS_MAIN(TestFitRecords)
#include "tst_fit_records.moc"
