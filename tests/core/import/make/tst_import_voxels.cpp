// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "core/import/import_stage.h"
#include "io/arrays/npy.h"
#include "study/checks/read_study.h"
#include "study/document/cortex_view.h"
#include "study/export/bids_derivatives.h"
#include "study/pipeline/pipeline.h"
#include "study/pipeline/result_files.h"
#include "study/pipeline/results.h"
#include "study/pipeline/summary.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

using Json = nlohmann::json;

constexpr int kDepths = 5;
constexpr float kNoMask = 1000;
constexpr float kTopMm = 4;  ///< of the second person's masks: above it there is nothing

std::vector<Index> voxelsIn(const MatrixD& weights) {
  std::vector<Index> voxels;
  for (Index voxel = 0; voxel < weights.cols(); ++voxel)
    if (weights.col(voxel).maxCoeff() > 1e-6) voxels.push_back(voxel);
  return voxels;
}

MatrixD columnsOf(const MatrixF& values, const std::vector<Index>& columns) {
  MatrixD chosen(values.rows(), std::ssize(columns));
  for (std::size_t i = 0; i < columns.size(); ++i)
    chosen.col(Index(i)) = values.col(columns[i]).cast<double>();
  return chosen;
}

}  // namespace

/// Studies whose people keep their voxels.
class ImportVoxelsTest : public QObject, protected ImportStage {
  Q_OBJECT

 private slots:
  void initTestCase();
  void responsesAreTheCleanedVoxels();
  void verticesShowWhatSamplingGives();
  void voxelsWithoutValuesHaveNoPart();
  void otherGridsAreNamed();
  void onlyVoxelsCanBeKept();
  void spoiledStudiesAreRefused();
  void whatIsLearnedStaysPerVoxel();
  void mapsSayWhatTheyAre();

 private:
  static float topOf(int person) { return person == 1 ? kTopMm : kNoMask; }
  ImportChoices keeping(const std::string& study) const {
    ImportChoices choices = choicesFor(study);
    choices.keepVoxels = true;
    return choices;
  }

  Study m_study;
  std::array<MatrixD, 3> m_weights;
};

void ImportVoxelsTest::initTestCase() {
  writeMeasuredFilm(path("volumes"));
  writeMeasuredVolumes(path("volumes"), {});
  // Masks of one run are smaller than those of the others: what counts is in all of them.
  for (Index run = 0; run < kMeasuredRuns; ++run)
    writeMeasuredMask(path("volumes"), 1, run, run == 2 ? kTopMm : 9);
  for (int person : {0, 1, 2}) m_weights[std::size_t(person)] = plainWeights(kDepths, topOf(person));
  const ImportOutcome outcome = imported(path("volumes"), keeping("voxels-study"));
  m_study = outcome.study;
  QCOMPARE(m_study.people.size(), std::size_t(3));
  VERIFY_FINDING(outcome.findings, Severity::Note, "sub-01", "voxels are kept", "0 of 324 vertices");
  VERIFY_FINDING(outcome.findings, Severity::Note, "sub-02", "voxels are kept", "no value");
  VERIFY_FINDING(outcome.findings, Severity::Note, "sub-02", "% of the cortex");
}

void ImportVoxelsTest::responsesAreTheCleanedVoxels() {
  const Points places = MeasuredGrid().places();
  for (int person : {0, 1, 2}) {
    const auto p = std::size_t(person);
    const std::vector<Index> voxels = voxelsIn(m_weights[p]);
    for (Index run : {Index(0), Index(2)}) {
      const MatrixD expected = plainlyCleaned(columnsOf(measuredSignal(places, person, run, {}), voxels),
                                              measuredMotion(person, run), kMeasuredTrSec);
      QVERIFY(largestDifference(runOf(m_study, p, run), expected) < 2e-3);
    }
    const KeptVoxels kept = readKeptVoxels(m_study.path(m_study.people[p].voxelsToVertices));
    QCOMPARE(kept.places->index.size(), voxels.size());
    for (std::size_t i = 0; i < voxels.size(); ++i) QCOMPARE(Index(kept.places->index[i]), voxels[i]);
    const Eigen::Vector4d first(0, 0, 0, 1);
    QVERIFY(((kept.places->grid.mmFromVoxel * first).head<3>() - MeasuredGrid().firstPlace().cast<double>())
                .norm() < 1e-6);
    QCOMPARE(m_study.people[p].maskedTargets, Index(0));
  }
  QVERIFY(voxelsIn(m_weights[1]).size() < voxelsIn(m_weights[0]).size());
  QCOMPARE(m_study.people[0].coverage.value(), 1.0);
  QVERIFY(m_study.people[1].coverage.value() < 0.9);
  QCOMPARE(m_study.origin.depths.size(), std::size_t(kDepths));
}

