// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/cortex_regions.h"
#include "study/pipeline/results.h"

#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <functional>

#include "base/files.h"
#include "base/parallel.h"
#include "core/study/tiny_study.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "study/checks/read_study.h"
#include "study/labels/attach_labels.h"
#include "study/pipeline/pipeline.h"
#include "study/pipeline/recovery.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;

/// What the window gets of a study that was computed.
class TestResults : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    useSingleThreadedLinearAlgebra();
    m_study = test::makeTinyStudy(m_root / "whole");
    runPipeline(m_study, {1, PipelineStep::Labels}, Job{});
  }

  void resultsAreWhatWasComputed() {
    const Results results = loadResults(m_study);
    QCOMPARE(results.anatomical.vertexCount(), test::kTinyVertices);
    QCOMPARE(results.inflated.vertexCount(), test::kTinyVertices);
    QCOMPARE(results.underlay.size(), test::kTinyVertices);
    QCOMPARE(results.regions.keys.size(), std::size_t(test::kTinyVertices));
    QCOMPARE(results.people[1].id, std::string("P2"));
    QCOMPARE(results.people[1].noiseCeiling.size(), test::kTinyVertices);
    QCOMPARE(results.labels.size(), std::size_t{3});
    const LabelEstimates& light = results.labels[0];
    QCOMPARE(light.table, std::string("scene"));
    QCOMPARE(light.btl.cols(), test::kTinySamples);
    const fs::path file = m_study.results() / "labels/P2_btl_simulated.tsv";
    const std::vector<double> column = numericColumn(readTable(file), "light", file);
    for (Index t = 0; t < test::kTinySamples; ++t) QCOMPARE(light.btl(1, t), column[std::size_t(t)]);
    QVERIFY(light.measuredDistance.rows() == 3 &&
            light.measuredDistance == light.measuredDistance.transpose());
    QVERIFY(std::isnan(results.labels[1].btlR[0]) && results.labels[1].pBtlAgainstTl == 1.0);
    QVERIFY(results.labels[2].perPerson);
    QVERIFY(results.summaryJson.find("\"Tiny\"") != std::string::npos);
  }

  /// A damaged file is named; what it does not belong to is shown all the same.
  void damagedResultsAreNamed() {
    const Study study = copyOf("damaged");
    const auto spoil = [&](const std::string& name, const std::function<void(const fs::path&)>& how) {
      const fs::path file = study.results() / name;
      const std::string good = readTextFile(file);
      how(file);
      const Results results = loadResults(study);
      QCOMPARE(results.problems.size(),
               std::size_t(name.ends_with("statistics_simulated.json") || name.ends_with(".npy") ? 1 : 2));
      QVERIFY2(results.problems.front().what.find(file.filename().string()) != std::string::npos,
               results.problems.front().what.c_str());
      QVERIFY2(!hasErrors(results.problems), "training mends it");
      QVERIFY(results.people[1].predicted != nullptr);
      writeFileAtomically(file, good);
    };
    spoil("people/P1/predicted_simulated.npy", [](const fs::path& file) { fs::resize_file(file, 5000); });
    spoil("people/P1/predicted_simulated.npy",
          [](const fs::path& file) { writeNpy(file, test::gaussian(99, 324, 1)); });
    spoil("people/P3/heldout_r_simulated.npy",
          [](const fs::path& file) { writeNpy(file, VectorF(VectorF::Zero(7))); });
    spoil("labels/P2_tl_simulated.tsv",  // both tables have their columns there
          [](const fs::path& file) { fs::resize_file(file, readTextFile(file).find('\n', 300) + 1); });
    spoil("labels/P2_tl_simulated.tsv", [](const fs::path& file) { fs::remove(file); });
    spoil("labels/statistics_simulated.json", [](const fs::path& file) { fs::resize_file(file, 300); });
    fs::remove(study.results() / "people/P1/heldout_q_simulated.npy");  // stopped before its last file
    QVERIFY(!loadResults(study).people[0].predicted);
  }

  /// Tables come and go without a loss of what is known of the others.
  void resultsOutliveOtherTables() {
    Study study = copyOf("tables");
    const Results before = loadResults(study);
    writeFileAtomically(m_root / "mood.tsv", "time\tmood\n0\t1\n40\t3\n");
    study = attachLabels(study, {"mood", {{"", m_root / "mood.tsv"}}, LabelTiming::Seconds, 60});
    std::rotate(study.labels.begin(), study.labels.end() - 1, study.labels.end());  // in front of all others
    const auto same = [](const LabelEstimates& a, const LabelEstimates& b) {
      return a.item.name == b.item.name && a.table == b.table && a.btl == b.btl && a.tl == b.tl &&
             a.measuredDistance == b.measuredDistance;
    };
    const Results with = loadResults(study);
    QVERIFY(std::ranges::equal(with.labels, before.labels, same));
    QCOMPARE(outdatedResults(study, {}), std::vector<std::string>{"label estimates"});
    const Results without = loadResults(removeLabels(study, "scene"));
    QCOMPARE(without.labels.size(), std::size_t{1});
    QVERIFY(same(without.labels[0], before.labels[2]));
  }

  void truthOfOtherVerticesIsRefused() {
    const Study study = copyOf("truth");
    writeNpy(study.path("inputs/simulation/drive_of_vertex.npy"),
             VectorF(VectorF::Zero(test::kTinyVertices - 1)));
    const auto statistics =
        nlohmann::json::parse(readTextFile(study.results() / "labels/statistics_simulated.json"));
    EXPECT_ERROR(ErrorCode::BadShape, recoveryReport(study, statistics, Job{}), "drive_of_vertex.npy", "323",
                 "324");
  }

  void regionsOfTwoFilesDoNotMix() {
    Study study = copyOf("regions");
    Parcellation right = readParcellation(study.path(study.cortex.rightRegions));
    for (Region& region : right.regions)
      region.name = region.key == 1 ? "Other" : region.name;  // key 2 is "Back" in both
    writeGiftiLabels(study.path(study.cortex.rightRegions), right, Hemisphere::Right);
    const Parcellation joint = readRegions(study);
    const Index half = test::kTinyVertices / 2;
    for (Index v = 0; v < half; ++v) {
      const std::string expected = test::followsFilm(v) ? "Front" : "Back";
      QCOMPARE(joint.nameAt(v), expected);
      QCOMPARE(joint.nameAt(half + v), expected == "Front" ? std::string("Other") : expected);
    }
  }

 private:
  Study copyOf(const std::string& name) const {
    fs::copy(m_study.folder, m_root / name, fs::copy_options::recursive);
    return readStudy(m_root / name);
  }

  QTemporaryDir m_folder;
  fs::path m_root{m_folder.path().toStdString()};
  Study m_study;
};

QTEST_GUILESS_MAIN(TestResults)
#include "tst_results.moc"
