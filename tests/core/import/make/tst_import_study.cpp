// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/import_study.h"

#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "core/import/import_stage.h"
#include "core/io/made/made_file.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "study/checks/read_study.h"
#include "study/document/findings.h"
#include "study/labels/label_source.h"
#include "study/pipeline/results.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// The definition of sampling: every vertex is the weighted sum of voxels.
MatrixD plainlySampled(const MatrixF& voxels, const MatrixD& weights) {
  MatrixD sampled = MatrixD::Zero(voxels.rows(), weights.rows());
  for (Index v = 0; v < weights.rows(); ++v)
    for (Index voxel = 0; voxel < weights.cols(); ++voxel)
      if (weights(v, voxel) > 0) sampled.col(v) += weights(v, voxel) * voxels.col(voxel).cast<double>();
  return sampled;
}

}  // namespace

class ImportStudyTest : public QObject, protected ImportStage {
  Q_OBJECT

 private slots:
  void initTestCase() { writeMeasuredSources(); }
  void volumesAreSampledAndCleaned();
  void hemispheresKeepTheirOrder();
  void grayordinatesGoToTheirVertices();
  void studyOpensLikeAnyOther();
  void onsetsDropsAndSliceTimesMoveTheFilm();
  void onsetMayBeGiven();
  void peopleMaySeeFilmsInAnyOrder();
  void repeatsBecomeTheirMean();
  void oneRunIsDivided();
  void chosenDataSetsAreRead();
  void surfacesInTheSourceAreTaken();
  void labelsFitTheSamples();
};

void ImportStudyTest::volumesAreSampledAndCleaned() {
  const ImportOutcome outcome = imported(path("volumes"), choicesFor("volumes-study"));
  const Study& study = outcome.study;
  QCOMPARE(study.people.size(), std::size_t(3));
  QCOMPARE(study.runs.size(), std::size_t(kMeasuredRuns));
  const Points places = MeasuredGrid().places();
  const MatrixD weights = plainWeights(5);
  for (int person : {0, 2})
    for (Index run : {Index(0), Index(3)}) {
      const MatrixD sampled = plainlySampled(measuredSignal(places, person, run, {}), weights);
      const MatrixD expected = plainlyCleaned(sampled, measuredMotion(person, run), kMeasuredTrSec);
      QVERIFY(largestDifference(runOf(study, std::size_t(person), run), expected) < 2e-3);
    }
  QCOMPARE(study.people[0].maskedTargets, Index(0));
  QCOMPARE(study.people[0].coverage.value(), 1.0);
  const std::vector<double> depths{0.1, 0.3, 0.5, 0.7, 0.9};
  QCOMPARE(study.origin.depths.size(), depths.size());
  for (std::size_t i = 0; i < depths.size(); ++i) QCOMPARE(study.origin.depths[i], depths[i]);
  QCOMPARE(study.origin.cleaning.size(), std::size_t(4));
  QCOMPARE(study.origin.trFrom, std::string("header"));
  QCOMPARE(study.origin.space.substr(0, 6), std::string("MNI152"));
  QVERIFY(!study.simulated);
}

void ImportStudyTest::hemispheresKeepTheirOrder() {
  const ImportOutcome outcome = imported(path("gifti"), choicesFor("gifti-study"));
  const Study& study = outcome.study;
  QCOMPARE(study.people.size(), std::size_t(3));
  for (int person = 0; person < 3; ++person) {
    const MatrixD expected = plainlyCleaned(measuredVertices(person, 2, {}).cast<double>(),
                                            MatrixD(kMeasuredSamples, 0), kMeasuredTrSec);
    MatrixD measured = runOf(study, std::size_t(person), 2);
    QVERIFY(largestDifference(measured.leftCols(kHalf - 10), expected.leftCols(kHalf - 10)) < 1e-3);
    QVERIFY(largestDifference(measured.middleCols(kHalf, kHalf - 10),
                              expected.middleCols(kHalf, kHalf - 10)) < 1e-3);
    QVERIFY(measured.middleCols(kHalf - 10, 10).isZero(0) && measured.rightCols(10).isZero(0));
    QCOMPARE(study.people[std::size_t(person)].maskedTargets, Index(20));
  }
  VERIFY_FINDING(outcome.findings, Severity::Note, "sub-02", "20 of 324 vertices", "6 %");
  QCOMPARE(study.cortex.space, std::string("tiny"));
}

