// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/types.h>
#include <csignal>

#include <Eigen/Cholesky>
#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QThread>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "core/encoding/synthetic.h"
#include "io/arrays/npy.h"
#include "stats/correlation.h"
#include "support/expect.h"
#include "support/run_program.h"

using namespace cortexscope;
using test::gaussian;
namespace fs = std::filesystem;

namespace {

constexpr Index kSamples = 61, kFeatures = 7, kTargets = 40,
                kFolds = 4;  // folds of 16, 15, 15 and 15 samples

test::ProgramOutcome run(const QStringList& arguments) {
  return test::runProgram("cortexscope-cli", arguments);
}

/// A fold's rows as numpy.array_split cuts them.
std::pair<Index, Index> foldRows(Index fold) {
  Index first = 0;
  for (Index f = 0; f < fold; ++f) first += kSamples / kFolds + (f < kSamples % kFolds ? 1 : 0);
  return {first, kSamples / kFolds + (fold < kSamples % kFolds ? 1 : 0)};
}

struct Plain {
  MatrixD weights;
  Eigen::RowVectorXd intercept;
};

/// Ridge by its normal equations.
Plain plainRidge(const MatrixD& x, const MatrixD& y, double penalty, bool centre) {
  Eigen::RowVectorXd xMean = Eigen::RowVectorXd::Zero(x.cols()), yMean = Eigen::RowVectorXd::Zero(y.cols());
  if (centre) xMean = x.colwise().mean(), yMean = y.colwise().mean();
  const MatrixD xc = x.rowwise() - xMean, yc = y.rowwise() - yMean;
  MatrixD gram = xc.transpose() * xc;
  gram.diagonal().array() += penalty;
  const MatrixD weights = gram.ldlt().solve(xc.transpose() * yc);
  return {weights, yMean - xMean * weights};
}

MatrixD without(const MatrixD& all, std::pair<Index, Index> rows) {
  MatrixD rest(all.rows() - rows.second, all.cols());
  rest << all.topRows(rows.first), all.bottomRows(all.rows() - rows.first - rows.second);
  return rest;
}

}  // namespace

class TestEncodingCommands : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void fitIsRidge_data();
  void fitIsRidge();
  void predictionsFollowTheFit();
  void laterFitsLeaveNothingOld();
  void bandedFindsTheSpace();
  void scoresTellCeilingsPartsAndChance();
  void componentsAreOrthonormal();
  void windowsAreIdentified();
  void refinementsAreAdded();
  void badUsage_data();
  void badUsage();
  void badInput_data();
  void badInput();
  void stoppedFitGoesOn_data();
  void stoppedFitGoesOn();
  void stoppedWhileDecomposing();

 private:
  QString at(const QString& name) const { return m_folder.filePath(name); }
  fs::path file(const QString& name) const { return at(name).toStdString(); }
  nlohmann::json report(const QString& folder) const {
    return nlohmann::json::parse(readTextFile(file(folder + "/fit.json")));
  }
  QStringList fitArguments(const QString& out) const {
    return {"fit", "--features", at("x.npy"),      "--responses", at("y.npy"), "--folds",
            "4",   "--alphas",   at("alphas.npy"), "--out",       at(out)};
  }

  QTemporaryDir m_folder;
  MatrixF m_x, m_y;
  std::vector<double> m_alphas{0.1, 1, 10, 100, 1000};
};

void TestEncodingCommands::initTestCase() {
  m_x = gaussian(kSamples, kFeatures, 1).array() + 2.0f;  // a mean that an intercept has to see
  m_y = gaussian(kSamples, kTargets, 2);
  const MatrixF weights = gaussian(kFeatures, kTargets, 3);
  for (Index t = 0; t < kTargets; ++t) m_y.col(t) += (t % 3 == 0 ? 0.0f : 0.8f) * (m_x * weights.col(t));
  writeNpy(file("x.npy"), m_x);
  writeNpy(file("other.npy"), gaussian(kSamples, 5, 4));
  writeNpy(file("y.npy"), m_y);
  writeNpyVector(file("alphas.npy"), std::span<const double>(m_alphas));
}

