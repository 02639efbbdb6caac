// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/import/plan/fmriprep_folder.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

namespace fs = std::filesystem;

constexpr auto kError = Severity::Error;
constexpr auto kWarning = Severity::Warning;

}  // namespace

class TestImportFindings : public QObject {
  Q_OBJECT
 private slots:
  void faultlessFoldersHaveNone() {
    const SourceFolder surfaces, volumes;
    makeSurfaces(surfaces);
    makeVolumes(volumes);
    for (const fs::path& source : {surfaces.path(), volumes.path()}) {
      const ImportPlan plan = planImport(source);
      QVERIFY2(plan.findings.empty(), test::allFindings(plan.findings).c_str());
      QVERIFY(plan.importable());
    }
  }

  void missingRun() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.remove(imageOf("02", "2"));
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kWarning, "", "sub-02 task-film_run-2", "no such run");
    QCOMPARE(plan.findings.size(), std::size_t{1});
    QVERIFY(plan.importable());
  }

  void missingHemisphere() {
    const SourceFolder folder;
    makeSurfaces(folder);
    folder.remove(rightOf("02"));
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, leftOf("02"), "right hemisphere is missing");
    QVERIFY(!plan.importable());
  }

  void differentSampleCounts() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume(imageOf("03"), {3, 4, 5, 4}, 2);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kWarning, imageOf("03"), "4 samples", "have 6", "sub-03 task-film_run-1");
    QCOMPARE(plan.findings.size(), std::size_t{1});
  }

  void hemispheresOfDifferentLength() {
    const SourceFolder folder;
    makeSurfaces(folder);
    folder.series(rightOf("01"), 10242, 2);
    EXPECT_FINDING(planImport(folder.path()), kError, rightOf("01"), "2 samples", leftOf("01"), "has 3");
  }

  void countAgainstTemplate() {
    const SourceFolder folder;
    makeSurfaces(folder);
    folder.series(leftOf("01"), 2562, 3);
    folder.series(rightOf("01"), 2562, 3);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, leftOf("01"), "2562 vertices", "fsaverage4", "fsaverage5");
    EXPECT_FINDING(plan, kError, leftOf("01"), "5124 places", "20484");
  }

  void sideOfContentsAgainstName() {
    const SourceFolder folder;
    makeSurfaces(folder);
    folder.series(rightOf("01"), 10242, 3, "2000", "CortexLeft");
    EXPECT_FINDING(planImport(folder.path()), kError, rightOf("01"), "right hemisphere by its name",
                   "left one");
  }

  void differentGrids() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume(imageOf("03"), {3, 4, 6, 6}, 2);
    EXPECT_FINDING(planImport(folder.path()), kError, imageOf("03"), "3 x 4 x 6", "3 x 4 x 5");
  }

  void timeOfHeaderAgainstSidecar() {
    const SourceFolder folder;
    makeVolumes(folder);
    const std::string json = stem("01") + "space-MNI152NLin2009cAsym_desc-preproc_bold.json";
    folder.text(json, "{\"RepetitionTime\": 1.49}");
    ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, imageOf("01"), "TR of 2 s", json, "1.49 s");
    QVERIFY(!plan.cells[0][0]->trSec);
    folder.text(json, "{\"RepetitionTime\": 2.00001}");
    plan = planImport(folder.path());
    QVERIFY2(plan.findings.empty(), test::allFindings(plan.findings).c_str());
  }

  void timesThatAreNone_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("word");
    QTest::newRow("text") << R"({"RepetitionTime": "2.0"})"
                          << "2.0";
    QTest::newRow("zero") << R"({"RepetitionTime": 0})"
                          << "is 0";
    QTest::newRow("negative") << R"({"RepetitionTime": -2})"
                              << "is -2";
    QTest::newRow("null") << R"({"RepetitionTime": null})"
                          << "null";
    QTest::newRow("beyond float") << R"({"RepetitionTime": 1e400})"
                                  << "JSON";
    QTest::newRow("cut") << R"({"RepetitionTime": 2)"
                         << "JSON";
    QTest::newRow("list") << "[2]"
                          << "object";
    QTest::newRow("deep") << QString(100'000, '[') << "nest";
    QTest::newRow("no text") << QString("{\"a\": \"\\ud800\"") << "JSON";
    QTest::newRow("empty") << ""
                           << "JSON";
  }
  void timesThatAreNone() {
    QFETCH(QString, json);
    QFETCH(QString, word);
    const SourceFolder folder;
    makeVolumes(folder);
    const std::string file = stem("01") + "space-MNI152NLin2009cAsym_desc-preproc_bold.json";
    folder.text(file, json.toStdString());
    EXPECT_FINDING(planImport(folder.path()), kError, file, word.toStdString());
  }

  void timeIsNotGuessed() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume(imageOf("01"), {3, 4, 5, 6}, 0);
    ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, imageOf("01"), "neither its header nor a JSON", "RepetitionTime");
    folder.text("task-film_bold.json", "{\"RepetitionTime\": 2}");  // inherited by all
    plan = planImport(folder.path());
    QVERIFY2(plan.importable(), test::allFindings(plan.findings).c_str());
    QCOMPARE(plan.cells[0][0]->trSec, std::optional<double>(2.0));
  }

  void nearestSidecarCounts() {
    const SourceFolder folder;
    folder.volume(imageOf("01"), {3, 4, 5, 6}, 0);
    folder.volume(imageOf("02"), {3, 4, 5, 6}, 0);
    folder.text("task-film_bold.json", "{\"RepetitionTime\": 9}");
    folder.text("task-another_bold.json", "{\"RepetitionTime\": 8}");
    folder.text("task-film_events.json", "{\"RepetitionTime\": 7}");
    folder.text("sub-01/sub-01_bold.json", "{\"RepetitionTime\": 3}");
    const ImportPlan plan = planImport(folder.path());
    QCOMPARE(plan.cells[0][0]->trSec, std::optional<double>(3.0));
    QCOMPARE(plan.cells[1][0]->trSec, std::optional<double>(9.0));
    EXPECT_FINDING(plan, kError, imageOf("02"), "TR of 9", "3 s");
  }

  void millisecondsAsSeconds() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume(imageOf("01"), {3, 4, 5, 6}, 2000);
    EXPECT_FINDING(planImport(folder.path()), kError, imageOf("01"), "2000 s", "absurd", "unit");
  }

  void companionsOfOtherSize() {
    const SourceFolder folder;
    makeVolumes(folder);
    const std::string confounds = stem("01") + "desc-confounds_timeseries.tsv";
    const std::string mask = stem("02") + "space-MNI152NLin2009cAsym_desc-brain_mask.nii.gz";
    folder.table(confounds, "trans_x", 5);
    folder.volume(mask, {3, 4, 4}, 0);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, confounds, "5 rows", "6 samples");
    EXPECT_FINDING(plan, kError, mask, "3 x 4 x 4", "3 x 4 x 5");
  }

  void referenceImageForARun() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume(imageOf("01"), {3, 4, 5}, 2);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, imageOf("01"), "1 sample", "whole run");
    QVERIFY(test::findingsWith(plan, {imageOf("01"), "TR"}).empty());
  }

  void twoFilesForOneRun() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume("other/" + imageOf("01"), {3, 4, 5, 6}, 2);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, "", "same run", "other/" + imageOf("01"), "one pipeline");
  }

  void mixedProcessing() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.remove(imageOf("01"));
    folder.volume(stem("01") + "space-MNI152NLin2009cAsym_desc-smooth_bold.nii.gz", {3, 4, 5, 6}, 2);
    EXPECT_FINDING(planImport(folder.path()), kWarning, "", "not processed alike", "preproc, smooth");
  }

  void choicesThatFitNothing() {
    const SourceFolder folder;
    makeVolumes(folder);
    ImportRequest options;
    options.space = "fsaverage5";
    EXPECT_FINDING(planImport(folder.path(), options), kError, "", "fsaverage5", "MNI152NLin2009cAsym");
    options = {};
    options.task = "rest";
    EXPECT_FINDING(planImport(folder.path(), options), kError, "", "task-rest", "choose one of: film");
    options = {};
    options.session = "2";
    EXPECT_FINDING(planImport(folder.path(), options), kError, "", "ses-2", "do not say any");
  }

  void participantsWithoutData() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.text("participants.tsv", "participant_id\nsub-01\nsub-02\nsub-03\nsub-04\n");
    EXPECT_FINDING(planImport(folder.path()), kWarning, "participants.tsv", "sub-04", "no responses");
    folder.text("participants.tsv", "id\nsub-01\n");
    EXPECT_FINDING(planImport(folder.path()), kWarning, "participants.tsv", "participant_id");
  }

  void surfacesAgainstResponses() {
    const SourceFolder folder;
    for (const char* side : {"L", "R"}) {
      folder.series(stem("01") + "hemi-" + side + "_space-fsnative_bold.func.gii", 12, 3);
      folder.mesh(std::string("sub-01/anat/sub-01_hemi-") + side + "_white.surf.gii", 11);
    }
    folder.mesh("sub-01/anat/sub-01_hemi-L_pial.surf.gii", 12);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, "", "24 vertices", "have 22", "sub-01_hemi-L_white.surf.gii");
    EXPECT_FINDING(plan, kWarning, "sub-01/anat/sub-01_hemi-L_pial.surf.gii", "other one is missing");
  }

  void shortClipsThatDoNotFit() {
    const SourceFolder folder;
    folder.hdf5("responses/S01_responses.hdf", {{"Y_train", {12, 7}}, {"Y_test", {2, 5, 8}}});
    folder.hdf5("responses/S02_responses.hdf", {{"Y_train", {12}}});
    folder.hdf5("features/a.hdf", {{"X_train", {11, 3}}, {"X_test", {5, 3}}});
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, "responses/S01_responses.hdf", "7 voxels", "has 8");
    EXPECT_FINDING(plan, kError, "responses/S02_responses.hdf", "Y_train", "1 dimensions",
                   "samples x voxels");
    EXPECT_FINDING(plan, kError, "responses/S02_responses.hdf", "Y_test", "no such data set");
    EXPECT_FINDING(plan, kError, "features/a.hdf", "X_train", "11 rows", "12 samples");
    EXPECT_FINDING(plan, kWarning, "", "S01", "no mapper");
  }

  void plainArraysThatDoNotFit() {
    const SourceFolder folder;
    folder.npy("P1/run1.npy", 20484, 30);
    folder.npy("P2/run1.npy", 30, 20484);
    folder.hdf5("P3/run1.h5", {{"x", {2, 3, 4}}});
    folder.text("P4/run1.npy", "");
    folder.series("P5/run1.func.gii", 5, 3);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, "P1/run1.npy", "20484", "transpose");
    EXPECT_FINDING(plan, kError, "P3/run1.h5", "2 x 3 x 4", "samples x values");
    EXPECT_FINDING(plan, kError, "P4/run1.npy", "is empty");
    EXPECT_FINDING(plan, kError, "P5/run1.func.gii", "which hemisphere");
    QVERIFY(test::findingsWith(plan, {"P2/run1.npy", "transpose"}).empty());
  }
};

QTEST_GUILESS_MAIN(TestImportFindings)
#include "tst_import_findings.moc"