void ImportVoxelsTest::verticesShowWhatSamplingGives() {
  ImportChoices raw = keeping("raw-voxels"), plain = choicesFor("raw-vertices");
  raw.cleaning = plain.cleaning = CleaningPlan{};
  const Study voxels = imported(path("volumes"), raw).study;
  const Study vertices = imported(path("volumes"), plain).study;
  const Results results = loadResults(voxels);
  const Points places = MeasuredGrid().places();
  for (int person : {0, 1, 2}) {
    const auto p = std::size_t(person);
    for (Index run = 0; run < kMeasuredRuns; ++run) {
      const MatrixF shown =
          results.people[p].measured->rows(voxels.runs[std::size_t(run)].firstSample, kMeasuredSamples);
      const MatrixD expected =
          measuredSignal(places, person, run, {}).cast<double>() * m_weights[p].transpose();
      Index without = 0;
      for (Index v = 0; v < shown.cols(); ++v) {
        const bool reached = m_weights[p].row(v).sum() > 0;
        without += reached ? 0 : 1;
        QVERIFY(reached ? largestDifference(shown.col(v), expected.col(v)) < 1e-3
                        : shown.col(v).array().isNaN().all());
      }
      QCOMPARE(without > 0, person == 1);
      // Masks of runs differ, so that only whoever has none gets the same voxels either way.
      if (person != 1) QVERIFY(largestDifference(shown, runOf(vertices, p, run)) == 0);
    }
  }
}

void ImportVoxelsTest::voxelsWithoutValuesHaveNoPart() {
  // One voxel never changes: where it is seen, others stand for it.
  const fs::path source = fresh("constant");
  fs::copy(path("volumes"), source, fs::copy_options::recursive);
  const std::vector<Index> voxels = voxelsIn(m_weights[0]);
  const std::size_t dead = voxels.size() / 2;
  const MeasuredGrid grid;
  for (Index run = 0; run < kMeasuredRuns; ++run) {
    const fs::path file = source / "sub-01/func" /
                          ("sub-01_" + measuredRun(run) + "_space-MNI152NLin6Asym_desc-preproc_bold.nii");
    std::fstream volume(file, std::ios::in | std::ios::out | std::ios::binary);
    for (Index t = 0; t < kMeasuredSamples; ++t) {
      const float zero = 0;
      volume.seekp(352 + 4 * (t * grid.x * grid.y * grid.z + voxels[dead]));
      volume.write(reinterpret_cast<const char*>(&zero), sizeof zero);
    }
  }
  const ImportOutcome outcome = imported(source, keeping("constant-study"), without({"sub-02", "sub-03"}));
  const Person& person = outcome.study.people.front();
  QCOMPARE(person.maskedTargets, Index(1));
  VERIFY_FINDING(outcome.findings, Severity::Note, "sub-01", "1 of " + textOf(voxels.size()) + " voxels");
  QVERIFY(runOf(outcome.study, 0, 1).col(Index(dead)).isZero(0));
  const KeptVoxels kept = readKeptVoxels(outcome.study.path(person.voxelsToVertices));
  MatrixD expected = columnsOf(m_weights[0].cast<float>(), voxels);
  expected.col(Index(dead)).setZero();
  for (Index v = 0; v < expected.rows(); ++v) expected.row(v) /= expected.row(v).sum();
  QVERIFY(largestDifference(MatrixF(kept.means), expected) < 1e-4);
}

void ImportVoxelsTest::otherGridsAreNamed() {
  const fs::path source = fresh("moved");
  fs::copy(path("volumes"), source, fs::copy_options::recursive);
  const std::string moved =
      "sub-03/func/sub-03_" + measuredRun(2) + "_space-MNI152NLin6Asym_desc-preproc_bold.nii";
  std::fstream volume(source / moved, std::ios::in | std::ios::out | std::ios::binary);
  const float shifted = -20;  // mm, the first voxel's x
  volume.seekp(280 + 12);
  volume.write(reinterpret_cast<const char*>(&shifted), sizeof shifted);
  volume.close();
  const ImportOutcome outcome = imported(source, keeping("moved-study"));
  QCOMPARE(outcome.study.people.size(), std::size_t(2));
  VERIFY_FINDING(outcome.findings, Severity::Error, "sub-03", "must have the same voxels", measuredRun(2));
}

void ImportVoxelsTest::onlyVoxelsCanBeKept() {
  writeMeasuredFilm(path("gifti"));
  writeMeasuredGifti(path("gifti"), {.people = 1});
  const ImportChoices choices = keeping("no-voxels");
  EXPECT_ERROR(ErrorCode::BadValue, imported(path("gifti"), choices), "sub-01", measuredRun(0),
               "--keep-voxels");
  QVERIFY(!fs::exists(choices.study));
}