void TestEncodingCommands::fitIsRidge_data() {
  QTest::addColumn<bool>("centre");
  QTest::newRow("as given") << false;
  QTest::newRow("centred") << true;
}

void TestEncodingCommands::fitIsRidge() {
  QFETCH(bool, centre);
  const QString out = centre ? "centred" : "plain";
  QStringList arguments = fitArguments(out) << "--weights";
  if (centre) arguments << "--center";
  const test::ProgramOutcome outcome = run(arguments);
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  QVERIFY(outcome.complaint.contains("GB of memory"));

  const MatrixD x = m_x.cast<double>(), y = m_y.cast<double>();
  MatrixD scores = MatrixD::Zero(Index(m_alphas.size()), kTargets);
  for (std::size_t a = 0; a < m_alphas.size(); ++a)
    for (Index f = 0; f < kFolds; ++f) {
      const auto rows = foldRows(f);
      const Plain fit = plainRidge(without(x, rows), without(y, rows), m_alphas[a], centre);
      const MatrixD error = y.middleRows(rows.first, rows.second) -
                            ((x.middleRows(rows.first, rows.second) * fit.weights).rowwise() + fit.intercept);
      scores.row(Index(a)) -= error.colwise().squaredNorm() / double(rows.second * kFolds);
    }
  const MatrixD penalty = readNpyDouble(file(out + "/best_alpha.npy"));
  const MatrixF score = readNpy(file(out + "/cv_score.npy")), weights = readNpy(file(out + "/weights.npy"));
  QCOMPARE(weights.rows(), kFeatures);
  for (Index t = 0; t < kTargets; ++t) {
    Index best = 0;
    const double highest = scores.col(t).maxCoeff(&best);
    QCOMPARE(penalty(t), m_alphas[std::size_t(best)]);
    QVERIFY(std::abs(score(t) - highest) < 1e-4);
    const Plain fit = plainRidge(x, y.col(t), m_alphas[std::size_t(best)], centre);
    QVERIFY(test::largestDifference(weights.col(t).cast<double>(), fit.weights) < 1e-4);
    if (centre) QVERIFY(std::abs(readNpy(file(out + "/intercept.npy"))(t) - fit.intercept[0]) < 1e-3);
  }
  QCOMPARE(fs::exists(file(out + "/intercept.npy")), centre);
  const auto json = report(out);
  for (const char* key : {"form", "nodes", "flops", "wallSec", "cpuSec", "peakMemoryBytes", "edgeFraction"})
    QVERIFY2(json.contains(key), key);
}

void TestEncodingCommands::predictionsFollowTheFit() {
  for (const QString out : {"plain", "centred"}) {
    const test::ProgramOutcome outcome = run({"predict", "--weights", at(out + "/weights.npy"), "--features",
                                              at("x.npy"), "--out", at(out + "/predicted.npy")});
    QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
    MatrixF expected = m_x * readNpy(file(out + "/weights.npy"));
    if (out == "centred") expected.rowwise() += readNpy(file(out + "/intercept.npy")).col(0).transpose();
    QVERIFY(test::largestDifference(readNpy(file(out + "/predicted.npy")), expected) < 1e-4f);
  }
}

void TestEncodingCommands::laterFitsLeaveNothingOld() {
  QCOMPARE(run(fitArguments("again") << "--weights"
                                     << "--center")
               .status,
           0);
  QVERIFY(fs::exists(file("again/weights.npy")) && fs::exists(file("again/intercept.npy")));
  QCOMPARE(run(fitArguments("again")).status, 0);
  QVERIFY(!fs::exists(file("again/weights.npy")) && !fs::exists(file("again/intercept.npy")));
}

