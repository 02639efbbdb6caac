// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <fstream>

#include "base/files.h"
#include "core/study/tiny_study.h"
#include "io/arrays/npy.h"
#include "io/tables/table.h"
#include "study/checks/read_study.h"
#include "study/document/study_file.h"
#include "study/document/study_json.h"
#include "study/labels/study_labels.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// One way to spoil the text of a study, and what the refusal must say.
struct Spoiled {
  const char* name;
  std::function<void(Json&)> spoil;
  ErrorCode code;
  std::vector<std::string> words;
};

std::vector<Spoiled> spoiledFields() {
  using enum ErrorCode;
  const auto set = [](const char* place, Json value) {
    return [place, value](Json& json) { json[Json::json_pointer(place)] = value; };
  };
  return {
      {"other format", set("/format", "bids"), BadFile, {"format", "cortexscope-study"}},
      {"newer version", set("/version", 7), Unsupported, {"version 7", "reads version 1", "newer"}},
      {"version 0", set("/version", 0), BadFile, {"version", "start at 1"}},
      {"version is text", set("/version", "1"), BadFile, {"study.version", "whole number"}},
      {"title is a number", set("/title", 3), BadFile, {"study.title", "unexpected type number"}},
      {"simulated is text", set("/simulated", "yes"), BadFile, {"study.simulated", "unexpected type string"}},
      {"runs is an object", set("/runs", Json::object()), BadFile, {"study.runs", "a list was expected"}},
      {"a run is a number", set("/runs/1", 25), BadFile, {"study.runs[1]", "an object was expected"}},
      {"samples with a fraction",
       set("/runs/1/samples", 25.5),
       BadFile,
       {"study.runs[1].samples", "whole number", "25.5"}},
      {"samples beyond an integer",
       set("/runs/1/samples", 1e300),
       BadFile,
       {"study.runs[1].samples", "whole number"}},
      {"negative samples", set("/runs/0/samples", -25), BadFile, {"run-1", "-25 samples"}},
      {"no samples", set("/runs/0/samples", 0), BadFile, {"run-1", "0 samples"}},
      {"absurd samples", set("/runs/0/samples", 1000000000000), BadFile, {"run-1", "1000000000000"}},
      {"components wrap round",
       set("/featureSpaces/0/components", 4294967302),
       BadFile,
       {"study.featureSpaces[0].components", "4294967302"}},
      {"layers hold a number",
       set("/featureSpaces/0/layers", {"edges", 2}),
       BadFile,
       {"study.featureSpaces[0].layers"}},
      {"delays hold a fraction",
       set("/options/delays", {2, 2.5}),
       BadFile,
       {"study.options.delays[1]", "2.5"}},
      {"negative seed", set("/options/seed", -1), BadFile, {"study.options.seed", "-1"}},
      {"field missing",
       [](Json& json) { json["people"][1].erase("id"); },
       BadFile,
       {"study.people[1]", "\"id\" is missing"}},
      {"path out of the folder",
       set("/people/0/responses", "inputs/../../x.npy"),
       BadFile,
       {"study.people[0].responses", "inputs/../../x.npy", "leaves the study folder"}},
      {"absolute path",
       set("/stimuli/0/file", "/etc/passwd"),
       BadFile,
       {"study.stimuli[0].file", "/etc/passwd", "leaves"}},
      {"file missing", set("/people/2/noiseCeiling", "inputs/none.npy"), MissingFile, {"inputs/none.npy"}},
      {"film missing", set("/stimuli/0/file", "inputs/none.mkv"), MissingFile, {"inputs/none.mkv"}},
      {"film is a folder", set("/stimuli/0/file", "inputs"), BadFile, {"inputs", "not a regular file"}},
      {"network missing",
       set("/featureSpaces/0/network", "inputs/none.onnx"),
       MissingFile,
       {"inputs/none.onnx"}},
      {"inflated surface missing",
       set("/cortex/leftInflated", "inputs/none.gii"),
       MissingFile,
       {"inputs/none.gii"}},
      {"regions of one side alone",
       [](Json& json) { json["cortex"].erase("leftRegions"); },
       BadFile,
       {"regions", "one hemisphere"}},
      {"unknown cleaning step",
       set("/origin", {{"source", "x"}, {"cleaning", Json::array({{{"step", "iron"}}})}}),
       BadFile,
       {"study.origin.cleaning", "iron"}},
      {"origin without its cleaning",
       set("/origin", {{"source", "x"}}),
       BadFile,
       {"study.origin", "\"cleaning\" is missing"}},
      {"two people of one name", set("/people/1/id", "P1"), BadFile, {"two people", "P1"}},
      {"two runs of one name", set("/runs/1/id", "run-1"), BadFile, {"two runs", "run-1"}},
      {"names that make one file",
       [](Json& json) { json["people"][0]["id"] = "A/1", json["people"][1]["id"] = "A_1"; },
       BadFile,
       {"two people", "A_1", "same file"}},
      {"empty name", set("/stimuli/0/id", ""), BadFile, {"empty", "stimuli"}},
      {"layer twice",
       set("/featureSpaces/0/layers", {"edges", "edges"}),
       BadFile,
       {"two layers of visual", "edges"}},
      {"label item twice", set("/labels/1/items/0/name", "light"), BadFile, {"ratings", "light"}},
      {"label item named as the time column",
       set("/labels/0/items/0/name", "time_sec"),
       BadFile,
       {"scene", "time_sec"}},
      {"label item not in its table", set("/labels/0/items/0/name", "dark"), BadValue, {"dark"}},
      {"label table missing", set("/labels/0/file", "inputs/labels/none.tsv"), MissingFile, {"none.tsv"}},
      {"label table without a file",
       [](Json& json) { json["labels"][0].erase("file"); },
       BadFile,
       {"scene", "no file"}},
      {"person without ratings",
       [](Json& json) { json["people"][1].erase("ratings"); },
       BadFile,
       {"P2", "no ratings", "\"ratings\""}},
      {"label timing unknown",
       set("/labels/0/timing", "minutes"),
       BadFile,
       {"study.labels[0].timing", "minutes", "seconds"}},
      {"label period is text",
       set("/labels/0/periodSec", "1"),
       BadFile,
       {"study.labels[0].periodSec", "unexpected type"}},
      {"label period of samples", set("/labels/0/periodSec", 2.0), BadValue, {"\"scene\"", "periodSec"}},
      {"embedding missing", set("/labels/0/embedding", "inputs/none.txt"), MissingFile, {"none.txt"}},
      {"embedding out of the folder",
       set("/labels/0/embedding", "../none.txt"),
       BadFile,
       {"study.labels[0].embedding", "leaves"}},
      {"shared table of a person",
       set("/labels/0/file", "inputs/{person}.tsv"),
       BadFile,
       {"\"scene\"", "{person}"}},
      {"unknown stimulus", set("/runs/2/stimulus", "other"), BadValue, {"no stimulus", "other"}},
      {"run past the film's end",
       set("/runs/3/stimulusStartSec", 90.0),
       BadShape,
       {"run-4", "115", "film.mkv"}},
      {"run before the film",
       set("/runs/3/stimulusStartSec", -1.0),
       BadShape,
       {"run-4", "before", "film.mkv"}},
      {"period of zero", set("/samplePeriodSec", 0), BadValue, {"samplePeriodSec"}},
      {"no penalties", set("/options/penalties", 0), BadValue, {"options.penalties"}},
      {"no permutations", set("/options/permutations", -5), BadValue, {"options.permutations"}},
      {"labelled samples below 1",
       set("/options/labelledSamples", {20, -1}),
       BadValue,
       {"options.labelledSamples"}},
      {"unknown response model",
       set("/options/responseModel", "magic"),
       BadValue,
       {"options.responseModel", "magic"}},
      {"a delay twice", set("/options/delays", {2, 3, 2}), BadValue, {"options.delays", "2 twice"}},
      {"a lag twice", set("/options/decoderLags", {4, 4}), BadValue, {"options.decoderLags", "4 twice"}},
      {"no delays", set("/options/delays", Json::array()), BadValue, {"options.delays", "empty"}},
      {"fewer samples than the responses", set("/runs/0/samples", 24), BadShape, {"100", "99"}},
  };
}

}  // namespace

