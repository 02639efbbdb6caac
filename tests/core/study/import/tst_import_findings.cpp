#include <QElapsedTimer>
#include <QtTest>

#include "core/io/format_bytes.h"
#include "core/study/import/source_folder.h"
#include "study/import/import_text.h"
#include "support/expect.h"

using namespace cortexscope;
using test::SourceFolder;

namespace {

namespace fs = std::filesystem;

constexpr auto kError = ImportSeverity::Error;
constexpr auto kWarning = ImportSeverity::Warning;

std::string stem(const std::string& person, const std::string& run = "1") {
  return "sub-" + person + "/func/sub-" + person + "_task-film_run-" + run + "_";
}
std::string leftOf(const std::string& person, const std::string& run = "1") {
  return stem(person, run) + "hemi-L_space-fsaverage5_bold.func.gii";
}
std::string rightOf(const std::string& person, const std::string& run = "1") {
  return stem(person, run) + "hemi-R_space-fsaverage5_bold.func.gii";
}
std::string imageOf(const std::string& person, const std::string& run = "1") {
  return stem(person, run) + "space-MNI152NLin2009cAsym_desc-preproc_bold.nii.gz";
}

/// Three people with two runs on fsaverage5, without a fault.
void makeSurfaces(const SourceFolder& folder) {
  for (const char* person : {"01", "02", "03"})
    for (const char* run : {"1", "2"}) {
      folder.series(leftOf(person, run), 10242, 3);
      folder.series(rightOf(person, run), 10242, 3);
    }
}

/// Three people with two runs as volumes, without a fault.
void makeVolumes(const SourceFolder& folder) {
  for (const char* person : {"01", "02", "03"})
    for (const char* run : {"1", "2"}) folder.volume(imageOf(person, run), {3, 4, 5, 6}, 2);
}

void expectNoThrow(const fs::path& source) {
  std::string reason;
  try {
    const ImportPlan plan = planImport(source);
    QVERIFY(!importText(plan).empty());
    QVERIFY(!importJson(plan).empty());
    return;
  } catch (const std::exception& error) {
    reason = error.what();
  }
  QVERIFY2(false, reason.c_str());
}

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
    EXPECT_FINDING(plan, kError, imageOf("02"), "TR of 9", "3.0");
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

  void damagedFiles() {
    const SourceFolder folder;
    makeVolumes(folder);
    const std::string whole = test::contentsOf(folder.path(imageOf("01")));
    folder.text(imageOf("01"),
                whole.substr(0, whole.size() - 60));  // the header is whole, the voxels are not
    folder.text(imageOf("02"), "");
    folder.text(imageOf("03"), whole.substr(0, 30));
    folder.text(imageOf("01", "2"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    folder.text(stem("01", "2") + "desc-confounds_timeseries.tsv", std::string("a\tb\n1\n\0\x01\xff", 9));
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, imageOf("01"), "cut");
    EXPECT_FINDING(plan, kError, imageOf("02"), "empty");
    EXPECT_FINDING(plan, kError, imageOf("03"), "cannot be used");
    EXPECT_FINDING(plan, kError, imageOf("01", "2"), "Git LFS");
    EXPECT_FINDING(plan, kError, stem("01", "2") + "desc-confounds_timeseries.tsv", "cannot be used");
    QVERIFY(plan.cells[2][1]->samples == 6);
    const std::string text = importText(plan);
    QVERIFY2(text.find("\n  sub-02  ?") != std::string::npos, text.c_str());
  }

  void unusualPackingIsNotCut() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume("plain.nii", {3, 4, 5, 6}, 2);
    const std::string bytes = test::contentsOf(folder.path("plain.nii"));
    folder.remove("plain.nii");
    folder.text(imageOf("01"), test::gzipped(bytes.substr(0, 400)) + test::gzipped(bytes.substr(400)));
    const ImportPlan plan = planImport(folder.path());
    QVERIFY2(plan.findings.empty(), test::allFindings(plan.findings).c_str());
  }