void TestEncodingCommands::bandedFindsTheSpace() {
  const test::ProgramOutcome outcome =
      run({"banded", "--features", at("x.npy"), "--features", at("other.npy"), "--responses", at("y.npy"),
           "--folds", "4", "--alphas", at("alphas.npy"), "--candidates", "9", "--seed", "3", "--weights",
           "--out", at("banded")});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  const MatrixF gammas = readNpy(file("banded/gammas.npy"));
  const MatrixD candidate = readNpyDouble(file("banded/best_candidate.npy"));
  QCOMPARE(gammas.rows(), Index{9});
  Index right = 0, driven = 0;
  for (Index t = 0; t < kTargets; ++t)
    if (t % 3 != 0) ++driven, right += gammas(Index(candidate(t)), 0) > 0.5f ? 1 : 0;
  QVERIFY2(right > driven * 9 / 10, qPrintable(QString::number(right)));
  QCOMPARE(readNpy(file("banded/weights.npy")).rows(), kFeatures + 5);
  QVERIFY(!fs::exists(file("banded/partial")));
  const MatrixF scores = readNpy(file("banded/candidate_score.npy"));
  QVERIFY(test::largestDifference(scores.colwise().maxCoeff().transpose(),
                                  readNpy(file("banded/cv_score.npy")).col(0)) < 1e-5f);

  const test::ProgramOutcome predicted =
      run({"predict", "--weights", at("banded/weights.npy"), "--features", at("x.npy"), "--features",
           at("other.npy"), "--out", at("banded/predicted.npy"), "--parts", at("banded/parts")});
  QVERIFY2(predicted.status == 0, qPrintable(predicted.complaint));
  const MatrixF sum = readNpy(file("banded/parts/part_1.npy")) + readNpy(file("banded/parts/part_2.npy"));
  QVERIFY(test::largestDifference(sum, readNpy(file("banded/predicted.npy"))) < 1e-5f);
  QVERIFY((columnwisePearson(m_y, sum).array() > 0.3f).count() > driven / 2);
}

void TestEncodingCommands::scoresTellCeilingsPartsAndChance() {
  const MatrixF signal = gaussian(200, kTargets, 5);
  for (int i = 0; i < 3; ++i)
    writeNpy(file(QString("repeat%1.npy").arg(i)),
             MatrixF(signal + gaussian(200, kTargets, 6 + unsigned(i))));
  MatrixF predicted = signal;
  predicted.rightCols(kTargets / 2) = gaussian(200, kTargets / 2, 20);  // chance
  const MatrixF part = 0.3f * gaussian(200, kTargets, 30);
  writeNpy(file("predicted.npy"), predicted);
  writeNpy(file("part0.npy"), part);
  writeNpy(file("part1.npy"), MatrixF(predicted - part));
  const test::ProgramOutcome outcome =
      run({"score", "--truth", at("repeat0.npy"), "--predicted", at("predicted.npy"), "--out", at("scores"),
           "--repeats", at("repeat0.npy"), at("repeat1.npy"), at("repeat2.npy"), "--parts", at("part0.npy"),
           at("part1.npy"), "--permutations", "200", "--block", "5"});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  const MatrixF r = readNpy(file("scores/r.npy")), split = readNpy(file("scores/split_r.npy")),
                q = readNpy(file("scores/q.npy")), ceiling = readNpy(file("scores/explainable_variance.npy"));
  QVERIFY(test::largestDifference(r.col(0), columnwisePearson(readNpy(file("repeat0.npy")), predicted)) <
          1e-6f);
  QVERIFY(test::largestDifference(split.colwise().sum().transpose(), r.col(0)) < 1e-4f);
  QVERIFY(std::abs(ceiling.mean() - 0.5f) < 0.05f);  // signal and noise of the same variance
  QVERIFY((q.topRows(kTargets / 2).array() < 0.05f).all());
  QVERIFY((q.bottomRows(kTargets / 2).array() < 0.05f).count() <= 2);
  for (const char* name : {"r2", "p", "p_max", "split_r2", "ceiling_r", "ceiling_r2", "normalized_r"})
    QCOMPARE(readNpy(file(QString("scores/%1.npy").arg(name))).cols(),
             name == QString("split_r2") ? kTargets : Index{1});
}

void TestEncodingCommands::componentsAreOrthonormal() {
  QCOMPARE(
      run({"score", "--truth", at("y.npy"), "--predicted", at("plain/predicted.npy"), "--out", at("plain")})
          .status,
      0);
  const test::ProgramOutcome outcome = run({"components", "--weights", at("plain/weights.npy"), "--r2",
                                            at("plain/r2.npy"), "--count", "2", "--out", at("components")});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  const MatrixF components = readNpy(file("components/components.npy"));
  QVERIFY(test::largestDifference(components * components.transpose(), MatrixF::Identity(2, 2)) < 1e-5f);
}

