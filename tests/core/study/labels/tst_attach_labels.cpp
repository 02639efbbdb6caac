// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <map>

#include "base/files.h"
#include "core/study/tiny_study.h"
#include "study/checks/read_study.h"
#include "study/document/study_file.h"
#include "study/labels/attach_labels.h"
#include "study/labels/label_look.h"
#include "study/pipeline/label_step.h"
#include "study/pipeline/word_step.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;

namespace {

/// Names of all files with their contents.
std::map<std::string, std::string> filesBelow(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().string()] = readTextFile(entry.path());
  return files;
}

}  // namespace

class TestAttachLabels : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  const fs::path m_root = m_temporary.path().toStdString();
  Study m_study;

  fs::path given(const std::string& name, const std::string& text) const {
    writeFileAtomically(m_root / "given" / name, text);
    return m_root / "given" / name;
  }
  fs::path scenes(const std::string& name, double value) const {
    return given(name,
                 "onset\tduration\tmood\ttrial_type\n0\t50\t" + textOf(value) + "\tcalm\n50\t50\t1\tloud\n");
  }

 private slots:
  void init() {
    fs::remove_all(m_root);
    test::makeTinyStudy(m_root / "study");
    m_study = readStudy(m_root / "study");
  }

  void sharedScenes() {
    const Study study =
        attachLabels(m_study, {"mood", {{"", scenes("film scenes.TSV", 3)}}, LabelTiming::Scenes});
    QCOMPARE(study.labels.size(), std::size_t{3});
    QVERIFY(study.labels[2].file == "inputs/labels/mood/all.TSV");
    QCOMPARE(study.labels[2].items.size(), std::size_t{1});  // not trial_type, which is text
    fs::remove_all(m_root / "given");
    const std::vector<StudyLabel> labels = readLabels(readStudy(m_root / "study"));
    QCOMPARE(labels[3].item.name, std::string("mood"));
    QCOMPARE(labels[3].task.truth(2, 49), 3.0);
    QCOMPARE(labels[3].task.truth(0, 50), 1.0);
  }

  void eachPersonsOwn_data() {
    QTest::addColumn<bool>("byPattern");
    QTest::newRow("by name") << false;
    QTest::newRow("by pattern") << true;
  }

  void eachPersonsOwn() {
    QFETCH(bool, byPattern);
    NewLabels labels{"mood", {}, LabelTiming::Scenes};
    for (const char* id : {"P3", "P1", "P2"})
      labels.files.push_back({id, scenes(std::string("mood_") + id + "_film.tsv", double(id[1]))});
    if (byPattern) labels.files = {{"", m_root / "given/mood_{person}_{stimulus}.tsv"}};
    const Study study = attachLabels(m_study, labels);
    QVERIFY(study.labels[2].perPerson);
    const Study read = readStudy(m_root / "study");
    QVERIFY(read.labels[2].file ==
            (byPattern ? "inputs/labels/mood/{person}/{stimulus}.tsv" : "inputs/labels/mood/{person}.tsv"));
    const std::vector<StudyLabel> all = readLabels(read);
    for (Index i = 0; i < 3; ++i) QCOMPARE(all[3].task.truth(i, 10), double('1' + i));
    QVERIFY(all[2].task.truth.row(0) !=
            all[2].task.truth.row(1));  // the table that was there reads its own files still
  }

  void wordsWithTheirEmbedding() {
    const fs::path table = given("words.csv", "time,seen,level\n0,\"dog, cat\",1\n50,cat,2\n");
    NewLabels labels{
        "seen", {{"", table}}, LabelTiming::Seconds, 50, given("glove.txt", "dog 1 0\ncat 0 1\n")};
    const Study study = attachLabels(m_study, labels);
    QVERIFY(study.labels[2].embedding == "inputs/labels/seen/embedding.txt");
    const std::vector<WordLabel> words = readWordLabels(readStudy(m_root / "study"));
    QCOMPARE(words.size(), std::size_t{1});
    QVERIFY(words[0].truth[1].row(7) == Eigen::RowVector2d(0.5, 0.5));
    labels.id = "level";
    labels.embedding.clear();
    QCOMPARE(attachLabels(study, labels).labels.back().items.at(0).name, std::string("level"));
  }

  void nothingIsLeftOfWhatIsRefused() {
    const auto before = filesBelow(m_root / "study");
    const auto refused = [&](ErrorCode code, const NewLabels& labels, const std::string& word,
                             const std::string& other) {
      EXPECT_ERROR(code, attachLabels(m_study, labels), word, other);
      QVERIFY(filesBelow(m_root / "study") == before);
    };
    const fs::path good = scenes("good.tsv", 3);
    using enum LabelTiming;
    refused(ErrorCode::BadFile, {"scene", {{"", good}}, Scenes}, "two label tables", "\"scene\"");
    refused(ErrorCode::BadFile, {"", {{"", good}}, Scenes}, "empty", "label tables");
    refused(ErrorCode::BadFile, {"new", {{"", given("a.tsv", "onset\tduration\tlight\n0\t9\t1\n")}}, Scenes},
            "\"light\"", "another item");
    refused(ErrorCode::BadFile, {"new", {{"", given("a.tsv", "onset\tduration\tx\n0\t999\t1\n")}}, Scenes},
            "given/a.tsv", "999 s");
    refused(ErrorCode::BadShape, {"new", {{"", good}}}, "given/good.tsv", "2 rows");
    refused(ErrorCode::MissingFile, {"new", {{"", m_root / "none.tsv"}}, Scenes}, "none.tsv", "");
    refused(ErrorCode::MissingFile, {"new", {{"", m_root / "{person}.tsv"}}, Scenes}, "P1.tsv", "");
    refused(ErrorCode::BadValue, {"new", {{"P1", good}, {"P3", good}}, Scenes}, "\"P2\"", "no table");
    refused(ErrorCode::BadValue, {"new", {{"P1", good}, {"P1", good}}, Scenes}, "\"P1\"", "two tables");
    refused(ErrorCode::BadValue, {"new", {{"P9", good}}, Scenes}, "\"P9\"", "no person");
    refused(ErrorCode::BadValue, {"new", {{"", given("a.tsv", "onset\tduration\tx\n0\t9\tdog\n")}}, Scenes},
            "numbers", "embedding");
    refused(ErrorCode::BadValue, {"new", {{"", good}}, Scenes, 0, {}, {"moods"}}, "\"moods\"", "trial_type");
    refused(ErrorCode::BadFile, {"new", {{"", good}}, Scenes, 0, {}, {"trial_type"}}, "\"calm\"", "line 2");
    refused(ErrorCode::MissingFile, {"new", {{"", good}}, Scenes, 0, m_root / "none.txt"}, "none.txt", "");
    refused(ErrorCode::BadValue, {"new", {{"", good}}, Scenes, 5}, "periodSec", "seconds");
  }

  void looksGuessTheTiming_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("timing");
    QTest::newRow("scenes") << "onset\tduration\tmood\n0\t1\t2\n" << int(LabelTiming::Scenes);
    QTest::newRow("onsets") << "onset\tmood\n0\t2\n" << int(LabelTiming::Seconds);
    QTest::newRow("times") << "mood\ttime\n0\t2\n" << int(LabelTiming::Seconds);
    QTest::newRow("samples") << "mood\n0\n" << int(LabelTiming::Samples);
    QTest::newRow("durations alone") << "duration\tmood\n0\t1\n" << int(LabelTiming::Samples);
  }

  void looksGuessTheTiming() {
    QFETCH(QString, text);
    const LabelLook look = lookAtLabels(m_study, given("my labels_.tsv", text.toStdString()));
    QTEST(int(look.guess.timing), "timing");
    QCOMPARE(look.guess.id, std::string("my labels"));
    QCOMPARE(look.rowCount, std::size_t{1});
    QVERIFY(!look.why.empty());
  }

  void looksTellColumnsApart() {
    const LabelLook look = lookAtLabels(m_study, scenes("film_scenes.tsv", 3));
    QStringList columns;
    for (const LabelLook::Column& column : look.columns)
      columns.append(QString::fromStdString(column.name) + (column.saysWhen  ? " when"
                                                            : column.numbers ? " numbers"
                                                                             : " text"));
    QCOMPARE(columns.join(", "), QString("onset when, duration when, mood numbers, trial_type text"));
    QCOMPARE(look.rows.at(1), (std::vector<std::string>{"50", "50", "1", "loud"}));
    std::string wide = "c0", cells = "1";
    for (int i = 1; i < 2001; ++i) wide += "\tc" + textOf(i), cells += "\t1";
    EXPECT_ERROR(ErrorCode::Unsupported, lookAtLabels(m_study, given("wide.tsv", wide + "\n" + cells + "\n")),
                 "wide.tsv", "2001 columns");
    EXPECT_ERROR(ErrorCode::MissingFile, lookAtLabels(m_study, m_root / "none.tsv"), "none.tsv");
  }

  /// One person's file stands for everybody's only if everybody has one.
  void looksFindFilesOfAll() {
    const fs::path first = scenes("mood_P1.tsv", 1);
    QVERIFY(lookAtLabels(m_study, first).guess.files.front().file == first);
    scenes("mood_P2.tsv", 2);
    scenes("mood_P3.tsv", 3);
    const LabelLook look = lookAtLabels(m_study, m_root / "given/mood_P2.tsv");
    QVERIFY(look.guess.files.front().file == m_root / "given/mood_{person}.tsv");
    QVERIFY(look.file == first);
    QCOMPARE(look.guess.id, std::string("mood"));
    QCOMPARE(readLabels(attachLabels(m_study, look.guess))[3].task.truth(1, 5), 2.0);
  }

  void checksSayWhatWouldBeKnown() {
    const auto before = filesBelow(m_root / "study");
    const fs::path table = given("mood.tsv", "onset\tduration\tmood\tlate\n0\t50\t2\tn/a\n50\t40\t-1\t4\n");
    const LabelSummary summary = checkLabels(m_study, {"mood", {{"", table}}, LabelTiming::Scenes});
    QVERIFY(filesBelow(m_root / "study") == before);
    QCOMPARE(summary.rows, Index{2});
    QCOMPARE(summary.trainingSamples, std::size_t{75});
    QCOMPARE(summary.items.at(0).training.fewest,
             Index{75});  // of 100 s, 90 are said; the last 25 are held out
    QCOMPARE(summary.items.at(0).heldOut.most, Index{15});
    QCOMPARE(summary.items.at(0).least, -1.0);
    QCOMPARE(summary.items.at(0).most, 2.0);
    QCOMPARE(textOf(summary.items.at(1).training), std::string("25"));
    QCOMPARE(summary.warnings.size(), std::size_t{1});  // "late" is known in one training run alone
    QVERIFY(summary.warnings.front().find("\"late\" is known in 1") != std::string::npos);
    EXPECT_ERROR(ErrorCode::BadShape, checkLabels(m_study, {"mood", {{"", table}}}), "2 rows", "100 samples");
    EXPECT_ERROR(ErrorCode::BadFile, checkLabels(m_study, {"scene", {{"", table}}, LabelTiming::Scenes}),
                 "two label tables");
  }

  void removedTablesLeaveNothing() {
    const auto before = filesBelow(m_root / "study");
    const fs::path table = given("words.csv", "time,seen\n0,dog\n50,cat\n");
    Study study = attachLabels(
        m_study, {"seen", {{"", table}}, LabelTiming::Seconds, 50, given("glove.txt", "dog 1 0\ncat 0 1\n")});
    QVERIFY(filesBelow(m_root / "study").size() == before.size() + 2);
    study = removeLabels(study, "seen");
    QCOMPARE(study.labels.size(), std::size_t{2});
    QVERIFY(filesBelow(m_root / "study") == before);
    QVERIFY(!fs::exists(study.path("inputs/labels/seen")));
    QVERIFY(fs::exists(table));
    EXPECT_ERROR(ErrorCode::BadValue, removeLabels(study, "seen"), "\"seen\"", "scene, ratings");
  }

  void removingKeepsFilesOfOthers() {
    writeFileAtomically(m_study.path("inputs/labels/mood/notes.txt"), "mine");
    Study study = attachLabels(m_study, {"mood", {{"", scenes("m.tsv", 1)}}, LabelTiming::Scenes});
    LabelTable twin = study.labels.back();
    twin.id = "twin";
    twin.items = {{"level", "level", "", "both"}};
    study.labels.push_back(twin);
    study = removeLabels(study, "mood");
    QVERIFY(fs::exists(study.path("inputs/labels/mood/all.tsv")));  // the other table reads it
    study = removeLabels(study, "ratings");
    for (const Person& person : study.people) QVERIFY(person.ratings.empty());
    QVERIFY(fs::exists(study.path("inputs/labels/mood/notes.txt")));
    QVERIFY(fs::exists(m_study.path(m_study.people[0].ratings)));
    study.labels.pop_back();  // its item is no column of the file
    writeStudy(study);
    QCOMPARE(readStudy(m_root / "study").labels.size(), std::size_t{1});
  }

  void filesOfOthersStay() {
    writeFileAtomically(m_study.path("inputs/labels/mood/embedding.txt"), "somebody's notes");
    const auto before = filesBelow(m_root / "study");
    const NewLabels labels{"mood",
                           {{"", given("w.tsv", "onset\tduration\tx\n0\t99\tdog\n")}},
                           LabelTiming::Scenes,
                           0,
                           given("v.txt", "dog 1 2\n")};
    EXPECT_ERROR(ErrorCode::Io, attachLabels(m_study, labels), "embedding.txt", "something else");
    QVERIFY(filesBelow(m_root / "study") == before);  // the table, copied before, is gone again
  }
};

QTEST_APPLESS_MAIN(TestAttachLabels)
#include "tst_attach_labels.moc"