  void cutSurfaceSeries() {
    const SourceFolder folder;
    makeSurfaces(folder);
    const std::string whole = test::contentsOf(folder.path(leftOf("01")));
    folder.text(leftOf("01"), whole.substr(0, whole.size() / 2));
    folder.text(leftOf("02"), whole.substr(0, 150));
    folder.text(leftOf("03"), "<html>not found</html>");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, leftOf("01"), "is cut", "</GIFTI>");
    EXPECT_FINDING(plan, kError, leftOf("02"), "cannot be used");
    EXPECT_FINDING(plan, kError, leftOf("03"), "web page");
  }

  void nothingRecognised() {
    const SourceFolder folder;
    folder.text("notes.txt", "x");
    folder.text("empty.bin", "");
    const ImportPlan plan = planImport(folder.path());
    QVERIFY(plan.layout == ImportLayout::Unknown);
    EXPECT_FINDING(plan, kError, "", "2 files, 1 of them empty", "fMRIPrep");
  }

  void hostileFoldersEndInFindings() {
    const SourceFolder folder, outside;
    makeVolumes(folder);
    outside.volume("secret.nii", {3, 4, 5, 6}, 2);
    fs::create_symlink(outside.path("secret.nii"), folder.path("sub-01/out.nii"));
    fs::create_symlink(".", folder.path("sub-01/loop"));
    folder.text("sub-01/func/line\nbreak_bold.nii.gz", "x");
    folder.text("sub-01/func/sub-\xff_task-film_bold.nii.gz", "x");
    folder.text("labels/garbage.tsv", std::string("\x1b\0\xff\xfe\t\t\n\"", 9));
    folder.text("labels/one_line.csv", std::string(5 << 20, 'a'));
    folder.text("stimuli/film.mp4", "no film");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kWarning, "sub-01/func/line?break_bold.nii.gz", "no text");
    EXPECT_FINDING(plan, kWarning, "sub-01/func/sub-?_task-film_bold.nii.gz", "no text");
    EXPECT_FINDING(plan, kError, "labels/garbage.tsv", "cannot be used");
    EXPECT_FINDING(plan, kError, "labels/one_line.csv", "cannot be used");
    EXPECT_FINDING(plan, kError, "stimuli/film.mp4", "cannot be used");
    EXPECT_FINDING(plan, ImportSeverity::Note, "sub-01/loop", "not followed");
    EXPECT_FINDING(plan, kWarning, "sub-01/out.nii", "leaves the folder");
    QCOMPARE(plan.people.size(), std::size_t{3});
    expectNoThrow(folder.path());
  }

  void flippedBytesNeverThrow() {
    const SourceFolder good;
    makeVolumes(good);
    good.series(leftOf("01"), 12, 3);
    good.series(rightOf("01"), 12, 3);
    good.grayordinates(stem("01") + "space-fsLR_den-91k_bold.dtseries.nii", 3);
    good.npy("x/features/a.npy", 3, 4);
    std::mt19937 random(1);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(good.path()))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (int round = 0; round < 60; ++round) {
      const fs::path& file = files[random() % files.size()];
      const std::string whole = test::contentsOf(file);
      std::string changed = whole.substr(0, round % 3 == 0 ? random() % whole.size() : whole.size());
      for (int i = 0; i < 4 && !changed.empty(); ++i)
        changed[random() % std::min<std::size_t>(changed.size(), 600)] = static_cast<char>(random());
      const std::string name = file.lexically_relative(good.path()).string();
      good.text(name, changed);
      expectNoThrow(good.path());
      good.text(name, whole);
    }
  }

  void tenThousandFilesTakeSeconds() {
    const SourceFolder folder;
    makeVolumes(folder);
    for (int i = 0; i < 10'000; ++i)
      folder.text("sub-01/log/sub-01_task-film_run-" + std::to_string(i) + "_bold.json", "{}");
    QElapsedTimer timer;
    timer.start();
    const ImportPlan plan = planImport(folder.path());
    QCOMPARE(plan.people.size(), std::size_t{3});
    QVERIFY2(timer.elapsed() < 60'000, "a folder of ten thousand files must not hang");
  }

  void cancelReachesTheCaller() {
    const SourceFolder folder;
    makeVolumes(folder);
    std::stop_source stop;
    stop.request_stop();
    bool cancelled = false;
    try {
      planImport(folder.path(), {}, Job(stop.get_token(), [](double, std::string_view) {}));
    } catch (const Cancelled&) {
      cancelled = true;
    }
    QVERIFY(cancelled);
  }
};

QTEST_GUILESS_MAIN(TestImportFindings)
#include "tst_import_findings.moc"