void TestEncodingCommands::windowsAreIdentified() {
  const test::ProgramOutcome outcome =
      run({"identify", "--truth", at("y.npy"), "--predicted", at("plain/predicted.npy"), "--window", "2",
           "--out", at("identified")});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  const MatrixF similarity = readNpy(file("identified/similarity.npy"));
  const MatrixD rank = readNpyDouble(file("identified/rank.npy"));
  QCOMPARE(similarity.rows(), kSamples / 2);
  QCOMPARE(rank.size(), kSamples / 2);
  for (Index w = 0; w < kSamples / 2; ++w)
    QCOMPARE(Index(rank(w)), 1 + (similarity.row(w).array() > similarity(w, w)).count());
  QVERIFY((rank.array() == 1).count() > kSamples / 4);  // the fit's own samples are easy to tell apart
}

void TestEncodingCommands::refinementsAreAdded() {
  const test::ProgramOutcome outcome =
      run({"banded", "--features", at("x.npy"), "--features", at("other.npy"), "--responses", at("y.npy"),
           "--folds", "4", "--alphas", at("alphas.npy"), "--candidates", "4", "--refine", "3", "--stop-after",
           "50", "--out", at("refined")});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  QCOMPARE(readNpy(file("refined/gammas.npy")).rows(), Index{7});
  QCOMPARE(readNpy(file("refined/candidate_score.npy")).rows(), Index{7});
  QCOMPARE(report("refined")["candidates"].get<int>(), 7);
}

void TestEncodingCommands::badUsage_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("word");
  QTest::newRow("no folds") << QStringList{"fit", "--features", "x", "--responses", "y", "--out", "o"}
                            << "--folds";
  QTest::newRow("metric") << (fitArguments("bad") << "--metric"
                                                  << "rho")
                          << "--metric";
  QTest::newRow("candidates and gammas")
      << QStringList{"banded", "--features", "x", "--responses",  "y", "--folds", "3", "--out",
                     "o",      "--gammas",   "g", "--candidates", "4"}
      << "--candidates";
}

void TestEncodingCommands::badUsage() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, word);
  const test::ProgramOutcome outcome = run(arguments);
  QCOMPARE(outcome.status, 2);
  QVERIFY2(outcome.complaint.contains(word), qPrintable(outcome.complaint));
}

void TestEncodingCommands::badInput_data() {
  QTest::addColumn<QStringList>("changed");  // option, file
  QTest::addColumn<QString>("word");
  QTest::newRow("missing features") << QStringList{"--features", "gone.npy"} << "gone.npy";
  QTest::newRow("features with NaN") << QStringList{"--features", "nan.npy"} << "NaN";
  QTest::newRow("other length") << QStringList{"--responses", "short.npy"} << "60";
  QTest::newRow("cut responses") << QStringList{"--responses", "cut.npy"} << "cut.npy";
  QTest::newRow("penalty zero") << QStringList{"--alphas", "zero.npy"} << "not a positive number";
  QTest::newRow("too many folds") << QStringList{"--folds", "62"} << "62 folds";
  QTest::newRow("no memory") << QStringList{"--memory", "0.000001"} << "memory";
}

void TestEncodingCommands::badInput() {
  QFETCH(QStringList, changed);
  QFETCH(QString, word);
  MatrixF broken = m_x;
  broken(3, 2) = std::numeric_limits<float>::quiet_NaN();
  writeNpy(file("nan.npy"), broken);
  writeNpy(file("short.npy"), MatrixF(m_y.topRows(60)));
  fs::copy_file(file("y.npy"), file("cut.npy"), fs::copy_options::overwrite_existing);
  fs::resize_file(file("cut.npy"), fs::file_size(file("cut.npy")) - 8);
  const std::vector<double> zero{0, 1};
  writeNpyVector(file("zero.npy"), std::span<const double>(zero));
  QStringList arguments = fitArguments("refused");
  const QString value = changed[1].endsWith(".npy") ? at(changed[1]) : changed[1];
  const auto place = arguments.indexOf(changed[0]);
  if (place < 0)
    arguments << changed[0] << value;
  else
    arguments[place + 1] = value;
  const test::ProgramOutcome outcome = run(arguments);
  QVERIFY2(outcome.complaint.contains(word), qPrintable(outcome.complaint));
  QCOMPARE(outcome.status, 3);
  QVERIFY(!fs::exists(file("refused/fit.json")));
}

