#include <QTemporaryDir>
#include <map>

#include "base/files.h"
#include "core/study/tiny_study.h"
#include "study/label_step.h"
#include "study/labels/attach_labels.h"
#include "study/study_file.h"
#include "study/word_step.h"
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
    return given(name, "onset\tduration\tmood\ttrial_type\n0\t50\t" + std::to_string(value) + "\tcalm\n50\t50\t1\tloud\n");
  }

 private slots:
  void init() {
    fs::remove_all(m_root);
    test::makeTinyStudy(m_root / "study");
    m_study = readStudy(m_root / "study");
  }

  void sharedScenes() {
    const Study study = attachLabels(m_study, {"mood", {{"", scenes("film scenes.TSV", 3)}}, LabelTiming::Scenes});
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
    QVERIFY(read.labels[2].file == (byPattern ? "inputs/labels/mood/{person}/{stimulus}.tsv" : "inputs/labels/mood/{person}.tsv"));
    const std::vector<StudyLabel> all = readLabels(read);
    for (Index i = 0; i < 3; ++i) QCOMPARE(all[3].task.truth(i, 10), double('1' + i));
    QVERIFY(all[2].task.truth.row(0) != all[2].task.truth.row(1));  // the table that was there reads its own files still
  }

  void wordsWithTheirEmbedding() {
    const fs::path table = given("words.csv", "time,seen,level\n0,\"dog, cat\",1\n50,cat,2\n");
    NewLabels labels{"seen", {{"", table}}, LabelTiming::Seconds, 50, given("glove.txt", "dog 1 0\ncat 0 1\n")};
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
    const auto refused = [&](ErrorCode code, const NewLabels& labels, const std::string& word, const std::string& other) {
      EXPECT_ERROR(code, attachLabels(m_study, labels), word, other);
      QVERIFY(filesBelow(m_root / "study") == before);
    };
    const fs::path good = scenes("good.tsv", 3);
    using enum LabelTiming;
    refused(ErrorCode::BadFile, {"scene", {{"", good}}, Scenes}, "two label tables", "\"scene\"");
    refused(ErrorCode::BadFile, {"", {{"", good}}, Scenes}, "empty", "label tables");
    refused(ErrorCode::BadFile, {"new", {{"", given("a.tsv", "onset\tduration\tlight\n0\t9\t1\n")}}, Scenes}, "\"light\"", "another item");
    refused(ErrorCode::BadFile, {"new", {{"", given("a.tsv", "onset\tduration\tx\n0\t999\t1\n")}}, Scenes}, "given/a.tsv", "999 s");
    refused(ErrorCode::BadShape, {"new", {{"", good}}}, "given/good.tsv", "2 rows");
    refused(ErrorCode::MissingFile, {"new", {{"", m_root / "none.tsv"}}, Scenes}, "none.tsv", "");
    refused(ErrorCode::MissingFile, {"new", {{"", m_root / "{person}.tsv"}}, Scenes}, "P1.tsv", "");
    refused(ErrorCode::BadValue, {"new", {{"P1", good}, {"P3", good}}, Scenes}, "\"P2\"", "no table");
    refused(ErrorCode::BadValue, {"new", {{"P1", good}, {"P1", good}}, Scenes}, "\"P1\"", "two tables");
    refused(ErrorCode::BadValue, {"new", {{"P9", good}}, Scenes}, "\"P9\"", "no person");
    refused(ErrorCode::BadValue, {"new", {{"", given("a.tsv", "onset\tduration\tx\n0\t9\tdog\n")}}, Scenes}, "numbers", "embedding");
    refused(ErrorCode::BadValue, {"new", {{"", good}}, Scenes, 0, {}, {"moods"}}, "\"moods\"", "trial_type");
    refused(ErrorCode::BadFile, {"new", {{"", good}}, Scenes, 0, {}, {"trial_type"}}, "\"calm\"", "line 2");
    refused(ErrorCode::MissingFile, {"new", {{"", good}}, Scenes, 0, m_root / "none.txt"}, "none.txt", "");
    refused(ErrorCode::BadValue, {"new", {{"", good}}, Scenes, 5}, "periodSec", "seconds");
  }

  void filesOfOthersStay() {
    writeFileAtomically(m_study.path("inputs/labels/mood/embedding.txt"), "somebody's notes");
    const auto before = filesBelow(m_root / "study");
    const NewLabels labels{"mood", {{"", given("w.tsv", "onset\tduration\tx\n0\t99\tdog\n")}}, LabelTiming::Scenes, 0,
                           given("v.txt", "dog 1 2\n")};
    EXPECT_ERROR(ErrorCode::Io, attachLabels(m_study, labels), "embedding.txt", "something else");
    QVERIFY(filesBelow(m_root / "study") == before);  // the table, copied before, is gone again
  }
};

QTEST_APPLESS_MAIN(TestAttachLabels)
#include "tst_attach_labels.moc"
