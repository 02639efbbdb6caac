// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/import/measured_source.h"
#include "core/study/tiny_study.h"
#include "io/arrays/npy.h"
#include "io/tables/table.h"
#include "study/checks/read_study.h"
#include "study/document/findings.h"
#include "study/pipeline/results.h"
#include "support/run_program.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

namespace fs = std::filesystem;

/// The program as people run it, from a folder to a study with results.
class ImportCommandTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void dryRunPrintsTheTable();
  void importsAndLearnsTheTruth();
  void voxelsAreKeptAndShowTheTruth();
  void nothingIsLearnedFromSignalsThatNoFilmShows();
  void wrongUsageAndBadInputHaveTheirStatus();
  void openErrorsStopTheRun();
  void interruptLeavesNothingBehind();

 private:
  QString path(const std::string& name) const { return m_folder.path() + "/" + QString::fromStdString(name); }
  fs::path file(const std::string& name) const { return path(name).toStdString(); }

  static ProgramOutcome run(const QStringList& arguments) { return runProgram("cortexscope-cli", arguments); }

  QStringList importing(const std::string& source, const std::string& study, const QStringList& more = {},
                        const std::string& surfaces = "surfaces") const {
    QStringList arguments{"import",     path(source),     "--study",   path(study),
                          "--surfaces", path(surfaces),   "--network", path("network.onnx"),
                          "--labels",   path("scene.tsv")};
    for (Index run = 0; run < kMeasuredRuns; ++run)
      arguments << "--film-start"
                << QString("%1=%2").arg(QString::fromStdString(measuredRun(run))).arg(firstSecond(run));
    return arguments + more;
  }

  /// Mean held-out r of vertices that follow the film and of the others.
  std::pair<double, double> heldOutR(const Study& study, const Person& person) const {
    return meansOf(readNpy(study.results() / "people" / person.id / "heldout_r.npy"));
  }
  static std::pair<double, double> meansOf(const MatrixF& r) {
    const Surface sphere = measuredSurface(Hemisphere::Left, true, 2);
    double signal = 0, noise = 0;
    Index followers = 0;
    for (Index v = 0; v < r.rows(); ++v) {
      const bool follows = sphere.points(v % sphere.vertexCount(), 1) > 2;
      (follows ? signal : noise) += double(r(v, 0));
      followers += follows ? 1 : 0;
    }
    return {signal / double(followers), noise / double(r.rows() - followers)};
  }

  QTemporaryDir m_folder;
};

void ImportCommandTest::initTestCase() {
  writeMeasuredSurfaces(file("surfaces"), 2);
  writeTinyNetwork(file("network.onnx"));
  writeMeasuredFilm(file("source"));
  writeMeasuredVolumes(file("source"), {});
  writeMeasuredFilm(file("control"));
  writeMeasuredVolumes(file("control"), {.followsFilm = false});
  MatrixD light(kMeasuredRuns * kMeasuredSamples, 1);
  for (Index t = 0; t < light.rows(); ++t) light(t, 0) = double(shownBit(t, 3));
  writeTsv(file("scene.tsv"), {"light"}, light);
}

void ImportCommandTest::dryRunPrintsTheTable() {
  const ProgramOutcome text = run({"import", path("source"), "--dry-run"});
  QCOMPARE(text.status, 0);
  for (const char* word : {"fMRIPrep", "sub-03", "task-film_run-4", "50 x 28 x 16 x 16",
                           "TR: 1 s; voxels can be kept", "numbers.mkv"})
    QVERIFY2(text.said.contains(word), qPrintable(text.said));
  const ProgramOutcome json = run({"import", path("source"), "--dry-run", "--json", "--leave-out", "sub-02"});
  const auto plan = nlohmann::json::parse(json.said.toStdString());
  QCOMPARE(plan.at("people").size(), std::size_t(2));
  QVERIFY(plan.at("holdsVoxels").get<bool>());
  QCOMPARE(plan.at("people")[1].at("id").get<std::string>(), std::string("sub-03"));
}

void ImportCommandTest::importsAndLearnsTheTruth() {
  const ProgramOutcome made = run(importing("source", "study", {"--json"}));
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  QCOMPARE(nlohmann::json::parse(made.said.toStdString()).at("people").size(), std::size_t(3));
  const ProgramOutcome learned = run({"run", path("study")});
  QVERIFY2(learned.status == 0, qPrintable(learned.complaint));
  QVERIFY2(learned.said.contains("light"), qPrintable(learned.said));
  const Study study = readStudy(file("study"));
  for (const Person& person : study.people) {
    const auto [signal, noise] = heldOutR(study, person);
    QVERIFY2(signal > 0.4 && std::abs(noise) < 0.15,
             qPrintable(QString("signal %1, noise %2").arg(signal).arg(noise)));
  }
}