void TestEncodingCommands::stoppedFitGoesOn_data() {
  QTest::addColumn<int>("signal");
  QTest::addColumn<bool>("tells");
  QTest::newRow("interrupted") << SIGINT << true;
  QTest::newRow("killed") << SIGKILL << false;
}

void TestEncodingCommands::stoppedFitGoesOn() {
  QFETCH(int, signal);
  QFETCH(bool, tells);
  const QString out = tells ? "interrupted" : "killed", name = "long.npy";
  if (!fs::exists(file(name))) {
    writeNpy(file("wide.npy"), gaussian(900, 1000, 7));
    writeNpy(file(name), gaussian(900, 9000, 8));
  }
  const auto arguments = [&](const QString& folder) {
    return QStringList{"fit",       "--features", at("wide.npy"), "--responses",    at(name),
                       "--folds",   "5",          "--alphas",     at("alphas.npy"), "--weights",
                       "--threads", "1",          "--out",        at(folder)};
  };
  QProcess program;
  // With the threads that libraries start by themselves: a signal may reach any of them.
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.remove("OPENBLAS_NUM_THREADS");
  program.setProcessEnvironment(environment);
  program.start(test::programPath("cortexscope-cli"), arguments(out));
  // The weights' file gets its first strip before the fit ends; then the signal comes.
  const fs::path manifest = file(out + "/partial/manifest");
  bool begun = false;
  while (!begun && program.state() != QProcess::NotRunning) {
    program.waitForFinished(1);
    std::error_code none;
    if (fs::exists(manifest, none)) {
      const std::string entries = readTextFile(manifest, 1 << 20);
      begun = entries.find('\x01', 64) != std::string::npos;  // the key is 64 characters long
    }
  }
  QVERIFY2(begun, "the fit ended before it could be stopped");
  ::kill(static_cast<pid_t>(program.processId()), signal);
  QVERIFY(program.waitForFinished(30000));
  if (tells) QCOMPARE(program.exitCode(), 130);
  QVERIFY(!fs::exists(file(out + "/weights.npy")));
  const test::ProgramOutcome resumed = run(arguments(out)), whole = run(arguments(out + "-whole"));
  QVERIFY2(resumed.status == 0 && whole.status == 0, qPrintable(resumed.complaint + whole.complaint));
  QVERIFY(report(out)["resumedStrips"].get<int>() > 0);
  QCOMPARE(report(out)["responsiveTargets"].get<int>(),
           report(out + "-whole")["responsiveTargets"].get<int>());
  for (const char* result : {"best_alpha.npy", "cv_score.npy", "weights.npy"})
    QVERIFY(readTextFile(file(out + "/" + result), 1 << 28) ==
            readTextFile(file(out + "-whole/" + result), 1 << 28));
}

void TestEncodingCommands::stoppedWhileDecomposing() {
  writeNpy(file("square.npy"), gaussian(2000, 2100, 9));
  writeNpy(file("few.npy"), gaussian(2000, 64, 10));
  QProcess program;
  program.start(test::programPath("cortexscope-cli"),
                {"fit", "--features", at("square.npy"), "--responses", at("few.npy"), "--folds", "5", "--out",
                 at("decomposing")});
  program.setReadChannel(QProcess::StandardError);
  QByteArray said;
  while (!said.contains("decomposing") && program.waitForReadyRead(60000))
    said += program.readAllStandardError();
  QVERIFY2(said.contains("decomposing"), said.constData());
  QThread::msleep(50);
  ::kill(static_cast<pid_t>(program.processId()), SIGINT);
  QVERIFY(program.waitForFinished(30000));
  QCOMPARE(program.exitStatus(),
           QProcess::NormalExit);  // the library that goes on computing must not end it badly
  QCOMPARE(program.exitCode(), 130);
}

QTEST_GUILESS_MAIN(TestEncodingCommands)
#include "tst_encoding_commands.moc"
