// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/import/source_folder.h"
#include "core/io/format_bytes.h"
#include "import/plan/json.h"
#include "import/plan/text.h"
#include "io/arrays/npy.h"
#include "support/expect.h"

using namespace cortexscope;
using test::SourceFolder;

namespace {

using Shape = std::vector<std::int64_t>;

std::vector<std::string> idsOf(const std::vector<ImportRun>& runs) {
  std::vector<std::string> ids;
  for (const ImportRun& run : runs) ids.push_back(run.id);
  return ids;
}

const ImportCell& cellOf(const ImportPlan& plan, std::size_t person, std::size_t run) {
  static const ImportCell none;
  const bool there = person < plan.cells.size() && run < plan.cells[person].size() && plan.cells[person][run];
  return there ? *plan.cells[person][run] : none;
}

std::string fileOf(const ImportCell& cell, FileRole role) {
  const ImportFile* file = cell.file(role);
  return file == nullptr ? "" : file->file.generic_string() + (file->array.empty() ? "" : ":" + file->array);
}

#define EXPECT_CLEAN(plan)                                                                               \
  QVERIFY2(countOf((plan).findings, Severity::Error) + countOf((plan).findings, Severity::Warning) == 0, \
           test::allFindings((plan).findings).c_str())

/// Two people, two runs, in two surface spaces, one volume space and grayordinates; run 10 comes after run 2.
void makeFmriprep(const SourceFolder& folder, const std::string& root = "") {
  folder.text(root + "dataset_description.json", "{\"Name\": \"x\", \"DatasetType\": \"derivative\"}");
  for (const char* person : {"sub-01", "sub-02"})
    for (const char* run : {"2", "10"}) {
      const std::string stem = root + person + "/func/" + person + "_task-film_run-" + run + "_";
      for (const char* side : {"L", "R"})
        folder.series(stem + "hemi-" + side + "_space-fsaverage5_bold.func.gii", 10242, 3);
      folder.volume(stem + "space-MNI152NLin2009cAsym_res-2_desc-preproc_bold.nii.gz", {3, 4, 5, 3}, 2);
      folder.volume(stem + "space-MNI152NLin2009cAsym_res-2_desc-brain_mask.nii.gz", {3, 4, 5}, 0);
      folder.grayordinates(stem + "space-fsLR_den-91k_bold.dtseries.nii", 3);
      folder.table(stem + "desc-confounds_timeseries.tsv", "trans_x", 3);
      folder.text(stem + "space-MNI152NLin2009cAsym_res-2_desc-preproc_bold.json",
                  "{\"RepetitionTime\": 2.0, \"StartTime\": 0.95}");
    }
  for (const char* side : {"L", "R"})
    folder.mesh(root + "sub-01/anat/sub-01_hemi-" + side + "_pial.surf.gii", 7);
}

}  // namespace

class TestImportLayouts : public QObject {
  Q_OBJECT
 private slots:
  void fmriprepSurfacesAreTakenFirst() {
    const SourceFolder folder;
    makeFmriprep(folder);
    const ImportPlan plan = planImport(folder.path());
    EXPECT_CLEAN(plan);
    QVERIFY(plan.layout == ImportLayout::Fmriprep);
    QCOMPARE(plan.people, (std::vector<std::string>{"sub-01", "sub-02"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"task-film_run-2", "task-film_run-10"}));
    QCOMPARE(plan.runs[1].task, std::string("film"));
    QCOMPARE(plan.runs[1].number, std::optional<int>(10));
    QCOMPARE(plan.spaces,
             (std::vector<std::string>{"fsaverage5", "fsLR_den-91k", "MNI152NLin2009cAsym_res-2"}));
    QCOMPARE(plan.space, std::string("fsaverage5"));
    const ImportCell& cell = cellOf(plan, 1, 1);
    QCOMPARE(cell.shape, (Shape{3, 20484}));
    QCOMPARE(cell.samples, std::int64_t{3});
    QCOMPARE(cell.trSec, std::optional<double>(2.0));
    QCOMPARE(fileOf(cell, FileRole::Left),
             std::string("sub-02/func/sub-02_task-film_run-10_hemi-L_space-fsaverage5_bold.func.gii"));
    QCOMPARE(fileOf(cell, FileRole::Right),
             std::string("sub-02/func/sub-02_task-film_run-10_hemi-R_space-fsaverage5_bold.func.gii"));
    QCOMPARE(fileOf(cell, FileRole::Confounds),
             std::string("sub-02/func/sub-02_task-film_run-10_desc-confounds_timeseries.tsv"));
    QVERIFY(cell.file(FileRole::Mask) == nullptr);
    EXPECT_FINDING(plan, Severity::Note, "", "3 spaces", "fsaverage5 is taken", "--space");
    QCOMPARE(plan.surfaces.size(), std::size_t{2});
    QCOMPARE(plan.surfaces[0].person, std::string("sub-01"));
    QCOMPARE(plan.surfaces[0].side, std::string("left"));
    QCOMPARE(plan.surfaces[0].kind, std::string("pial"));
    QCOMPARE(plan.surfaces[0].vertices, std::optional<std::int64_t>(7));
  }

