// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/import_study.h"

#include <QTest>
#include <fstream>
#include <stop_token>

#include "core/import/import_stage.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "study/document/findings.h"
#include "study/pipeline/pipeline.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

/// What cannot become a study, and what is left out of one.
class ImportRefusedTest : public QObject, protected ImportStage {
  Q_OBJECT

 private slots:
  void initTestCase() { writeMeasuredSources(); }
  void otherDensityIsRefused();
  void missingSurfacesAreNamed();
  void timeMustBeKnown();
  void filmMustBeKnown();
  void choicesForNoRunAreRefused();
  void nothingInCommonIsRefused();
  void existingFoldersAreKept();
  void brokenPersonIsLeftOut();
  void shortPersonIsLeftOut();
  void cancelledImportLeavesNothing();
};

void ImportRefusedTest::otherDensityIsRefused() {
  ImportChoices choices = choicesFor("dense-study");
  choices.surfaces = path("coarse");
  writeMeasuredSurfaces(choices.surfaces, 1);
  EXPECT_ERROR(ErrorCode::BadShape, imported(path("gifti"), choices), "324", "84", "tiny");
  QVERIFY(!fs::exists(choices.study));
  EXPECT_ERROR(ErrorCode::BadShape, imported(path("cifti"), choices), "324", "84");
}

void ImportRefusedTest::missingSurfacesAreNamed() {
  ImportChoices choices = choicesFor("bare-study");
  choices.surfaces.clear();
  EXPECT_ERROR(ErrorCode::MissingFile, imported(path("gifti"), choices), "tiny", "162", "--surfaces");
  EXPECT_ERROR(ErrorCode::MissingFile, imported(path("volumes"), choices, without({"sub-02", "sub-03"})),
               "white and pial", "--surfaces");
}

void ImportRefusedTest::timeMustBeKnown() {
  const fs::path source = plainSource("timeless", 1, {60, 60, 60}, 1);
  for (int run = 1; run <= 3; ++run) fs::remove(source / "P1" / ("run-" + textOf(run) + ".json"));
  ImportChoices choices = choicesFor("timeless-study");
  choices.films.clear();
  EXPECT_ERROR(ErrorCode::BadValue, imported(source, choices), "P1", "TR", "--tr");
  const Study study = imported(source, choices, withTime(1)).study;
  QCOMPARE(study.samplePeriodSec, 1.0);
  QCOMPARE(study.origin.trFrom, std::string("given"));
  QVERIFY(!study.options.delays.empty() && study.options.delays.front() == 2 &&
          study.options.delays.back() == 8);
}

void ImportRefusedTest::filmMustBeKnown() {
  ImportChoices choices = choicesFor("filmless-study");
  choices.films.clear();
  EXPECT_ERROR(ErrorCode::BadValue, imported(path("gifti"), choices), "task-film_run-3", "numbers.mkv",
               "--film-start");
  choices.films[""].file = path("gifti") / "none.mkv";
  EXPECT_ERROR(ErrorCode::MissingFile, imported(path("gifti"), choices), "none.mkv");
  QVERIFY(!fs::exists(choices.study));
}

void ImportRefusedTest::choicesForNoRunAreRefused() {
  ImportChoices choices = choicesFor("misspelt-study");
  choices.films["task-flim_run-1"].filmStartSec = 1;
  EXPECT_ERROR(ErrorCode::BadValue, imported(path("gifti"), choices), "task-flim_run-1", "task-film_run-1");
}

void ImportRefusedTest::nothingInCommonIsRefused() {
  const fs::path source = plainSource("apart", 3, {60, 60, 60}, 1);
  for (int person = 1; person <= 3; ++person)
    for (int run = 1; run <= 3; ++run)
      if (run != person) fs::remove(source / ("P" + textOf(person)) / ("run-" + textOf(run) + ".npy"));
  ImportChoices choices = choicesFor("apart-study");
  choices.films.clear();
  EXPECT_ERROR(ErrorCode::BadShape, imported(source, choices), "in common");
}