void ImportStudyTest::grayordinatesGoToTheirVertices() {
  const Study study = imported(path("cifti"), choicesFor("cifti-study")).study;
  for (int person = 0; person < 2; ++person) {
    MatrixD expected = plainlyCleaned(measuredVertices(person, 1, {}).cast<double>(),
                                      MatrixD(kMeasuredSamples, 0), kMeasuredTrSec);
    expected.middleCols(kHalf - 10, 10).setZero();
    expected.rightCols(10).setZero();
    QVERIFY(largestDifference(runOf(study, std::size_t(person), 1), expected) < 1e-3);
    QCOMPARE(study.people[std::size_t(person)].maskedTargets, Index(20));
  }
}

void ImportStudyTest::studyOpensLikeAnyOther() {
  const Study study = readStudy(path("gifti-study"));
  for (Index run = 0; run < kMeasuredRuns; ++run) {
    QCOMPARE(study.runs[std::size_t(run)].id, measuredRun(run));
    QCOMPARE(study.runs[std::size_t(run)].stimulusStartSec, double(firstSecond(run)));
    QCOMPARE(study.runs[std::size_t(run)].heldOut, run == kMeasuredRuns - 1);
  }
  const Results results = loadResults(study);
  QCOMPARE(results.anatomical.vertexCount(), 2 * kHalf);
  QCOMPARE(results.inflated.vertexCount(), 2 * kHalf);
  QCOMPARE(results.underlay.size(), 2 * kHalf);
  QVERIFY(results.regions.keys.empty());
  QVERIFY(results.anatomical.left.points.isApprox(measuredSurface(Hemisphere::Left, true, 2).points, 1e-5f));
  QCOMPARE(readProblems(study.folder).empty(), false);
  std::ofstream(study.path("problems.json")) << "{\"format\": ";
  EXPECT_ERROR(ErrorCode::BadFile, readProblems(study.folder), "problems.json", "no list of problems");
  std::ofstream(study.path("problems.json")) << "{\"format\": \"letters\", \"version\": 1}";
  EXPECT_ERROR(ErrorCode::BadFile, refuseOpenErrors(study.folder), "problems.json");
  // Nothing but surfaces is needed to open it.
  nlohmann::json json = nlohmann::json::parse(std::ifstream(study.path("study.json")));
  for (const char* key : {"leftInflated", "rightInflated", "underlay"}) json["cortex"].erase(key);
  std::ofstream(study.path("study.json")) << json;
  QCOMPARE(loadResults(readStudy(study.folder)).inflated.vertexCount(), Index(0));
  json["cortex"]["leftInflated"] = json["cortex"]["leftSurface"];
  std::ofstream(study.path("study.json")) << json;
  EXPECT_ERROR(ErrorCode::BadFile, readStudy(study.folder), "one hemisphere alone");
}