  void fmriprepVolumesComeWithMaskAndSidecar() {
    const SourceFolder folder;
    makeFmriprep(folder);
    ImportRequest options;
    options.space = "mni152nlin2009casym";
    const ImportPlan plan = planImport(folder.path(), options);
    EXPECT_CLEAN(plan);
    QCOMPARE(plan.space, std::string("MNI152NLin2009cAsym_res-2"));
    const ImportCell& cell = cellOf(plan, 0, 0);
    QCOMPARE(cell.shape, (Shape{3, 3, 4, 5}));
    QCOMPARE(cell.startSec, std::optional<double>(0.95));
    QVERIFY(fileOf(cell, FileRole::Mask)
                .ends_with("run-2_space-MNI152NLin2009cAsym_res-2_desc-brain_mask.nii.gz"));
    QVERIFY(cell.file(FileRole::Left) == nullptr);
    QVERIFY(test::findingsWith(plan, {"spaces"}).empty());
  }

  void fmriprepGrayordinatesAreDescribed() {
    const SourceFolder folder;
    makeFmriprep(folder);
    ImportRequest options;
    options.space = "fsLR";
    const ImportPlan plan = planImport(folder.path(), options);
    EXPECT_CLEAN(plan);
    QCOMPARE(cellOf(plan, 0, 0).shape, (Shape{3, 5}));
    QVERIFY(std::abs(cellOf(plan, 0, 0).trSec.value_or(0) - 0.72) < 1e-9);
  }

  void rawDataBesideResultsAreNotTaken() {
    const SourceFolder folder;
    makeFmriprep(folder, "derivatives/fmriprep/");
    folder.text("dataset_description.json", "{\"Name\": \"x\", \"BIDSVersion\": \"1.8.0\"}");
    folder.volume("sub-01/func/sub-01_task-film_run-2_bold.nii.gz", {3, 4, 5, 3}, 2);
    folder.text("sub-01/func/sub-01_task-film_run-2_events.tsv", "onset\tduration\n0\t3\n");
    folder.text("participants.tsv", "participant_id\nsub-01\nsub-02\n");
    folder.film("stimuli/film.mp4");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_CLEAN(plan);
    QVERIFY(plan.layout == ImportLayout::Fmriprep);
    QVERIFY(fileOf(cellOf(plan, 0, 0), FileRole::Left).starts_with("derivatives/fmriprep/sub-01/func/"));
    QVERIFY(fileOf(cellOf(plan, 0, 0), FileRole::Events).starts_with("sub-01/func/"));
    EXPECT_FINDING(plan, Severity::Note, "", "1 unprocessed runs");
    QCOMPARE(plan.stimuli.size(), std::size_t{1});
    QCOMPARE(plan.stimuli[0].kind, std::string("film"));
    QCOMPARE(plan.stimuli[0].width, std::optional<int>(64));
    QVERIFY(plan.stimuli[0].durationSec.value_or(0) > 0.8);
    QVERIFY(plan.tables.empty());
  }

