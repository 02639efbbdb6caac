// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <algorithm>
#include <array>
#include <clocale>
#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.h"
#include "base/parallel.h"
#include "core/study/tiny_study.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "study/checks/read_study.h"
#include "study/document/study_file.h"
#include "study/pipeline/pipeline.h"
#include "study/pipeline/results.h"
#include "study/pipeline/study_keys.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// Bytes that this process asked the system for so far.
std::uint64_t bytesRead() {
  std::ifstream io("/proc/self/io");
  std::string field;
  std::uint64_t value = 0;
  while (io >> field >> value)
    if (field == "rchar:") return value;
  return 0;
}

/// Another locale for numbers for as long as this object lives.
class NumberLocale {
 public:
  explicit NumberLocale(const char* name)
      : m_before(std::setlocale(LC_NUMERIC, nullptr)),
        m_isThere(std::setlocale(LC_NUMERIC, name) != nullptr) {}
  ~NumberLocale() { std::setlocale(LC_NUMERIC, m_before.c_str()); }
  NumberLocale(const NumberLocale&) = delete;
  NumberLocale& operator=(const NumberLocale&) = delete;
  bool isThere() const { return m_isThere; }

 private:
  std::string m_before;
  bool m_isThere;
};

bool names(const Findings& problems, const std::string& place, const std::string& word) {
  return std::ranges::any_of(problems, [&](const Finding& problem) {
    return problem.place == place && problem.what.find(word) != std::string::npos;
  });
}

}  // namespace