void ImportStudyTest::onsetsDropsAndSliceTimesMoveTheFilm() {
  const fs::path source = fresh("timed");
  for (int run = 1; run <= 3; ++run) {
    const std::string stem = "sub-01/func/sub-01_task-x_run-" + textOf(run);
    const fs::path hemi = source / (stem + "_hemi-L_space-tiny_bold");
    fs::create_directories(hemi.parent_path());
    const MatrixF values = counted(40, run - 1);
    for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
      const bool left = side == Hemisphere::Left;
      std::vector<NamedMap> maps;
      for (Index t = 0; t < values.rows(); ++t)
        maps.push_back({"", values.row(t).segment(left ? 0 : kHalf, kHalf).transpose()});
      const fs::path file = source / (stem + (left ? "_hemi-L" : "_hemi-R") + "_space-tiny_bold");
      writeGiftiShape(fs::path(file).concat(".func.gii"), maps, side, "");
      // Slices were moved to the start of each sample in run 3, to its middle in the others.
      std::ofstream(fs::path(file).concat(".json"))
          << "{\"RepetitionTime\": 2, \"StartTime\": " << (run == 3 ? 0 : 1) << "}";
    }
    // The film of 60 s begins 5 s, 0 s, 0 s after the first sample.
    std::ofstream(source / (stem + "_events.tsv")) << "onset\tduration\tstim_file\n"
                                                   << (run == 1 ? 5 : 0) << "\t60\tfilm" << run << ".mkv\n";
    fs::create_directories(source / "stimuli");
    writeTinyFilm(source / "stimuli" / ("film" + textOf(run) + ".mkv"), 60);
  }
  ImportChoices choices = choicesFor("timed-study");
  choices.films.clear();
  choices.cleaning = CleaningPlan{DropFirst{2}};
  const Study study = imported(source, choices).study;
  QCOMPARE(study.runs.size(), std::size_t(3));
  // Run 1: sample 3 starts at 6 s, 1 s into the film. Run 2: two samples are dropped. Run 3: sample 2 stands
  // for the time around 4 s, from 3 s on.
  const std::vector<Index> first{3, 2, 2}, count{29, 28, 28};
  const std::vector<double> start{1, 4, 3};
  for (std::size_t run = 0; run < 3; ++run) {
    QCOMPARE(study.runs[run].stimulusStartSec, start[run]);
    QCOMPARE(study.runs[run].sampleCount, count[run]);
    const MatrixD expected = counted(40, Index(run)).middleRows(first[run], count[run]).cast<double>();
    QCOMPARE(largestDifference(runOf(study, 0, Index(run)), expected), 0.0);
  }
}

void ImportStudyTest::onsetMayBeGiven() {
  const fs::path source = plainSource("given", 1, {60, 60, 60}, 1);
  ImportChoices choices = choicesFor("given-study");
  choices.films.clear();
  choices.films[""].onsetSec = 10;
  choices.films["run-2"].onsetSec = 2.25;
  choices.films["run-2"].filmStartSec = 20;
  choices.cleaning = CleaningPlan{};
  const Study study = imported(source, choices).study;
  // The second run's sample 3 begins 0.75 s after the film, at its second 20.75; 39 s of it are left.
  const std::vector<Index> first{10, 3, 10}, count{50, 39, 50};
  const std::vector<double> start{0, 20.75, 0};
  for (std::size_t run = 0; run < 3; ++run) {
    QCOMPARE(study.runs[run].stimulusStartSec, start[run]);
    QCOMPARE(study.runs[run].sampleCount, count[run]);
    const MatrixD expected = counted(60, Index(run)).middleRows(first[run], count[run]).cast<double>();
    QCOMPARE(largestDifference(runOf(study, 0, Index(run)), expected), 0.0);
  }
}

void ImportStudyTest::peopleMaySeeFilmsInAnyOrder() {
  const fs::path source = plainSource("crossed", 2, {60, 60, 60}, 1);
  for (int person = 1; person <= 2; ++person)
    for (int run = 1; run <= 3; ++run) {
      const std::string id = "P" + textOf(person);
      const std::string from = "run-" + textOf(run), stem = "sub-" + id + "_task-x_run-" + textOf(run);
      // Person 2 sees the films the other way round.
      const int film = person == 1 ? run : 4 - run;
      fs::create_directories(source / ("sub-" + id));
      for (const char* ending : {".npy", ".json"})
        fs::rename(source / id / (from + ending), source / ("sub-" + id) / (stem + "_bold" + ending));
      std::ofstream(source / ("sub-" + id) / (stem + "_events.tsv"))
          << "onset\tduration\tstim_file\n0\t60\trun-" << film << ".mkv\n";
    }
  ImportChoices choices = choicesFor("crossed-study");
  choices.films.clear();
  choices.cleaning = CleaningPlan{};
  ImportPlan plan = planImport(source);
  // Plain arrays have no events of their own; they are put beside each run as a BIDS folder has them.
  for (std::size_t person = 0; person < 2; ++person)
    for (std::size_t run = 0; run < 3; ++run)
      if (plan.cells[person][run]->file(FileRole::Events) == nullptr)
        plan.cells[person][run]->files.push_back({FileRole::Events,
                                                  "sub-P" + textOf(person + 1) + "/sub-P" +
                                                      textOf(person + 1) + "_task-x_run-" + textOf(run + 1) +
                                                      "_events.tsv",
                                                  {}});
  const Study study = importStudy(plan, choices, {}).study;
  QCOMPARE(study.runs.size(), std::size_t(3));
  for (Index run = 0; run < 3; ++run) {
    QCOMPARE(study.runs[std::size_t(run)].stimulus, "run-" + textOf(run + 1));
    QCOMPARE(largestDifference(runOf(study, 0, run), counted(60, run).cast<double>()), 0.0);
    QCOMPARE(largestDifference(runOf(study, 1, run), counted(60, 2 - run).cast<double>()), 0.0);
  }
}

