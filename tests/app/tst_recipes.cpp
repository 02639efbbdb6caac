// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <cmath>

#include "app/public_layouts.h"
#include "core/import/import_stage.h"
#include "io/arrays/npy.h"
#include "io/media/media.h"
#include "study/checks/read_study.h"
#include "study/document/findings.h"
#include "study/pipeline/results.h"
#include "support/expect.h"
#include "support/run_program.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

namespace fs = std::filesystem;

/// The commands of resources/guide/public-data-sets.md on small folders of those layouts. `--network` stands
/// for the materials, which a test does not have.
class RecipesTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { writeTinyNetwork(file("network.onnx")); }
  void fmriprepOnFsaverage5();
  void hcpMovies();
  void shortClips();
  void voxelsOfShortClipsAreKept();
  void picturesBecomeTheFilm();
  void algonautsParcels();
  void otherNumberOfParcelsIsRefused();
  void clipsWithoutAMapperAreRefused();
  void brokenMapperIsNamed();

 private:
  fs::path file(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

  /// Runs in the folder that holds the data, as the guide's reader does.
  ProgramOutcome import(const QStringList& arguments) const {
    return runProgram("cortexscope-cli",
                      QStringList{"import"} + arguments + QStringList{"--network", "network.onnx"}, {},
                      m_folder.path());
  }

  /// What cleaning makes of a run; vertices without values are 0.
  static MatrixD cleaned(MatrixF values, double trSec, const MatrixD& motion = MatrixD(kRecipeSamples, 0)) {
    const MatrixF measured = values.unaryExpr([](float x) { return std::isfinite(x) ? x : 0.0f; });
    MatrixD clean = plainlyCleaned(measured.cast<double>(), motion, trSec);
    for (Index v = 0; v < values.cols(); ++v)
      if (!values.col(v).allFinite()) clean.col(v).setZero();
    return clean;
  }

  /// The short clips' repeats of the test run on the cortex.
  static std::vector<MatrixD> testRepeats(int person) {
    std::vector<MatrixD> repeats;
    for (Index repeat = 0; repeat < kClipRepeats; ++repeat)
      repeats.push_back(cleaned(
          mappedClips(recipeValues(person, 9, kClipVoxels) + recipeValues(person, 2 + repeat, kClipVoxels),
                      person),
          2));
    return repeats;
  }

  QTemporaryDir m_folder;
};

void RecipesTest::fmriprepOnFsaverage5() {
  writeBudapest(m_folder.path().toStdString());
  const ProgramOutcome made =
      import({"derivatives", "--study", "budapest", "--surfaces", "fsaverage5", "--film",
              "task-movie_run-1=films/part1.mkv", "--film", "task-movie_run-2=films/part2.mkv", "--film",
              "task-movie_run-3=films/part3.mkv"});
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  const Study study = readStudy(file("budapest"));
  QCOMPARE(study.cortex.space, std::string("fsaverage5"));
  QCOMPARE(study.people.front().id, std::string("sub-sid000005"));
  QCOMPARE(study.stimuli.size(), std::size_t(3));
  QVERIFY(study.runs.back().heldOut);
  for (Index run = 0; run < kRecipeRuns; ++run) {
    const MatrixD motion = measuredMotion(0, run).topRows(kRecipeSamples);
    const MatrixD expected = cleaned(recipeValues(0, run, 2 * 10242), 1, motion);
    QVERIFY(largestDifference(runOf(study, 0, run), expected) < 2e-3);
  }
}

void RecipesTest::hcpMovies() {
  writeHcpMovies(m_folder.path().toStdString());
  const ProgramOutcome made =
      import({"hcp", "--study", "movies", "--film", "tfMRI_MOVIE1_7T_AP=films/movie1.mp4", "--film",
              "tfMRI_MOVIE2_7T_PA=films/movie2.mp4", "--film", "tfMRI_MOVIE3_7T_PA=films/movie3.mp4"});
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  const Study study = readStudy(file("movies"));
  QCOMPARE(study.cortex.space, std::string("fsLR 32k"));
  QCOMPARE(study.people.front().maskedTargets, 2 * kFsLrWall);
  constexpr Index kKept = kFsLrVertices - kFsLrWall;
  for (Index run = 0; run < kRecipeRuns; ++run) {
    const MatrixD expected = cleaned(recipeValues(0, run, 2 * kKept), 1);
    const MatrixD imported = runOf(study, 0, run);
    QVERIFY(largestDifference(imported.leftCols(kKept), expected.leftCols(kKept)) < 1e-3);
    QVERIFY(largestDifference(imported.middleCols(kFsLrVertices, kKept), expected.rightCols(kKept)) < 1e-3);
    QVERIFY(imported.rightCols(kFsLrWall).isZero(0));
  }
}