/// Studies that were changed by hand after they had been computed.
class TestChangedStudy : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  const fs::path m_root = m_temporary.path().toStdString();
  Study m_study;      // run once, never changed
  Results m_results;  // of it

  /// The computed study in a folder of its own, its study.json changed.
  fs::path changed(const std::string& name, const std::function<void(Json&)>& change) const {
    const fs::path folder = m_root / name;
    fs::copy(m_study.folder, folder, fs::copy_options::recursive);
    Json json = Json::parse(readTextFile(folder / "study.json"));
    change(json);
    writeFileAtomically(folder / "study.json", json.dump(2));
    return folder;
  }

 private slots:
  void initTestCase() {
    useSingleThreadedLinearAlgebra();
    m_study = test::makeTinyStudy(m_root / "whole");
    runPipeline(m_study, {1, PipelineStep::Labels}, Job{});
    m_results = loadResults(m_study);
    QVERIFY(m_results.problems.empty());
  }

  /// The study lost its first person and turned the others round: every number stays with its owner.
  void numbersStayWithTheirPeople() {
    const fs::path folder = changed("turned", [](Json& json) {
      json["people"].erase(0);
      std::swap(json["people"][0], json["people"][1]);
    });
    const Results results = loadResults(readStudy(folder));
    QVERIFY(results.problems.empty());
    const std::array<Index, 2> before{2, 1};  // P3, P2
    for (std::size_t k = 0; k < results.labels.size(); ++k) {
      const LabelEstimates &now = results.labels[k], &then = m_results.labels[k];
      for (Index i = 0; i < 2; ++i) {
        const Index j = before[std::size_t(i)];
        QVERIFY(now.btlR[i] == then.btlR[j] || std::isnan(then.btlR[j]));
        QVERIFY(now.btl.row(i) == then.btl.row(j));
      }
      QCOMPARE(now.predictedDistance(0, 1), then.predictedDistance(2, 1));
      QCOMPARE(now.measuredDistance(1, 0), then.measuredDistance(1, 2));
    }
    QVERIFY(results.people[0].heldOutR == m_results.people[2].heldOutR);
  }

  void somebodyAddedIsShownAsUntrained() {
    const fs::path folder = changed("added", [](Json& json) {
      Json person = json["people"][0];
      person["id"] = "P9";
      person["responses"] = "inputs/people/P9/responses.npy";
      json["people"].push_back(person);
    });
    EXPECT_ERROR(ErrorCode::MissingFile, readStudy(folder),
                 "P9/responses.npy");  // nothing can be learned like this
    const OpenedStudy opened = openStudy(folder);
    const Results results = loadResults(opened.study);
    QVERIFY(names(results.problems, "person P9", "P9/responses.npy"));
    QCOMPARE(results.people.size(), std::size_t{4});
    QVERIFY(!results.people[3].measured && !results.people[3].predicted &&
            results.people[3].heldOutR.size() == 0);
    QVERIFY(results.people[0].heldOutR == m_results.people[0].heldOutR);
    const LabelEstimates& light = results.labels.front();
    QVERIFY(std::isnan(light.btlR[3]) && light.btl.row(3).array().isNaN().all() &&
            std::isnan(light.predictedDistance(3, 0)));
    QCOMPARE(light.btlR[1], m_results.labels.front().btlR[1]);

    fs::create_directories(folder / "inputs/people/P9");
    writeNpy(folder / "inputs/people/P9/responses.npy", readNpy(m_study.path(m_study.people[0].responses)));
    const Study whole = readStudy(folder);
    QVERIFY(loadResults(whole).people[3].measured != nullptr);
    QCOMPARE(outdatedResults(whole, Job{}),
             std::vector<std::string>{"label estimates"});  // what is not there is not old
    runPipeline(whole, {1, PipelineStep::Labels}, Job{});
    QVERIFY(loadResults(whole).people[3].heldOutR == m_results.people[0].heldOutR);
    QVERIFY(outdatedResults(whole, Job{}).empty());
  }

  void somebodyRenamedHasNoResults() {
    const fs::path folder = changed("renamed", [](Json& json) { json["people"][1]["id"] = "Anna"; });
    const Study study = readStudy(folder);
    const Results results = loadResults(study);
    QVERIFY(results.people[1].measured != nullptr && results.people[1].predicted == nullptr);
    QVERIFY(std::isnan(results.labels.front().btlR[1]));
    QCOMPARE(results.labels.front().btlR[2], m_results.labels.front().btlR[2]);
    QCOMPARE(outdatedResults(study, Job{}), std::vector<std::string>{"label estimates"});
  }

  void whatDoesNotFitTheCortexIsLeftOut_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("place");
    QTest::newRow("regions") << "leftRegions"
                             << "regions";
    QTest::newRow("inflated") << "leftInflated"
                              << "inflated surface";
    QTest::newRow("underlay") << "underlay"
                              << "sulcal depth";
  }

  /// The file is there and sound, but of another cortex.
  void whatDoesNotFitTheCortexIsLeftOut() {
    QFETCH(QString, file);
    QFETCH(QString, place);
    const fs::path folder = changed(file.toStdString(), [](Json&) {});
    const Json json = Json::parse(readTextFile(folder / "study.json"));
    const fs::path name = json.at("cortex").at(file.toStdString()).get<std::string>();
    if (file == "underlay")
      writeNpy(folder / name, VectorF(VectorF::Zero(5)));
    else
      shrink(folder / name, file == "leftRegions");
    const Results results = loadResults(openStudy(folder).study);
    QVERIFY2(names(results.problems, place.toStdString(), name.filename().string()),
             results.problems.empty() ? "no problem" : results.problems.front().what.c_str());
    QVERIFY(results.people[0].heldOutR == m_results.people[0].heldOutR);
    EXPECT_ERROR(ErrorCode::BadShape, readStudy(folder), name.filename().string());
  }

  void damagedStatisticsAreAProblem() {
    const fs::path folder = changed("statistics", [](Json&) {});
    const fs::path file = folder / "results/labels/statistics_simulated.json";
    Json statistics = Json::parse(readTextFile(file));
    statistics["individualDifferences"][0]["predictedDistances"].erase(0);
    writeFileAtomically(file, statistics.dump());
    const Results results = loadResults(readStudy(folder));
    QVERIFY(names(results.problems, "label table scene", "2 distances"));
    QVERIFY(std::ranges::any_of(results.labels,
                                [](const LabelEstimates& label) { return label.table == "ratings"; }));
  }

  void keysReadEveryInputOnce() {
    const StudyKeys keys = studyKeys(m_study, Job{});  // whatever is loaded for the first time is loaded now
    std::set<fs::path> inputs{m_study.stimuli[0].file, m_study.featureSpaces[0].network,
                              "inputs/labels/scene.tsv"};
    for (const Person& person : m_study.people) inputs.insert({person.responses, person.ratings});
    std::uint64_t size = 0;
    for (const fs::path& input : inputs) size += fs::file_size(m_study.path(input));
    const std::uint64_t before = bytesRead();
    QVERIFY(before > 0);
    QVERIFY(studyKeys(m_study, Job{}).labels == keys.labels);
    const std::uint64_t read = bytesRead() - before;
    QVERIFY2(read >= size && read < size + 4096, qPrintable(QString("%1 of %2 bytes").arg(read).arg(size)));
  }

  void keysDoNotDependOnTheLocale() {
    Study study = m_study;
    study.runs[0].stimulusStartSec = 0.5;
    study.labels[0].periodSec = 1.25;
    StudyKeys keys;
    {
      const NumberLocale plain("C");
      keys = studyKeys(study, Job{});
    }
    const NumberLocale comma("de_DE.UTF-8");
    if (!comma.isThere()) QSKIP("no locale with a decimal comma is there");
    QCOMPARE(std::to_string(0.5), std::string("0,500000"));
    QVERIFY(studyKeys(study, Job{}).labels == keys.labels &&
            studyKeys(study, Job{}).features == keys.features);
    QVERIFY(outdatedResults(m_study, Job{}).empty());
  }

  /// What changes is what depends on the change, however small.
  void keysFollowWhatTheyDependOn() {
    const StudyKeys before = studyKeys(m_study, Job{});
    const auto after = [&](const std::function<void(Study&)>& change) {
      Study study = m_study;
      change(study);
      return studyKeys(study, Job{});
    };
    const StudyKeys started = after([](Study& study) { study.runs[0].stimulusStartSec += 1e-9; });
    QVERIFY(started.extraction[0][0] != before.extraction[0][0] &&
            started.extraction[0][1] == before.extraction[0][1]);
    QVERIFY(started.features != before.features && started.encoder.at("P1") != before.encoder.at("P1"));
    const StudyKeys lagged = after([](Study& study) { study.options.decoderLags.push_back(9); });
    QVERIFY(lagged.encoder == before.encoder && lagged.labels != before.labels);
    const StudyKeys permuted = after([](Study& study) { ++study.options.permutations; });
    QVERIFY(permuted.encoder == before.encoder && permuted.activation.at("P2") != before.activation.at("P2"));
    const StudyKeys held = after([](Study& study) { study.runs[0].heldOut = true; });
    QVERIFY(held.extraction == before.extraction && held.features != before.features);
  }

 private:
  /// Takes the last vertex out of a surface (and the triangles at it) or out of a list of regions.
  static void shrink(const fs::path& file, bool regions);
};

void TestChangedStudy::shrink(const fs::path& file, bool regions) {
  if (regions) {
    Parcellation parcels = readParcellation(file);
    parcels.keys.pop_back();
    writeGiftiLabels(file, parcels, Hemisphere::Left);
    return;
  }
  Surface surface = readSurface(file);
  const Index last = surface.vertexCount() - 1;
  surface.points = surface.points.topRows(last).eval();
  std::vector<Index> kept;
  for (Index t = 0; t < surface.triangles.rows(); ++t)
    if ((surface.triangles.row(t).array() < last).all()) kept.push_back(t);
  surface.triangles = surface.triangles(kept, Eigen::all).eval();
  writeGiftiSurface(file, surface, Hemisphere::Left);
}

QTEST_GUILESS_MAIN(TestChangedStudy)
#include "tst_changed_study.moc"