void ImportStudyTest::repeatsBecomeTheirMean() {
  const fs::path source = plainSource("repeated", 1, {60, 60, 60, 60}, 1);
  ImportChoices choices = choicesFor("repeated-study");
  choices.films.clear();
  // Runs 2 and 4 show one film.
  choices.films["run-4"].file = "stimuli/run-2.mkv";
  choices.cleaning = CleaningPlan{ZScore{}, AverageRepeats{}};
  MatrixF other = counted(60, 3).array().sin().matrix();
  writeNpy(source / "P1" / "run-4.npy", other);
  const Study study = imported(source, choices).study;
  QCOMPARE(study.runs.size(), std::size_t(3));
  const auto scored = [](const MatrixF& values) {
    return plainlyCleaned(values.cast<double>(), MatrixD(60, 0), 1e-9);
  };
  const MatrixD mean = scored(((scored(counted(60, 1)) + scored(other)) / 2).cast<float>());
  QVERIFY(largestDifference(runOf(study, 0, 1), mean) < 1e-4);
  QVERIFY(study.runs[1].heldOut && !study.runs[0].heldOut && !study.runs[2].heldOut);
  QCOMPARE(study.people[0].repeats, 2);
}

void ImportStudyTest::oneRunIsDivided() {
  const fs::path source = plainSource("single", 1, {100}, 0.5);
  ImportChoices choices = choicesFor("single-study");
  choices.films.clear();
  choices.cleaning = CleaningPlan{};
  const ImportOutcome outcome = imported(source, choices);
  const Study& study = outcome.study;
  QCOMPARE(study.runs.size(), std::size_t(4));
  for (Index part = 0; part < 4; ++part) {
    QCOMPARE(study.runs[std::size_t(part)].sampleCount, Index(25));
    QCOMPARE(study.runs[std::size_t(part)].stimulusStartSec, 12.5 * double(part));
    QCOMPARE(study.runs[std::size_t(part)].heldOut, part == 3);
  }
  QCOMPARE(largestDifference(readNpy(study.path(study.people[0].responses)).cast<double>(),
                             counted(100, 0).cast<double>()),
           0.0);
  VERIFY_FINDING(outcome.findings, Severity::Note, "divided into 4");
  const fs::path shorter = plainSource("short", 1, {60}, 0.5);
  choices.study = fresh("short-study");
  EXPECT_ERROR(ErrorCode::BadShape, imported(shorter, choices), "60 samples");
  QVERIFY(!fs::exists(choices.study));
}

void ImportStudyTest::chosenDataSetsAreRead() {
  const fs::path source = plainSource("chosen", 1, {60, 60, 60}, 1);
  for (Index run = 0; run < 3; ++run) {
    const fs::path file = source / "P1" / ("run-" + textOf(run + 1) + ".npy");
    const std::string first = readTextFile(file);
    writeNpy(file, counted(60, run + 10));
    writeFileAtomically(fs::path(file).replace_extension(".npz"),
                        zipFile({{"a.npy", first}, {"b.npy", readTextFile(file)}}, true));
    fs::remove(file);
  }
  ImportChoices choices = choicesFor("chosen-study");
  choices.films.clear();
  choices.cleaning = CleaningPlan{};
  ImportRequest request;
  request.arrays = {arrayChoiceOf("a"), arrayChoiceOf("run-3.npz=b")};
  const Study study = imported(source, choices, request).study;
  QCOMPARE(study.runs.size(), std::size_t(3));
  for (Index run = 0; run < 3; ++run)
    QCOMPARE(largestDifference(runOf(study, 0, run), counted(60, run == 2 ? 12 : run).cast<double>()), 0.0);
}