void RecipesTest::shortClips() {
  writeShortClips(m_folder.path().toStdString());
  const ProgramOutcome made = import(
      {"shortclips", "--study", "clips", "--tr", "2", "--pictures-per-sec", "15", "--surfaces", "fsaverage"});
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  const Study study = readStudy(file("clips"));
  QCOMPARE(study.runs.size(), std::size_t(3));
  QCOMPARE(study.runs[0].id, std::string("test"));
  QCOMPARE(study.runs[1].stimulus, std::string("train_00"));
  QCOMPARE(study.runs[2].stimulus, std::string("train_01"));
  QVERIFY(study.runs[0].heldOut && !study.runs[1].heldOut && !study.runs[2].heldOut);
  for (int person = 0; person < 2; ++person) {
    const auto p = std::size_t(person);
    for (Index run = 0; run < 2; ++run) {
      const MatrixD expected = cleaned(mappedClips(recipeValues(person, run, kClipVoxels), person), 2);
      QVERIFY(largestDifference(runOf(study, p, run + 1), expected) < 1e-3);
    }
    const std::vector<MatrixD> repeats = testRepeats(person);
    const MatrixD mean = (repeats[0] + repeats[1] + repeats[2]) / 3;
    const MatrixF ceiling = readNpy(study.path(study.people[p].noiseCeiling));
    QCOMPARE(study.people[p].repeats, int(kClipRepeats));
    for (Index v = 0; v < 2 * kSmallHalf; ++v) {
      // The repeats have variance 1: that of their mean is signal, and a third of the noise.
      const double variance = mean.col(v).squaredNorm() / double(kRecipeSamples);
      const double ev = std::max(0.0, variance - (1 - variance) / 2);
      const double best = v % kSmallHalf < kSmallHalf - 10 ? std::sqrt(3 * ev / (1 + 2 * ev)) : 0;
      QVERIFY(std::abs(double(ceiling(v, 0)) - best) < 1e-3);
      if (variance == 0) continue;
      QVERIFY(largestDifference(runOf(study, p, 0).col(v), mean.col(v) / std::sqrt(variance)) < 1e-3);
    }
    QCOMPARE(study.people[p].maskedTargets, Index(20));
  }
}

void RecipesTest::voxelsOfShortClipsAreKept() {
  const ProgramOutcome made =
      import({"shortclips", "--study", "clip-voxels", "--tr", "2", "--pictures-per-sec", "15", "--surfaces",
              "fsaverage", "--keep-voxels"});
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  const Study study = readStudy(file("clip-voxels"));
  const Results results = loadResults(study);
  for (int person = 0; person < 2; ++person) {
    const auto p = std::size_t(person);
    const MatrixD voxels = cleaned(recipeValues(person, 0, kClipVoxels), 2);
    QVERIFY(largestDifference(runOf(study, p, 1), voxels) < 1e-3);
    const Run& run = study.runs[1];
    const MatrixF shown = results.people[p].measured->rows(run.firstSample, run.sampleCount);
    const MatrixF expected = mappedClips(voxels.cast<float>(), person);
    QCOMPARE(shown.cols(), 2 * kSmallHalf);
    for (Index v = 0; v < shown.cols(); ++v)
      QVERIFY(expected.col(v).allFinite() ? largestDifference(shown.col(v), expected.col(v)) < 1e-3
                                          : shown.col(v).array().isNaN().all());
    QVERIFY(results.people[p].noiseCeiling.head(100).maxCoeff() > 0.5f);
    QCOMPARE(readNpy(study.path(study.people[p].noiseCeiling)).rows(), kClipVoxels);
    QCOMPARE(study.people[p].maskedTargets, Index(0));
    QVERIFY(!results.people[p].view.voxels()->places);
  }
}

void RecipesTest::picturesBecomeTheFilm() {
  const Study study = readStudy(file("clips"));
  const Stimulus& film = study.stimulus("train_01");
  QCOMPARE(film.file.extension().string(), std::string(".mkv"));
  VideoReader reader(study.path(film.file));
  QVERIFY(std::abs(reader.info().durationSec - 60) < 0.1);
  // Pictures follow the numbers in their names, 9 before 10, and lose nothing.
  for (const int number : {0, 9, 10, 899}) {
    const VideoFrame& frame = reader.frameAt((number + 0.5) / 15);
    QCOMPARE(frame.width, 64);
    QCOMPARE(frame.height, 48);
    const std::array<int, 3> expected{number * 4 % 256, 80, number * 7 % 256};
    for (std::size_t i = 0; i < frame.rgb.size(); ++i) QCOMPARE(int(frame.rgb[i]), expected[i % 3]);
  }
  const ProgramOutcome unsaid =
      import({"shortclips", "--study", "unsaid", "--tr", "2", "--surfaces", "fsaverage"});
  QCOMPARE(unsaid.status, 3);
  QVERIFY2(unsaid.complaint.contains("--pictures-per-sec"), qPrintable(unsaid.complaint));
}