  void rawDataAloneMustBePreprocessed() {
    const SourceFolder folder;
    folder.text("dataset_description.json", "{\"Name\": \"x\", \"BIDSVersion\": \"1.8.0\"}");
    folder.text("task-film_bold.json", "{\"RepetitionTime\": 1.5}");
    folder.volume("sub-01/ses-a/func/sub-01_ses-a_task-film_bold.nii.gz", {3, 4, 5, 6}, 1.5);
    folder.volume("sub-01/anat/sub-01_T1w.nii.gz", {3, 4, 5}, 0);
    const ImportPlan plan = planImport(folder.path());
    QVERIFY(plan.layout == ImportLayout::BidsRaw);
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"task-film"}));
    QCOMPARE(cellOf(plan, 0, 0).shape, (Shape{6, 3, 4, 5}));
    QCOMPARE(cellOf(plan, 0, 0).trSec, std::optional<double>(1.5));
    EXPECT_FINDING(plan, Severity::Error, "", "not corrected for motion", "fMRIPrep");
    QCOMPARE(countOf(plan.findings, Severity::Error), std::size_t{1});
  }

  void sessionsNameRunsOnlyWhereNeeded() {
    const SourceFolder folder;
    const auto add = [&](const std::string& person, const std::string& session, const std::string& task) {
      folder.volume("sub-" + person + "/ses-" + session + "/func/sub-" + person + "_ses-" + session +
                        "_task-" + task + "_space-MNI_desc-preproc_bold.nii",
                    {3, 4, 5, 6}, 1.5);
    };
    add("1", "a", "film");
    add("2", "b", "film");
    add("1", "a", "rest");
    add("1", "b", "rest");
    ImportPlan plan = planImport(folder.path());
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"ses-a_task-rest", "ses-b_task-rest", "task-film"}));
    QCOMPARE(plan.runs[0].session, std::string("a"));
    QCOMPARE(plan.runs[2].session, std::string());
    ImportRequest options;
    options.task = "Film";
    plan = planImport(folder.path(), options);
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"task-film"}));
    EXPECT_CLEAN(plan);
    options.task.clear();
    options.session = "ses-b";
    plan = planImport(folder.path(), options);
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"task-film", "task-rest"}));
    QCOMPARE(plan.people, (std::vector<std::string>{"sub-1", "sub-2"}));
  }

  void connectomeRunsTakeTheCleanestSeries() {
    const SourceFolder folder;
    for (const char* person : {"100610", "102311"}) {
      for (const char* run : {"tfMRI_MOVIE1_7T_AP", "tfMRI_MOVIE2_7T_PA"}) {
        const std::string stem = std::string(person) + "/MNINonLinear/Results/" + run + "/" + run;
        folder.grayordinates(stem + "_Atlas.dtseries.nii", 4);
        folder.grayordinates(stem + "_Atlas_MSMAll_hp2000_clean.dtseries.nii", 4);
        folder.grayordinates(stem + "_Atlas_1.6mm_MSMAll_hp2000_clean.dtseries.nii", 4);
        folder.volume(stem + "_hp2000_clean.nii.gz", {3, 4, 5, 4}, 1);
      }
      for (const char* side : {"L", "R"}) {
        const std::string mesh = std::string(person) + "." + side + ".";
        folder.mesh(std::string(person) + "/MNINonLinear/fsaverage_LR32k/" + mesh + "pial.32k_fs_LR.surf.gii",
                    9);
        folder.mesh(std::string(person) + "/MNINonLinear/" + mesh + "pial.164k_fs_LR.surf.gii", 9);
      }
    }
    const ImportPlan plan = planImport(folder.path());
    EXPECT_CLEAN(plan);
    QVERIFY(plan.layout == ImportLayout::Hcp);
    QCOMPARE(plan.people, (std::vector<std::string>{"100610", "102311"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"tfMRI_MOVIE1_7T_AP", "tfMRI_MOVIE2_7T_PA"}));
    QCOMPARE(plan.runs[1].task, std::string("MOVIE"));
    QCOMPARE(plan.runs[1].number, std::optional<int>(2));
    QCOMPARE(plan.space, std::string("fsLR_den-91k"));
    QCOMPARE(plan.spaces.size(), std::size_t{3});
    QVERIFY(fileOf(cellOf(plan, 0, 1), FileRole::Grayordinates)
                .ends_with("PA_Atlas_MSMAll_hp2000_clean.dtseries.nii"));
    QCOMPARE(cellOf(plan, 0, 1).shape, (Shape{4, 5}));
    QCOMPARE(plan.surfaces.size(), std::size_t{4});
    QCOMPARE(plan.surfaces[0].person, std::string("100610"));
    // The folder of one person alone.
    const ImportPlan one = planImport(folder.path("100610"));
    QCOMPARE(one.people, (std::vector<std::string>{"100610"}));
    QCOMPARE(one.runs.size(), std::size_t{2});
  }

  void shortClipsHoldRunsInOneArray() {
    const SourceFolder folder;
    for (const char* person : {"S01", "S02"}) {
      const std::uint64_t voxels = person == std::string("S01") ? 7 : 8;
      folder.hdf5(std::string("responses/") + person + "_responses.hdf",
                  {{"Y_train", {12, voxels}}, {"Y_test", {2, 5, voxels}}, {"run_onsets", {1}}});
      folder.hdf5(std::string("mappers/") + person + "_mappers.hdf", {{"voxel_to_flatmap_data", {3}}});
    }
    folder.hdf5("features/motion_energy.hdf", {{"X_train", {12, 3}}, {"X_test", {5, 3}}});
    folder.hdf5("stimuli/test.hdf", {{"stimuli", {20, 4, 4, 3}}});
    const ImportPlan plan = planImport(folder.path());
    QCOMPARE(countOf(plan.findings, Severity::Error), std::size_t{0});
    QVERIFY(plan.layout == ImportLayout::ShortClips);
    QCOMPARE(plan.people, (std::vector<std::string>{"S01", "S02"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"test", "train_run-1"}));
    QCOMPARE(cellOf(plan, 1, 0).shape, (Shape{5, 8}));
    QCOMPARE(cellOf(plan, 1, 0).repeats, std::int64_t{2});
    QCOMPARE(cellOf(plan, 0, 1).shape, (Shape{12, 7}));
    QCOMPARE(fileOf(cellOf(plan, 0, 1), FileRole::Array), std::string("responses/S01_responses.hdf:Y_train"));
    QCOMPARE(fileOf(cellOf(plan, 1, 1), FileRole::Mapper), std::string("mappers/S02_mappers.hdf"));
    QCOMPARE(plan.features.size(), std::size_t{1});
    QCOMPARE(plan.features[0].arrays.size(), std::size_t{2});
    QCOMPARE(plan.stimuli.size(), std::size_t{1});
    QCOMPARE(plan.stimuli[0].pictures, std::int64_t{20});
    EXPECT_FINDING(plan, Severity::Note, "", "each person's own space", "2 different sizes");
    EXPECT_FINDING(plan, Severity::Warning, "", "4 runs are arrays", "RepetitionTime");
  }

  void runOnsetsCutTheTrainingArray() {
    const SourceFolder folder;
    // Their values are 0, 1, 2: three runs of 1, 1 and 10 samples.
    folder.hdf5("responses/S01_responses.hdf",
                {{"Y_train", {12, 7}}, {"Y_test", {2, 5, 7}}, {"run_onsets", {3}}});
    const ImportPlan plan = planImport(folder.path());
    QCOMPARE(idsOf(plan.runs),
             (std::vector<std::string>{"test", "train_run-1", "train_run-2", "train_run-3"}));
    QCOMPARE(cellOf(plan, 0, 3).firstSample, std::int64_t{2});
    QCOMPARE(cellOf(plan, 0, 3).shape, (Shape{10, 7}));
  }

  void parcelSegmentsAreRuns() {
    const SourceFolder folder;
    const std::string tail =
        "_task-friends_space-MNI152NLin2009cAsym_atlas-Schaefer18_parcel-1000Par7Net_bold.h5";
    folder.hdf5("func/sub-01/sub-01" + tail,
                {{"ses-001_task-s01e02a", {6, 10}}, {"ses-002_task-s01e10a", {5, 10}}});
    folder.hdf5("func/sub-02/sub-02" + tail,
                {{"ses-003_task-s01e02a", {6, 10}}, {"ses-001_task-s01e10a", {5, 10}}});
    folder.film("stimuli/movies/friends/s1/friends_s01e02a.mkv");
    const ImportPlan plan = planImport(folder.path());
    QCOMPARE(countOf(plan.findings, Severity::Error), std::size_t{0});
    QVERIFY(plan.layout == ImportLayout::Parcels);
    QCOMPARE(plan.people, (std::vector<std::string>{"sub-01", "sub-02"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"task-s01e02a", "task-s01e10a"}));
    QCOMPARE(plan.space, std::string("MNI152NLin2009cAsym_atlas-Schaefer18_parcel-1000Par7Net"));
    QCOMPARE(fileOf(cellOf(plan, 1, 1), FileRole::Array),
             "func/sub-02/sub-02" + tail + ":ses-001_task-s01e10a");
    QCOMPARE(cellOf(plan, 1, 1).shape, (Shape{5, 10}));
    QCOMPARE(plan.stimuli.size(), std::size_t{1});
  }

  void plainFoldersNamePeople() {
    const SourceFolder folder;
    for (const char* person : {"data/P1", "data/P2", "data/P10"}) {
      folder.npy(std::string(person) + "/run1.npy", 6, 20);
      folder.npy(std::string(person) + "/run2.npy", 5, 20);
      folder.text(std::string(person) + "/run1.json", "{\"RepetitionTime\": 1}");
      folder.text(std::string(person) + "/run2.json", "{\"RepetitionTime\": 1}");
    }
    folder.film("film.mp4");
    folder.table("labels/scene.tsv", "faces", 11);
    for (const char* picture : {"pictures/1.png", "pictures/2.png"}) folder.text(picture, "x");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_CLEAN(plan);
    QVERIFY(plan.layout == ImportLayout::Plain);
    QCOMPARE(plan.people, (std::vector<std::string>{"P1", "P2", "P10"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"run1", "run2"}));
    QCOMPARE(cellOf(plan, 2, 1).shape, (Shape{5, 20}));
    QCOMPARE(cellOf(plan, 2, 1).trSec, std::optional<double>(1.0));
    QCOMPARE(plan.tables.size(), std::size_t{1});
    QCOMPARE(plan.tables[0].rows, std::int64_t{11});
    QCOMPARE(plan.stimuli.size(), std::size_t{2});
    QCOMPARE(plan.stimuli[1].pictures, std::int64_t{2});
  }

  void plainFilesNamePeople() {
    const SourceFolder folder;
    folder.npy("P1_film.npy", 6, 20);
    folder.npy("P2_film.npy", 6, 20);
    ImportPlan plan = planImport(folder.path());
    QCOMPARE(plan.people, (std::vector<std::string>{"P1", "P2"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"film"}));
    const SourceFolder arrays;
    arrays.hdf5("P1.h5", {{"run1", {4, 5}}, {"run2", {3, 5}}, {"note", {2}}});
    arrays.hdf5("P2.h5", {{"run1", {4, 5}}, {"run2", {3, 5}}});
    plan = planImport(arrays.path());
    QCOMPARE(plan.people, (std::vector<std::string>{"P1", "P2"}));
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"run1", "run2"}));
    QCOMPARE(fileOf(cellOf(plan, 1, 1), FileRole::Array), std::string("P2.h5:run2"));
  }

  void plainHemispheresArePaired() {
    const SourceFolder folder;
    for (const char* person : {"P1", "P2"}) {
      folder.series(std::string(person) + "/lh.film.func.gii", 10242, 3);
      folder.series(std::string(person) + "/rh.film.func.gii", 10242, 3);
    }
    folder.text("P1/map.dscalar.nii", "what is no series is not looked at");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_CLEAN(plan);
    QCOMPARE(idsOf(plan.runs), (std::vector<std::string>{"film"}));
    QCOMPARE(cellOf(plan, 1, 0).shape, (Shape{3, 20484}));
    QCOMPARE(cellOf(plan, 1, 0).space, std::string("fsaverage5"));
  }

  void textAlignsPeopleAndRuns() {
    const SourceFolder folder;
    makeFmriprep(folder);
    folder.remove("sub-02/func/sub-02_task-film_run-10_hemi-L_space-fsaverage5_bold.func.gii");
    folder.remove("sub-02/func/sub-02_task-film_run-10_hemi-R_space-fsaverage5_bold.func.gii");
    const std::string text = importText(planImport(folder.path()));
    QVERIFY2(text.find("          task-film_run-2  task-film_run-10\n"
                       "  sub-01  3 x 20484        3 x 20484\n"
                       "  sub-02  3 x 20484        -\n") != std::string::npos,
             text.c_str());
    QVERIFY(text.find("Warnings (1):\n  sub-02 task-film_run-10: this person has no such run") !=
            std::string::npos);
    QVERIFY(text.find("people: 2, runs: 2, space: fsaverage5, TR: 2 s\n") != std::string::npos);
  }

  void jsonHoldsThePlan() {
    const SourceFolder folder;
    makeFmriprep(folder);
    const auto json = nlohmann::json::parse(importJson(planImport(folder.path())));
    QCOMPARE(json.at("importable").get<bool>(), true);
    QCOMPARE(json.at("layout").get<std::string>(), std::string("fMRIPrep derivatives"));
    QCOMPARE(json.at("holdsVoxels").get<bool>(), false);
    const auto& cell = json.at("people").at(0).at("runs").at("task-film_run-2");
    QCOMPARE(cell.at("shape").get<Shape>(), (Shape{3, 20484}));
    QCOMPARE(cell.at("files").at(0).at("role").get<std::string>(), std::string("left"));
    QCOMPARE(json.at("findings").at(0).at("severity").get<std::string>(), std::string("note"));
  }
};

QTEST_GUILESS_MAIN(TestImportLayouts)
#include "tst_import_layouts.moc"
