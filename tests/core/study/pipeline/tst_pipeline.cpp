// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <atomic>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/parallel.h"
#include "core/study/tiny_study.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "study/checks/read_study.h"
#include "study/document/study_file.h"
#include "study/pipeline/pipeline.h"
#include "study/pipeline/results.h"
#include "study/pipeline/summary.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// Contents of all results; times taken are left out, since nothing else may differ from run to run.
std::map<std::string, std::string> contentsOf(const fs::path& results) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(results)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = fs::relative(entry.path(), results).generic_string();
    std::string text = readTextFile(entry.path());
    if (name == "summary.json" || name == "manifest.json") {
      Json json = Json::parse(text);
      json.erase("timings");
      if (json.contains("steps"))
        for (auto& step : json["steps"]) step.erase("seconds");
      text = json.dump();
    }
    contents[name] = text;
  }
  return contents;
}

/// Asks to stop when a stage is met for the `times`-th time.
Job stoppingAt(const std::shared_ptr<std::stop_source>& stop, const std::string& stage, int times) {
  const auto left = std::make_shared<std::atomic<int>>(times);
  return {stop->get_token(), [=](double, std::string_view met) {
            if (met == stage && --*left == 0) stop->request_stop();
          }};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

class TestPipeline : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  const fs::path m_root = m_temporary.path().toStdString();
  Study m_study;                                  // run once, never changed
  std::map<std::string, std::string> m_contents;  // of its results

  /// The study before it was run, or with its features already there, under another folder.
  Study copyOf(const std::string& name, bool withFeatures) const {
    const fs::path folder = m_root / name;
    fs::copy(m_root / "fresh", folder, fs::copy_options::recursive);
    Study study = readStudy(folder);
    if (withFeatures) {
      fs::create_directories(study.results());
      fs::copy(m_root / "whole/results/features", study.results() / "features", fs::copy_options::recursive);
      Json manifest = Json::parse(readTextFile(m_root / "whole/results/manifest.json"));
      Json steps = Json::object();
      for (const auto& [step, entry] : manifest["steps"].items())
        if (step.starts_with("features/")) steps[step] = entry;
      manifest["steps"] = steps;
      writeFileAtomically(study.results() / "manifest.json", manifest.dump());
    }
    return study;
  }

  Json summary() const { return Json::parse(m_contents.at("summary.json")); }

 private slots:
  void initTestCase() {
    useSingleThreadedLinearAlgebra();
    test::makeTinyStudy(m_root / "fresh");
    m_study = copyOf("whole", false);
    runPipeline(m_study, {1, PipelineStep::Labels}, Job{});
    m_contents = contentsOf(m_study.results());
  }

  void writesWhatItPromises() {
    for (const char* name : {"features/visual/run-1/edges.npy", "features/visual/run-4/parts.npy",
                             "people/P2/weights_simulated.npy", "people/P2/weights_simulated.json",
                             "people/P1/predicted_simulated.npy", "people/P3/heldout_q_simulated.npy",
                             "people/P1/hemi-L_heldout_simulated.shape.gii", "labels/P1_btl_simulated.tsv",
                             "labels/P3_measured_simulated.tsv", "labels/P1_tl_simulated.json",
                             "labels/statistics_simulated.json", "summary.json", "manifest.json"})
      QVERIFY2(m_contents.contains(name), name);
    for (const auto& [name, text] : m_contents) {
      const bool marked = name.find("_simulated") != std::string::npos;
      QVERIFY2(marked || name.starts_with("features/") || name == "summary.json" || name == "manifest.json",
               name.c_str());
      QVERIFY2(name.find("writing-") == std::string::npos, name.c_str());
    }
    const Json sidecar = Json::parse(m_contents.at("people/P1/predicted_simulated.json"));
    QVERIFY(sidecar.at("simulated").get<bool>());
    QCOMPARE(sidecar.at("simulationNote").get<std::string>(), std::string("Made up for tests."));
    QCOMPARE(sidecar.at("rows").get<std::string>(), std::string("samples"));
    QCOMPARE(sidecar.at("columns").get<std::string>(), std::string("vertices"));
    QCOMPARE(sidecar.at("runs").at(3).at("heldOut").get<bool>(), true);
    QCOMPARE(sidecar.at("space").get<std::string>(), std::string("tiny"));
  }

  void findsTheBrainsThatFollowTheFilm() {
    const Results results = loadResults(m_study);
    for (const PersonResults& person : results.people) {
      double driven = 0, idle = 0, found = 0, falselyFound = 0;
      for (Index v = 0; v < test::kTinyVertices; ++v) {
        const bool follows = test::followsFilm(v % (test::kTinyVertices / 2));
        (follows ? driven : idle) += double(person.heldOutR[v]);
        (follows ? found : falselyFound) += person.q[v] < 0.05f;
      }
      const double half = test::kTinyVertices / 2.0;
      QVERIFY2(driven / half > 0.4, qPrintable(QString::number(driven / half)));
      QVERIFY2(std::abs(idle / half) < 0.1, qPrintable(QString::number(idle / half)));
      QVERIFY(falselyFound <= 0.1 * (found + falselyFound) + 3);
    }
  }

  void summaryHasItsFields() {
    const Json json = summary();
    QVERIFY(json.at("simulated").get<bool>());
    QCOMPARE(json.at("title").get<std::string>(), std::string("Tiny"));
    QCOMPARE(json.at("people").size(), std::size_t{3});
    for (const Json& person : json.at("people")) {
      const double front = person.at("heldOutR").at("byRegion").at("Front").get<double>();
      const double back = person.at("heldOutR").at("byRegion").at("Back").get<double>();
      QVERIFY(front > back + 0.3);
      QVERIFY(person.at("heldOutR").at("p95").get<double>() >=
              person.at("heldOutR").at("median").get<double>());
      const double significant = person.at("significantFraction").get<double>();
      QVERIFY(significant >= 0 && significant <= 0.7);
    }
    QCOMPARE(json.at("labels").size(), std::size_t{3});
    for (const char* field : {"name", "title", "table", "perPerson", "btl", "tl", "measured", "difference",
                              "pOverPeople", "pOverTime", "p", "q"})
      QVERIFY2(json.at("labels").at(0).contains(field), field);
    QCOMPARE(json.at("labels").at(0).at("btl").at("perPerson").size(), std::size_t{3});
    QVERIFY(json.at("labels").at(0).at("btl").at("meanR").get<double>() > 0.3);
    QVERIFY(json.at("labels").at(1).at("btl").at("meanR").is_null());  // constant in the held-out run
    QVERIFY(json.at("labels").at(1).at("q").is_null());
    QCOMPARE(json.at("individualDifferences").size(), std::size_t{3});
    for (const char* field : {"label", "rho", "p", "q"})
      QVERIFY2(json.at("individualDifferences").at(2).contains(field), field);
    QCOMPARE(json.at("learningCurve").size(), std::size_t{3});
    QCOMPARE(json.at("learningCurve").at(0).at("labelledSamples").get<int>(), 15);
    QCOMPARE(json.at("learningCurve").at(2).at("labelledSamples").get<int>(), 75);
    for (const char* field : {"comparison", "byTable", "perLabel", "btl", "tl"})
      QVERIFY2(json.at("learningCurve").at(1).contains(field), field);
    const Json timings = Json::parse(readTextFile(m_study.results() / "summary.json")).at("timings");
    for (const char* step : {"features", "encoders", "activation", "labels"})
      QVERIFY2(timings.at(step).get<double>() > 0, step);
  }

  void recoveryIsJudgedAgainstTheTruth() {
    const Json recovery = summary().at("recovery");
    const double ratio = recovery.at("medianRatioToCeiling").get<double>();
    QVERIFY(ratio > 0.5 && ratio < 1.1);
    QVERIFY(recovery.at("signalVerticesSignificant").get<double>() >
            recovery.at("noiseVerticesSignificant").get<double>());
    QVERIFY(std::abs(recovery.at("noiseVerticesMeanR").get<double>()) < 0.1);
    QCOMPARE(recovery.at("layerOrder").size(), std::size_t{1});
    QCOMPARE(recovery.at("layerOrder").at(0).at("modality").get<std::string>(), std::string("visual"));
    QVERIFY(recovery.at("individualStructure").at("ownRatings").at("p").get<double>() > 0);
  }

  void textSaysWhatItIs() {
    const std::string text = summaryText(m_study);
    for (const char* word : {"Tiny", "SIMULATED: Made up for tests.", "Light", "not defined (constant",
                             "  15 samples", "clearly better", "P2", "ceiling"})
      QVERIFY2(text.find(word) != std::string::npos, (word + std::string(" is missing in\n") + text).c_str());
    const Study study = copyOf("no summary", false);
    EXPECT_ERROR(ErrorCode::MissingFile, summaryText(study), "summary.json");
    writeFileAtomically(study.results() / "summary.json", "{\"people\": 3}");
    EXPECT_ERROR(ErrorCode::BadFile, summaryText(study), "summary.json");
  }

  void secondRunComputesNothing() {
    std::map<std::string, fs::file_time_type> before;
    for (const auto& entry : fs::recursive_directory_iterator(m_study.results()))
      if (entry.is_regular_file()) before[entry.path().string()] = entry.last_write_time();
    const Job job({}, [](double, std::string_view stage) {
      QVERIFY(stage.find("reducing") == std::string_view::npos);
    });
    runPipeline(m_study, {1, PipelineStep::Labels}, job);
    for (const auto& [file, time] : before) QVERIFY2(fs::last_write_time(file) == time, file.c_str());
    QVERIFY(contentsOf(m_study.results()) == m_contents);
  }

  void sameBitsWithTwoThreads() {
    const Study study = copyOf("two threads", false);
    runPipeline(study, {2, PipelineStep::Labels}, Job{});
    QVERIFY(contentsOf(study.results()) == m_contents);
  }

  void stoppedRunsGoOn_data() {
    QTest::addColumn<QString>("stage");
    QTest::addColumn<int>("times");
    QTest::newRow("second person's encoder") << "fitting encoders" << 4;
    QTest::newRow("activation") << "predicting activation" << 2;
    QTest::newRow("labels") << "estimating labels" << 1;
    QTest::newRow("learning curve") << "learning curve" << 3;
    QTest::newRow("summary") << "summary" << 1;
  }

  void stoppedRunsGoOn() {
    QFETCH(QString, stage);
    QFETCH(int, times);
    const Study study = copyOf(std::string("stopped ") + QTest::currentDataTag(), true);
    const auto stop = std::make_shared<std::stop_source>();
    bool cancelled = false;
    try {
      runPipeline(study, {1, PipelineStep::Labels}, stoppingAt(stop, stage.toStdString(), times));
    } catch (const Cancelled&) {
      cancelled = true;
    }
    QVERIFY(stop->stop_requested());
    QVERIFY(cancelled || stage == "summary");  // by then everything is done
    loadResults(study);                        // what is there can be looked at
    runPipeline(study, {1, PipelineStep::Labels}, Job{});
    QVERIFY(contentsOf(study.results()) == m_contents);
  }

  void stopsWhereItIsTold() {
    const Study study = copyOf("until", true);
    QVERIFY(outdatedResults(study, Job{}).empty());  // what is not there cannot be old
    runPipeline(study, {1, PipelineStep::Features}, Job{});
    QVERIFY(!fs::exists(study.results() / "people"));
    runPipeline(study, {1, PipelineStep::Encoders}, Job{});
    QVERIFY(fs::exists(study.results() / "people/P3/weights_simulated.npy"));
    const Results encoded = loadResults(study);
    QVERIFY(encoded.people[0].measured && !encoded.people[0].predicted && encoded.labels.empty() &&
            encoded.summaryJson.empty());
    runPipeline(study, {1, PipelineStep::Activation}, Job{});
    QVERIFY(loadResults(study).people[2].predicted);
    QVERIFY(!fs::exists(study.results() / "labels"));
  }

  void onePersonsDataTouchOnlyTheirSteps() {
    const Study study = copyOf("changed person", false);
    fs::remove_all(study.folder);
    fs::copy(m_study.folder, study.folder, fs::copy_options::recursive);
    const fs::path file = study.path(study.people[1].responses);
    QVERIFY(outdatedResults(study, Job{}).empty());
    writeNpy(file, MatrixF(readNpy(file) * 0.5f));
    QVERIFY(outdatedResults(study, Job{}) == (std::vector<std::string>{"encoder of P2", "label estimates"}));
    runPipeline(study, {1, PipelineStep::Labels}, Job{});
    QVERIFY(outdatedResults(study, Job{}).empty());
    const auto contents = contentsOf(study.results());
    for (const auto& [name, text] : m_contents)
      if (name.starts_with("features/") || name.starts_with("people/P1/") || name.starts_with("people/P3/") ||
          name.starts_with("labels/P1_btl"))
        QVERIFY2(contents.at(name) == text, name.c_str());
    QVERIFY(contents.at("people/P2/weights_simulated.npy") !=
            m_contents.at("people/P2/weights_simulated.npy"));
  }

  void renamedPersonGetsTheirOwnFiles() {
    const Study before = copyOf("renamed", false);
    fs::remove_all(before.folder);
    fs::copy(m_study.folder, before.folder, fs::copy_options::recursive);
    Study study = readStudy(before.folder);
    study.people[0].id = "Anna";
    writeStudy(study);
    QCOMPARE(outdatedResults(study, Job{}), std::vector<std::string>{"label estimates"});
    runPipeline(study, {1, PipelineStep::Labels}, Job{});
    QCOMPARE(loadResults(study).labels.size(), std::size_t{3});
    QVERIFY(fs::exists(study.results() / "labels/Anna_btl_simulated.tsv"));
  }

  void badResponsesAreNamedAndTheRestIsKept() {
    const Study study = copyOf("NaN", true);
    const fs::path file = study.path(study.people[1].responses);
    MatrixF responses = readNpy(file);
    responses(30, 200) = std::nanf("");
    writeNpy(file, responses);
    EXPECT_ERROR(ErrorCode::BadValue, runPipeline(study, {1, PipelineStep::Labels}, Job{}), "person P2",
                 "responses_simulated.npy", "1 NaN", "sample 30", "vertex 200");
    QVERIFY(fs::exists(study.results() / "people/P1/weights_simulated.npy"));
    QVERIFY(!fs::exists(study.results() / "people/P2/weights_simulated.npy"));
    QVERIFY(Json::parse(readTextFile(study.results() / "manifest.json")).at("steps").contains("encoders/P1"));
  }

  void cutFilmsAreRefused() {
    // Decoding a film that is cut goes on with its last picture: features of what nobody saw.
    const Study study = copyOf("cut film", false);
    const fs::path film = study.path(study.stimuli[0].file);
    fs::resize_file(film, fs::file_size(film) * 6 / 10);
    EXPECT_ERROR(ErrorCode::BadFile, runPipeline(study, {1, PipelineStep::Features}, Job{}),
                 film.filename().string());
  }

  void badLabelsAreNamedAndTheRestIsKept() {
    Study study = copyOf("labels", true);
    const fs::path file = study.path(study.labels[0].file);
    const std::string good = readTextFile(file);
    writeFileAtomically(file, good.substr(0, good.rfind('\n', good.size() - 2) + 1));
    EXPECT_ERROR(ErrorCode::BadShape, runPipeline(study, {1, PipelineStep::Labels}, Job{}), "scene.tsv",
                 "99 rows", "100 samples");
    QVERIFY(fs::exists(study.results() / "people/P3/predicted_simulated.npy"));
    std::string gaps = good;
    for (std::size_t at = 0, line = 0; line < 51; ++line, at = gaps.find('\n', at) + 1)
      if (line > 0)
        gaps.replace(at, gaps.find('\t', at) - at, "n/a");  // the first two of three training runs
    writeFileAtomically(file, gaps);
    EXPECT_ERROR(ErrorCode::BadValue, runPipeline(study, {1, PipelineStep::Labels}, Job{}), "scene.tsv",
                 "\"light\"", "1 training runs", "2 or more");
    writeFileAtomically(file, good);
    runPipeline(study, {1, PipelineStep::Labels}, Job{});
    QVERIFY(contentsOf(study.results()) == m_contents);
  }

  void gapsAreNeitherLearnedFromNorScored() {
    Study study = copyOf("gaps", true);
    const fs::path file = study.path(study.labels[0].file);
    std::string text = readTextFile(file);
    text = replaced(text.substr(0, text.rfind('\n', text.size() - 2) + 1) + "n/a\t1\n", "\n-1\t", "\nn/a\t");
    writeFileAtomically(file, text);
    runPipeline(study, {1, PipelineStep::Labels}, Job{});
    const Results results = loadResults(study);
    QVERIFY(std::isnan(results.labels[0].truth(0, 99)) && std::isnan(results.labels[0].truth(0, 0)));
    QVERIFY(results.labels[0].btl.allFinite());
    QVERIFY(results.labels[0].btlR.allFinite() && results.labels[0].btlR.mean() > 0.3);
    QVERIFY(results.labels[2].btl == loadResults(m_study).labels[2].btl);
  }

  void scenesAndWordsRunThrough() {
    // What the film shows, as scenes of 2 s for `light` and as two words a moment; the same with words of
    // other times.
    Study study = copyOf("words", true);
    test::addScenesAndWords(study);
    writeStudy(study);
    study = readStudy(study.folder);
    runPipeline(study, {2, PipelineStep::Labels}, Job{});
    const Results results = loadResults(study);
    QCOMPARE(results.labels.size(), std::size_t{6});  // numbers first, words last
    QVERIFY(results.labels[3].btlR.mean() > 0.3);
    const Json words = Json::parse(readTextFile(study.results() / "summary.json")).at("wordVectors");
    QCOMPARE(words.size(), std::size_t{2});
    const Json &planted = words.at(0), &shuffled = words.at(1);
    QCOMPARE(planted.at("dimensions").get<int>(), 5);
    QCOMPARE(planted.at("unknownWords").at("count").get<int>(), 1);
    QVERIFY(planted.at("btl").at("meanR").get<double>() > 0.3);
    QVERIFY(planted.at("btl").at("rankAccuracy").get<double>() > 0.7);
    QVERIFY(planted.at("btl").at("p").get<double>() < 0.1);  // 25 samples allow 25 moves in time
    QVERIFY(std::abs(shuffled.at("btl").at("rankAccuracy").get<double>() - 0.5) < 0.2);
    QVERIFY(shuffled.at("btl").at("p").get<double>() > 0.1);
    QCOMPARE(planted.at("learningCurve").size(), std::size_t{3});
    QVERIFY(planted.at("individual").at("p").get<double>() > 0);

    const MatrixF vectors = readNpy(study.results() / "labels/P2_btl_words_vectors_simulated.npy");
    QVERIFY(vectors.rows() == test::kTinySamples && vectors.cols() == 5 && vectors.allFinite());
    const LabelEstimates& shown = results.labels[4];
    QVERIFY(shown.truth.size() == 0 && shown.btl.allFinite() && shown.btl.maxCoeff() <= 1.0001);
    QVERIFY(std::abs(shown.btl.rightCols(25).mean() - planted.at("btl").at("cosine").get<double>()) < 1e-5);
    QVERIFY(std::abs(shown.btlR.mean() - planted.at("btl").at("meanR").get<double>()) < 1e-9);
    QCOMPARE(shown.predictedDistance.rows(), Index{3});
    const NearestWords &nearest = shown.btlWords[1], &truth = shown.truthWords[2];
    QCOMPARE(nearest.size(), std::size_t(test::kTinySamples));
    int agree = 0;
    for (std::size_t t = 75; t < 100; ++t)
      agree += truth[t][0] == nearest[t][0] || truth[t][0] == nearest[t][1];
    QVERIFY2(agree > 12, qPrintable(QString::number(agree)));  // of 25; 2 of 8 words give 6
    const std::string text = summaryText(study);
    for (const char* word : {"Word vectors", "Words (5 dimensions)", "identification", "1 in all: zebra"})
      QVERIFY2(text.find(word) != std::string::npos, (word + std::string(" is missing in\n") + text).c_str());
    QVERIFY(outdatedResults(study, Job{}).empty());
    writeFileAtomically(study.path("inputs/labels/vectors.txt"),
                        readTextFile(study.path("inputs/labels/vectors.txt")) + "yak 1 2 3 4 5\n");
    QCOMPARE(outdatedResults(study, Job{}), std::vector<std::string>{"label estimates"});
  }

  void nobodyToLearnFrom() {
    Study study = copyOf("nobody", true);
    study.people.clear();
    runPipeline(study, {1, PipelineStep::Features}, Job{});
    EXPECT_ERROR(ErrorCode::BadValue, runPipeline(study, {1, PipelineStep::Labels}, Job{}), "no people");
  }
};

QTEST_GUILESS_MAIN(TestPipeline)
#include "tst_pipeline.moc"