void RecipesTest::algonautsParcels() {
  writeAlgonauts(m_folder.path().toStdString());
  const ProgramOutcome made =
      import({"algonauts", "--study", "parcels", "--tr", "1.49", "--surfaces", "surfaces"});
  QVERIFY2(made.status == 0, qPrintable(made.complaint));
  const Study study = readStudy(file("parcels"));
  QCOMPARE(study.people.size(), std::size_t(2));
  QCOMPARE(study.samplePeriodSec, 1.49);
  for (std::size_t person = 0; person < 2; ++person)
    for (Index run = 0; run < kRecipeRuns; ++run) {
      const MatrixD parcels = cleaned(recipeValues(int(person), run, kParcels), 1.49);
      MatrixD expected = MatrixD::Zero(kRecipeSamples, 2 * kSmallHalf);
      for (Index v = 0; v < expected.cols(); ++v)
        if (parcelAt(v) >= 0) expected.col(v) = parcels.col(parcelAt(v));
      QVERIFY(largestDifference(runOf(study, person, run), expected) < 1e-3);
    }
  const Findings findings = readProblems(file("parcels"));
  QVERIFY(std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.what.starts_with("12 parcels are shown on 304 vertices") &&
           finding.what.find("share one series") != std::string::npos;
  }));
}

void RecipesTest::otherNumberOfParcelsIsRefused() {
  const ProgramOutcome made =
      import({"algonauts", "--study", "refused", "--tr", "1.49", "--surfaces", "wrong"});
  QCOMPARE(made.status, 3);
  QVERIFY2(made.complaint.contains("12 parcels") && made.complaint.contains("10 parcels"),
           qPrintable(made.complaint));
  fs::remove(file("wrong/lh.Schaefer2018_1000Parcels_7Networks_order.annot"));
  const ProgramOutcome none =
      import({"algonauts", "--study", "refused", "--tr", "1.49", "--surfaces", "wrong"});
  QCOMPARE(none.status, 3);
  QVERIFY2(none.complaint.contains("none is there"), qPrintable(none.complaint));
  // Two that fit: nothing says which one is meant.
  for (const std::string side : {"lh", "rh"})
    fs::copy_file(file("surfaces/" + side + ".Schaefer2018_1000Parcels_7Networks_order.annot"),
                  file("surfaces/" + side + ".other.annot"));
  const ProgramOutcome two =
      import({"algonauts", "--study", "refused", "--tr", "1.49", "--surfaces", "surfaces"});
  QCOMPARE(two.status, 3);
  QVERIFY2(two.complaint.contains("both fit"), qPrintable(two.complaint));
  QVERIFY(!fs::exists(file("refused")));
}

void RecipesTest::clipsWithoutAMapperAreRefused() {
  fs::copy(file("shortclips"), file("unmapped"), fs::copy_options::recursive);
  fs::remove(file("unmapped/mappers/S02_mappers.hdf"));
  const QStringList rest{"--tr", "2", "--pictures-per-sec", "15", "--surfaces", "fsaverage"};
  const ProgramOutcome one = import(QStringList{"unmapped", "--study", "one"} + rest);
  QCOMPARE(one.status, 3);
  QCOMPARE(readStudy(file("one")).people.size(), std::size_t(1));
  fs::remove(file("unmapped/mappers/S01_mappers.hdf"));
  const ProgramOutcome none = import(QStringList{"unmapped", "--study", "none"} + rest);
  QCOMPARE(none.status, 3);
  QVERIFY2(none.complaint.contains("mappers/PERSON_mappers.hdf"), qPrintable(none.complaint));
}

void RecipesTest::brokenMapperIsNamed() {
  fs::copy(file("shortclips"), file("broken"), fs::copy_options::recursive);
  fs::copy_file(file("broken/responses/S02_responses.hdf"), file("broken/mappers/S02_mappers.hdf"),
                fs::copy_options::overwrite_existing);
  for (const QStringList& more : {QStringList{}, QStringList{"--keep-voxels"}}) {
    const ProgramOutcome made =
        import(QStringList{"broken", "--study", "half", "--tr", "2", "--pictures-per-sec", "15", "--surfaces",
                           "fsaverage", "--replace"} +
               more);
    QCOMPARE(made.status, 3);
    const Study study = readStudy(file("half"));
    QCOMPARE(study.people.size(), std::size_t(1));
    QVERIFY2(made.said.contains("S02_mappers.hdf") && made.said.contains("voxel_to_fsaverage_shape"),
             qPrintable(made.said));
  }
}

}  // namespace

QTEST_GUILESS_MAIN(RecipesTest)
#include "tst_recipes.moc"
