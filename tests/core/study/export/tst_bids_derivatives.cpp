// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/parallel.h"
#include "core/study/tiny_study.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "study/export/bids_derivatives.h"
#include "study/pipeline/pipeline.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;

class TestBidsDerivatives : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    useSingleThreadedLinearAlgebra();
    m_study = test::makeTinyStudy(path("study"), 2);
    EXPECT_ERROR(ErrorCode::BadValue,
                 exportDerivatives(m_study, loadResults(m_study), path("early"), {}, Job{}), "run the study");
    QVERIFY(!fs::exists(path("early")));
    runPipeline(m_study, {}, Job{});
    m_results = loadResults(m_study);
    exportDerivatives(m_study, m_results, path("out"), {.cifti = true}, Job{});
  }

  void hemispheresHoldThePredictions() {
    const Index left = m_results.anatomical.left.vertexCount();
    for (std::size_t r = 0; r < m_study.runs.size(); ++r) {
      const Run& run = m_study.runs[r];
      const MatrixF expected = m_results.people[1].predicted->rows(run.firstSample, run.sampleCount);
      const std::string stem = stemOf(1) + "_task-" + run.stimulus + "_run-" + textOf(r + 1);
      const MatrixF leftValues = readVertexMaps(file(1, stem + "_hemi-L", kSeries)).values;
      const MatrixF rightValues = readVertexMaps(file(1, stem + "_hemi-R", kSeries)).values;
      QVERIFY(leftValues == expected.leftCols(left));
      QVERIFY(rightValues == expected.rightCols(expected.cols() - left));
      QVERIFY(readCifti(file(1, stem, "_desc-predictedSimulated_bold.dtseries.nii")).values == expected);
      const nlohmann::json facts = json(file(1, stem + "_hemi-L", "_desc-predictedSimulated_bold.json"));
      QCOMPARE(facts.at("RepetitionTime").get<double>(), m_study.samplePeriodSec);
      QCOMPARE(facts.at("HeldOut").get<bool>(), run.heldOut);
    }
  }

  void scoresAndEstimatesAreThere() {
    const MatrixF r =
        readVertexMaps(file(0, stemOf(0) + "_hemi-R", "_desc-heldoutRSimulated_stat.shape.gii")).values;
    QVERIFY(VectorF(r.row(0).transpose()) == m_results.people[0].heldOutR.tail(r.cols()));
    QCOMPARE(readCifti(file(0, stemOf(0), "_desc-heldoutRSimulated_stat.dscalar.nii")).header.rows.names,
             std::vector<std::string>{"held-out r"});
    const fs::path table =
        path("out") / stemOf(0) / "func" / (stemOf(0) + "_desc-labelEstimatesSimulated_timeseries.tsv");
    const Table estimates = readTable(table);
    QCOMPARE(Index(estimates.rows.size()), sampleCount(m_study.runs));
    const LabelEstimates& label = m_results.labels.front();
    const std::vector<double> btl = numericColumn(estimates, label.item.name + "_btl", table);
    for (std::size_t t = 0; t < btl.size(); ++t) QVERIFY(std::abs(btl[t] - label.btl(0, Index(t))) < 1e-5);
  }

  void everyFileSaysThatItIsSimulated() {
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path("out"))) {
      const fs::path& each = entry.path();
      if (!entry.is_regular_file() || each.filename() == "dataset_description.json") continue;
      ++files;
      QVERIFY2(each.filename().string().find("Simulated") != std::string::npos, each.c_str());
      if (each.extension() == ".json") QVERIFY(json(each).at("Simulated").get<bool>());
      if (each.extension() == ".gii") QVERIFY(readTextFile(each).find("simulated") != std::string::npos);
    }
    QVERIFY(files > 20);
    QCOMPARE(json(path("out") / "dataset_description.json").at("DatasetType").get<std::string>(),
             std::string("derivative"));
  }

  void peopleDoNotShareFiles() {
    Study study = m_study;
    study.people[1].id = study.people[0].id + "_";
    EXPECT_ERROR(ErrorCode::BadValue, exportDerivatives(study, m_results, path("shared"), {}, Job{}),
                 study.people[0].id, "rename");
    QVERIFY(!fs::exists(path("shared")));
  }

  void existingFoldersAreKept() {
    EXPECT_ERROR(ErrorCode::Io, exportDerivatives(m_study, m_results, path("out"), {}, Job{}), "out");
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_THROWS_EXCEPTION(
        Cancelled, exportDerivatives(m_study, m_results, path("stopped"), {}, Job(stop.get_token(), {})));
    QVERIFY(!fs::exists(path("stopped")));
  }

 private:
  static constexpr const char* kSeries = "_desc-predictedSimulated_bold.func.gii";

  fs::path path(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }
  std::string stemOf(std::size_t person) const { return "sub-" + m_study.people[person].id; }
  fs::path file(std::size_t person, const std::string& before, const std::string& after) const {
    return path("out") / stemOf(person) / "func" / (before + "_space-" + m_study.cortex.space + after);
  }
  static nlohmann::json json(const fs::path& file) { return nlohmann::json::parse(readTextFile(file)); }

  QTemporaryDir m_folder;
  Study m_study;
  Results m_results;
};

QTEST_GUILESS_MAIN(TestBidsDerivatives)
#include "tst_bids_derivatives.moc"