void ImportCommandTest::voxelsAreKeptAndShowTheTruth() {
  for (Index run = 0; run < kMeasuredRuns; ++run) writeMeasuredMask(file("masked"), 2, run, 9);
  fs::copy(file("source"), file("masked"), fs::copy_options::recursive | fs::copy_options::skip_existing);
  const ProgramOutcome made = run(importing("masked", "voxels", {"--keep-voxels"}));
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  QVERIFY2(made.said.contains("voxels are kept"), qPrintable(made.said));
  const ProgramOutcome learned = run({"run", path("voxels")});
  QVERIFY2(learned.status == 0, qPrintable(learned.complaint));
  const Study study = readStudy(file("voxels"));
  const Results results = loadResults(study);
  for (const PersonResults& person : results.people) {
    const auto [signal, noise] = meansOf(person.heldOutR.array().isNaN().select(0, person.heldOutR));
    QVERIFY2(signal > 0.4 && std::abs(noise) < 0.15,
             qPrintable(QString("signal %1, noise %2").arg(signal).arg(noise)));
    const QString count = QString("%1 voxels").arg(person.view.voxels()->voxelCount());
    QVERIFY2(learned.said.contains(count), qPrintable(learned.said));
  }
  QVERIFY(results.people[2].view.voxels()->voxelCount() < results.people[0].view.voxels()->voxelCount());
}

void ImportCommandTest::nothingIsLearnedFromSignalsThatNoFilmShows() {
  const ProgramOutcome made = run(importing("control", "control-study"));
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  const ProgramOutcome learned = run({"run", path("control-study"), "--until", "activation"});
  QVERIFY2(learned.status == 0, qPrintable(learned.complaint));
  const Study study = readStudy(file("control-study"));
  double all = 0;
  for (const Person& person : study.people)
    all += heldOutR(study, person).first / double(study.people.size());
  QVERIFY2(all < 0.15, qPrintable(QString::number(all)));
}

void ImportCommandTest::wrongUsageAndBadInputHaveTheirStatus() {
  QCOMPARE(run({"import", path("source")}).status, 2);
  QCOMPARE(run(importing("source", "usage", {"--film-start", "soon"})).status, 2);
  QCOMPARE(run(importing("source", "usage", {"--tr", "-1"})).status, 2);
  QCOMPARE(run({"import", path("nowhere"), "--dry-run"}).status, 3);
  const ProgramOutcome array = run({"import", path("source"), "--dry-run", "--array", "sub-01*=bold"});
  QCOMPARE(array.status, 3);
  QVERIFY2(array.said.contains("\"bold\" is chosen, but this is no plain folder"), qPrintable(array.said));
  const ProgramOutcome again = run(importing("source", "study"));
  QCOMPARE(again.status, 3);
  QVERIFY2(again.complaint.contains("--replace"), qPrintable(again.complaint));
  const ProgramOutcome filmless = run({"import", path("source"), "--study", path("usage")});
  QCOMPARE(filmless.status, 3);
  QVERIFY2(filmless.complaint.contains("--film-start"), qPrintable(filmless.complaint));
  std::ofstream(file("cleaning.json")) << "[{\"step\": \"iron\"}]";
  const ProgramOutcome cleaning = run(importing("source", "usage", {"--cleaning", path("cleaning.json")}));
  QCOMPARE(cleaning.status, 3);
  QVERIFY2(cleaning.complaint.contains("iron") && cleaning.complaint.contains("cleaning.json"),
           qPrintable(cleaning.complaint));
  QVERIFY(!fs::exists(file("usage")));
}

void ImportCommandTest::openErrorsStopTheRun() {
  fs::copy(file("source"), file("damaged"), fs::copy_options::recursive);
  const fs::path confounds =
      file("damaged") / fs::path("sub-03/func/sub-03_task-film_run-2_desc-confounds_timeseries.tsv");
  std::ofstream(confounds) << "trans_x\n1\n2\n";
  const ProgramOutcome made = run(importing("damaged", "damaged-study"));
  QCOMPARE(made.status, 3);
  QCOMPARE(readStudy(file("damaged-study")).people.size(), std::size_t(2));
  const ProgramOutcome learned = run({"run", path("damaged-study")});
  QCOMPARE(learned.status, 3);
  QVERIFY2(learned.complaint.contains("sub-03") && learned.complaint.contains("--leave-out"),
           qPrintable(learned.complaint));
  const ProgramOutcome without =
      run(importing("damaged", "damaged-study", {"--replace", "--leave-out", "sub-03"}));
  QVERIFY2(without.status == 0, qPrintable(without.complaint));
}

void ImportCommandTest::interruptLeavesNothingBehind() {
  fs::create_directories(file("interrupted"));
  writeMeasuredSurfaces(file("fine"), 5);  // takes seconds for each run
  QProcess process;
  process.start(programPath("cortexscope-cli"),
                importing("source", "interrupted/study", {"--depths", "100"}, "fine"));
  QByteArray said;
  process.setReadChannel(QProcess::StandardError);
  while (!said.contains("reading sub-01") && process.waitForReadyRead(-1))
    said += process.readAllStandardError();
  QVERIFY2(said.contains("reading sub-01"), said);
  QVERIFY(!fs::is_empty(file("interrupted")));
  ::kill(pid_t(process.processId()), SIGINT);
  QVERIFY(process.waitForFinished(-1));
  QCOMPARE(process.exitCode(), 130);
  QVERIFY(fs::is_empty(file("interrupted")));
}

}  // namespace

QTEST_GUILESS_MAIN(ImportCommandTest)
#include "tst_import_command.moc"