void ImportStudyTest::surfacesInTheSourceAreTaken() {
  const auto addAnatomy = [&](const fs::path& source, const std::string& person, const std::string& space) {
    for (const char* side : {"lh", "rh"})
      for (const char* kind : {"white", "pial"}) {
        const std::string name =
            person + "_hemi-" + (side[0] == 'l' ? "L" : "R") + space + "_" + kind + ".surf.gii";
        fs::create_directories(source / person / "anat");
        fs::copy_file(path("surfaces") / (std::string(side) + "." + kind + ".surf.gii"),
                      source / person / "anat" / name);
      }
  };
  const fs::path series = fresh("anatomy-gifti"), volumes = fresh("anatomy-volumes");
  fs::copy(path("gifti"), series, fs::copy_options::recursive);
  fs::copy(path("volumes"), volumes, fs::copy_options::recursive);
  addAnatomy(series, "sub-02", "_space-tiny");
  for (const char* person : {"sub-01", "sub-02", "sub-03"}) addAnatomy(volumes, person, "");
  ImportChoices choices = choicesFor("anatomy-study");
  choices.surfaces.clear();
  const Study study = imported(series, choices).study;
  const Surface right = readSurface(study.path(study.cortex.rightSurface));
  QVERIFY(right.points.isApprox(measuredSurface(Hemisphere::Right, true, 2).points, 1e-5f));
  // People's surfaces lie in their T1w space, whatever a template's volumes look like.
  choices.study = fresh("anatomy-study-2");
  EXPECT_ERROR(ErrorCode::MissingFile, imported(volumes, choices), "white and pial", "MNI152", "T1w");
  const auto asT1w = [](std::string name) {
    const std::string from = "MNI152NLin6Asym";
    const std::size_t at = name.find(from);
    return at == std::string::npos ? name : name.replace(at, from.size(), "T1w");
  };
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(volumes)) files.push_back(entry.path());
  for (const fs::path& file : files) fs::rename(file, file.parent_path() / asT1w(file.filename().string()));
  // Meshes of their own have as many vertices by chance alone, so they are no common cortex.
  EXPECT_ERROR(ErrorCode::Unsupported, imported(volumes, choices), "3 people", "own space", "--leave-out");
  QCOMPARE(imported(volumes, choices, without({"sub-01", "sub-03"})).study.people.size(), std::size_t(1));
}

void ImportStudyTest::labelsFitTheSamples() {
  const MatrixD values = MatrixD::Random(kMeasuredRuns * kMeasuredSamples, 2);
  writeTsv(path("scene.tsv"), {"light", "calm"}, values);
  writeTsv(path("own.tsv"), {"liking"}, values.leftCols(1));
  ImportChoices choices = choicesFor("labelled-study");
  choices.labels = {{"scene", {{"", path("scene.tsv")}}},
                    {"ratings", {{"sub-01", path("own.tsv")}, {"sub-02", path("own.tsv")}}}};
  const Study study = imported(path("cifti"), choices).study;
  QCOMPARE(study.labels.size(), std::size_t(2));
  QCOMPARE(study.labels[0].items[1].name, std::string("calm"));
  QVERIFY(study.labels[1].perPerson);
  const MatrixD own = readLabelValues(study, study.labels[1], &study.people[1], nullptr).items.front();
  QVERIFY(test::largestDifference(own, values.leftCols(1)) < 1e-5);
  choices.study = fresh("labelled-study-2");
  choices.labels[1].files.pop_back();
  EXPECT_ERROR(ErrorCode::BadValue, imported(path("cifti"), choices), "sub-02", "no table");
  writeTsv(path("scene.tsv"), {"light", "calm"}, values.topRows(199));
  choices.labels = {{"scene", {{"", path("scene.tsv")}}}};
  EXPECT_ERROR(ErrorCode::BadShape, imported(path("cifti"), choices), "199 rows", "200 samples");
}

QTEST_GUILESS_MAIN(ImportStudyTest)
#include "tst_import_study.moc"