class TestStudyFile : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  const fs::path m_folder = m_temporary.path().toStdString();
  Study m_study;
  std::string m_text;

  void write(const std::string& text) { std::ofstream(m_folder / "study.json", std::ios::binary) << text; }

 private slots:
  void initTestCase() {
    m_study = test::makeTinyStudy(m_folder);
    m_text = readTextFile(m_folder / "study.json");
  }
  void cleanup() { write(m_text); }

  void roundTrips() {
    const Study read = readStudy(m_folder);
    QCOMPARE(studyToJson(read).dump(), studyToJson(m_study).dump());
    QVERIFY(read.folder == m_folder);
    QVERIFY(read.runs == m_study.runs);
    QCOMPARE(read.people.size(), std::size_t{3});
    QVERIFY(read.people[1].ratings == m_study.people[1].ratings);
    QCOMPARE(read.options.labelledSamples.back(), 30);
    QVERIFY(read.simulated);
    QCOMPARE(QString::fromStdString(read.simulationNote), QString("Made up for tests."));
    writeStudy(read);
    QVERIFY(readTextFile(m_folder / "study.json") == m_text);
  }

  void everyFieldIsKept() {
    Study study = m_study;
    study.title = "Größe 絵 \"quoted\"\n";
    study.simulated = false;
    study.simulationNote.clear();
    study.samplePeriodSec = 1.49;
    study.featureSpaces.push_back({"sound", "auditory", "a.onnx", "mel.npy", {"x"}, 3});
    study.people[0].repeats = 7;
    study.options = {"haemodynamic", {-1, 0}, {1}, {-3, 2}, 3, 4, 0.25, 5, {6}, 7, 8};
    const Study read = studyFromJson(Json::parse(studyToJson(study).dump()));
    QCOMPARE(studyToJson(read).dump(), studyToJson(study).dump());
    QCOMPARE(read.samplePeriodSec, 1.49);
    QVERIFY(read.featureSpaces[1].melMatrix == "mel.npy");
    QCOMPARE(read.options.significanceLevel, 0.25);
    QCOMPARE(read.options.delays.front(), -1);
    QCOMPARE(read.options.responseModel, std::string("haemodynamic"));
    QCOMPARE(read.options.seed, 8u);
    QVERIFY(!read.simulated);
  }

  void labelFieldsAreKept() {
    Study study = m_study;
    study.labels[0].timing = LabelTiming::Seconds;
    study.labels[0].periodSec = 2.5;
    study.labels[0].embedding = "vectors.txt";
    study.labels[1].timing = LabelTiming::Scenes;
    study.labels[1].file = "inputs/{person}_{stimulus}.tsv";
    const Study read = studyFromJson(Json::parse(studyToJson(study).dump()));
    QVERIFY(read.labels[0].timing == LabelTiming::Seconds && read.labels[1].timing == LabelTiming::Scenes);
    QCOMPARE(read.labels[0].periodSec, 2.5);
    QVERIFY(read.labels[0].embedding == "vectors.txt" && read.labels[1].embedding.empty());
    QVERIFY(read.labels[1].file == "inputs/{person}_{stimulus}.tsv");
    for (const char* field : {"timing", "periodSec", "embedding"})  // a table by samples is written as ever
      QVERIFY2(!Json::parse(m_text)["labels"][0].contains(field), field);
  }

  void missingOptionsAreTheUsualOnes() {
    Json json = Json::parse(m_text);
    json["options"] = Json::object();
    const StudyOptions usual, read = studyFromJson(json).options;
    QVERIFY(read.delays == usual.delays && read.labelledSamples == usual.labelledSamples);
    QCOMPARE(read.decoderVertices, usual.decoderVertices);
  }

  void refusesSpoiledFields_data() {
    QTest::addColumn<int>("row");
    const std::vector<Spoiled> all = spoiledFields();
    for (std::size_t i = 0; i < all.size(); ++i) QTest::newRow(all[i].name) << int(i);
  }

  void refusesSpoiledFields() {
    QFETCH(int, row);
    const Spoiled spoiled = spoiledFields()[std::size_t(row)];
    Json json = Json::parse(m_text);
    spoiled.spoil(json);
    write(json.dump());
    const auto caught = test::errorOf([&] { readStudy(m_folder); });
    QVERIFY2(caught.thrown, "nothing was refused");
    QVERIFY2(caught.code == spoiled.code, caught.message.c_str());
    QVERIFY2(caught.message.find("study.json") != std::string::npos, caught.message.c_str());
    for (const std::string& word : spoiled.words)
      QVERIFY2(caught.message.find(word) != std::string::npos,
               ("\"" + word + "\" is missing in: " + caught.message).c_str());
  }

  void refusesSpoiledText() {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, m_text.size() / 2, m_text.size() - 3}) {
      write(m_text.substr(0, length));
      EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "study.json", "not valid JSON");
    }
    write("These are the notes of a study.");
    EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "study.json", "not valid JSON");
    write("[1, 2]");
    EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "study.json", "an object was expected");
    for (const char bracket : {'[', '{'}) {
      write(std::string(1000000, bracket));
      EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "study.json", "nest deeper than 64");
    }
    write("{\"title\": \"" + std::string(80, '[') + std::string(80, '{') + "\"}");
    EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "format",
                 "missing");  // brackets inside text do not nest
    fs::remove(m_folder / "study.json");
    EXPECT_ERROR(ErrorCode::MissingFile, readStudy(m_folder), "study.json");
    EXPECT_ERROR(ErrorCode::MissingFile, readStudy(m_folder / "nowhere"), "nowhere");
  }

  void refusesResponsesOfAnotherSize() {
    const fs::path file = m_study.path(m_study.people[1].responses);
    const MatrixF good = readNpy(file);
    writeNpy(file, MatrixF(good.leftCols(323)));
    EXPECT_ERROR(ErrorCode::BadShape, readStudy(m_folder), "P2/responses", "323 vertices", "324",
                 "left.surf.gii", "tiny");
    writeNpy(file, MatrixF(good.topRows(99)));
    EXPECT_ERROR(ErrorCode::BadShape, readStudy(m_folder), "P2/responses", "99 samples", "100");
    fs::resize_file(file, 1000);
    EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "P2/responses");
    writeNpy(file, good);
    readStudy(m_folder);
  }

  void refusesLabelsOfAnotherSize() {
    const fs::path file = m_study.path(m_study.people[2].ratings);
    const std::string good = readTextFile(file);
    writeTsv(file, {"liking"}, MatrixD::Zero(98, 1));
    EXPECT_ERROR(ErrorCode::BadShape, readStudy(m_folder), "P3/ratings", "98 rows", "100 samples");
    writeFileAtomically(file, good + "much\n");
    EXPECT_ERROR(ErrorCode::BadShape, readStudy(m_folder), "P3/ratings", "101 rows");
    writeFileAtomically(file, "liking\nmuch\n" + good.substr(good.find('\n', good.find('\n') + 1) + 1));
    EXPECT_ERROR(ErrorCode::BadFile, readStudy(m_folder), "P3/ratings", "much");
    writeFileAtomically(file, good);
  }

  void readsLabelsInOrder() {
    const std::vector<StudyLabel> labels = readLabels(m_study);
    QCOMPARE(labels.size(), std::size_t{3});
    QCOMPARE(QString::fromStdString(labels[1].task.name), QString("still"));
    QCOMPARE(QString::fromStdString(labels[2].table), QString("ratings"));
    QVERIFY(!labels[0].task.perPerson && labels[2].task.perPerson);
    QVERIFY(labels[0].task.truth.row(0) == labels[0].task.truth.row(2));
    QVERIFY(labels[2].task.truth.row(0) != labels[2].task.truth.row(2));
    for (Index person = 0; person < 3; ++person) {
      const fs::path file = m_study.path(m_study.people[std::size_t(person)].ratings);
      const std::vector<double> column = numericColumn(readTable(file), "liking", file);
      for (Index t = 0; t < test::kTinySamples; ++t)
        QCOMPARE(labels[2].task.truth(person, t), column[std::size_t(t)]);
    }
  }
};

QTEST_APPLESS_MAIN(TestStudyFile)
#include "tst_study_file.moc"