void ImportRefusedTest::existingFoldersAreKept() {
  ImportChoices choices = choicesFor("kept-study");
  imported(path("cifti"), choices);
  const auto before = fs::last_write_time(choices.study / "study.json");
  EXPECT_ERROR(ErrorCode::Io, imported(path("cifti"), choices), "kept-study", "--replace");
  QVERIFY(fs::last_write_time(choices.study / "study.json") == before);
  choices.replace = true;
  choices.title = "again";
  QCOMPARE(imported(path("cifti"), choices).study.title, std::string("again"));
  choices.study = fresh("letters");
  fs::create_directories(choices.study);
  std::ofstream(choices.study / "letter.txt") << "dear";
  EXPECT_ERROR(ErrorCode::Io, imported(path("cifti"), choices), "other files");
  QCOMPARE(fs::file_size(choices.study / "letter.txt"), std::uintmax_t(4));
}

void ImportRefusedTest::brokenPersonIsLeftOut() {
  const fs::path source = fresh("broken");
  fs::copy(path("gifti"), source, fs::copy_options::recursive);
  const std::string name = "sub-02/func/sub-02_task-film_run-3_hemi-R_space-tiny_bold.func.gii";
  fs::resize_file(source / name, fs::file_size(source / name) / 2);
  ImportChoices choices = choicesFor("broken-study");
  writeTsv(path("liking.tsv"), {"liking"}, MatrixD::Random(kMeasuredRuns * kMeasuredSamples, 1));
  choices.labels = {
      {"ratings",
       {{"sub-01", path("liking.tsv")}, {"sub-02", path("liking.tsv")}, {"sub-03", path("liking.tsv")}}}};
  const ImportOutcome outcome = imported(source, choices);
  QCOMPARE(outcome.study.people.size(), std::size_t(2));
  QCOMPARE(outcome.study.people[1].id, std::string("sub-03"));
  VERIFY_FINDING(outcome.findings, Severity::Error, "sub-02", "run-3");
  VERIFY_FINDING(readProblems(choices.study), Severity::Error, "sub-02", "run-3");
  EXPECT_ERROR(ErrorCode::BadValue, runPipeline(outcome.study, {1, PipelineStep::Features}, {}), "sub-02",
               "--leave-out");
  choices.replace = true;
  const ImportOutcome others = imported(source, choices, without({"sub-02"}));
  QCOMPARE(others.study.people.size(), std::size_t(2));
  runPipeline(others.study, {1, PipelineStep::Features}, {});
  EXPECT_ERROR(ErrorCode::BadValue, imported(source, choices, without({"sub-09"})), "sub-09", "sub-02");
}

void ImportRefusedTest::shortPersonIsLeftOut() {
  const fs::path source = plainSource("uneven", 3, {60, 60, 60}, 1);
  writeNpy(source / "P2" / "run-2.npy", counted(40, 1));
  writeNpy(source / "P3" / "run-3.npy", counted(58, 2));
  fs::remove(source / "P1" / "run-1.npy");
  ImportChoices choices = choicesFor("uneven-study");
  choices.films.clear();
  choices.cleaning = CleaningPlan{};
  const ImportOutcome outcome = imported(source, choices);
  QCOMPARE(outcome.study.people.size(), std::size_t(1));
  QCOMPARE(outcome.study.people[0].id, std::string("P3"));
  VERIFY_FINDING(outcome.findings, Severity::Error, "P1 run-1", "no such run");
  VERIFY_FINDING(outcome.findings, Severity::Error, "P2 run-2", "40 samples", "60");
  QCOMPARE(outcome.study.runs[2].sampleCount, Index(58));
}

void ImportRefusedTest::cancelledImportLeavesNothing() {
  fs::create_directories(path("cancelled"));
  ImportChoices choices = choicesFor("cancelled/study");
  const ImportPlan plan = planImport(path("volumes"));
  for (const char* stage : {"copying films", "reading sub-02", "importing networks"}) {
    std::stop_source stop;
    bool met = false;
    const Job job(stop.get_token(), [&](double, std::string_view now) {
      if (now == stage) met = stop.request_stop();
    });
    bool cancelled = false;
    try {
      importStudy(plan, choices, job);
    } catch (const Cancelled&) {
      cancelled = true;
    }
    QVERIFY2(cancelled && met, stage);
    QVERIFY2(fs::is_empty(path("cancelled")), stage);
  }
}

QTEST_GUILESS_MAIN(ImportRefusedTest)
#include "tst_import_refused.moc"