void ImportVoxelsTest::spoiledStudiesAreRefused() {
  const Study study = readStudy(m_study.folder);
  QVERIFY(study.people[1].keepsVoxels());
  const fs::path text = study.path("study.json"), matrix = study.path(study.people[0].voxelsToVertices);
  const std::string goodText = readTextFile(text), goodMatrix = readTextFile(matrix);
  const auto refused = [&](const char* key, const Json& value, ErrorCode code, const std::string& word) {
    Json json = Json::parse(goodText);
    json["people"][0][key] = value;
    writeFileAtomically(text, json.dump());
    EXPECT_ERROR(code, readStudy(study.folder), word);
  };
  refused("voxelsToVertices", "../elsewhere.npz", ErrorCode::BadFile, "leaves the study folder");
  refused("voxelsToVertices", "inputs/none.npz", ErrorCode::MissingFile, "none.npz");
  refused("voxelsToVertices", 7, ErrorCode::BadFile, "study.people[0].voxelsToVertices");
  refused("voxelsToVertices", study.people[0].responses.string(), ErrorCode::BadFile, "responses.npy");
  refused("voxelsToVertices", study.people[1].voxelsToVertices.string(), ErrorCode::BadShape, "voxels");
  refused("voxelsToVertices", "", ErrorCode::BadShape, "324");
  refused("maskedVoxels", 1.5, ErrorCode::BadFile, "maskedVoxels");
  writeFileAtomically(text, goodText);
  const auto otherMatrix = [&](const KeptVoxels& kept, ErrorCode code, const std::string& word) {
    writeKeptVoxels(matrix, kept);
    EXPECT_ERROR(code, readStudy(study.folder), "study.json", matrix.filename().string(), word);
  };
  KeptVoxels kept = readKeptVoxels(matrix);
  kept.places.reset();
  SparseRows more = kept.means;
  more.conservativeResize(kept.vertexCount() + 1, kept.voxelCount());
  otherMatrix({more}, ErrorCode::BadShape, "325 vertices");
  more = kept.means;
  more.conservativeResize(kept.vertexCount(), kept.voxelCount() + 1);
  otherMatrix({more}, ErrorCode::BadShape, textOf(kept.voxelCount() + 1));
  otherMatrix({SparseRows(kept.means * 2)}, ErrorCode::BadFile, "sum to 2");
  writeFileAtomically(matrix, goodMatrix.substr(0, goodMatrix.size() / 2));
  EXPECT_ERROR(ErrorCode::BadFile, readStudy(study.folder), matrix.filename().string());
  writeFileAtomically(matrix, goodMatrix);
  readStudy(study.folder);
}

void ImportVoxelsTest::whatIsLearnedStaysPerVoxel() {
  m_study.options.permutations = 200;
  runPipeline(m_study, {1, PipelineStep::Labels}, Job{});
  const Results results = loadResults(m_study);
  for (std::size_t p = 0; p < 3; ++p) {
    const MatrixF r = readNpy(ResultFiles(m_study).person(m_study.people[p].id, "heldout_r", ".npy"));
    const MatrixF q = readNpy(ResultFiles(m_study).person(m_study.people[p].id, "heldout_q", ".npy"));
    const std::vector<Index> voxels = voxelsIn(m_weights[p]);
    QCOMPARE(r.rows(), std::ssize(voxels));
    const MatrixD expected = columnsOf(m_weights[p].cast<float>(), voxels) * r.cast<double>();
    const Json facts =
        Json::parse(readTextFile(ResultFiles(m_study).person(m_study.people[p].id, "heldout_r", ".json")));
    QCOMPARE(facts.at("rows").get<std::string>(), std::string("voxels"));
    for (Index v = 0; v < 2 * kHalf; ++v) {
      const VectorD weights = m_weights[p].row(v).transpose();
      if (weights.sum() == 0) {
        QVERIFY(std::isnan(results.people[p].heldOutR[v]) && std::isnan(results.people[p].q[v]));
        continue;
      }
      QVERIFY(std::abs(double(results.people[p].heldOutR[v]) - expected(v, 0)) < 1e-4);
      const auto shown = std::find(q.data(), q.data() + q.size(), results.people[p].q[v]);
      QVERIFY(shown != q.data() + q.size());
    }
  }
  const Json summary = Json::parse(results.summaryJson);
  QCOMPARE(summary.at("people")[1].at("targets").get<std::string>(), std::string("voxels"));
  QCOMPARE(summary.at("people")[1].at("targetCount").get<std::size_t>(), voxelsIn(m_weights[1]).size());
  QVERIFY(summaryText(m_study).find(textOf(voxelsIn(m_weights[0]).size()) + " voxels") != std::string::npos);
}

void ImportVoxelsTest::mapsSayWhatTheyAre() {
  exportDerivatives(m_study, loadResults(m_study), path("derivatives"), {.cifti = true}, Job{});
  int maps = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path("derivatives"))) {
    const fs::path& file = entry.path();
    const std::string name = file.filename().string();
    const bool isMap = name.find("_space-") != std::string::npos;
    if (!entry.is_regular_file() || !isMap) continue;
    if (file.extension() == ".json") QVERIFY(Json::parse(readTextFile(file)).contains("MeansOfVoxels"));
    if (file.extension() == ".gii") QVERIFY(readTextFile(file).find("weighted mean") != std::string::npos);
    ++maps;
  }
  QVERIFY(maps > 30);
  const std::string gifti =
      readTextFile(ResultFiles(m_study).person("sub-01", "hemi-L_heldout", ".shape.gii"));
  QVERIFY(gifti.find("mean held-out r of voxels") != std::string::npos &&
          gifti.find("weighted mean") != std::string::npos);
}

QTEST_GUILESS_MAIN(ImportVoxelsTest)
#include "tst_import_voxels.moc"
