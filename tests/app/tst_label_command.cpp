// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>

#include "base/files.h"
#include "core/study/tiny_study.h"
#include "study/checks/read_study.h"
#include "support/expect.h"
#include "support/run_program.h"

using namespace cortexscope;
namespace fs = std::filesystem;

class TestLabelCommand : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  const fs::path m_root = m_temporary.path().toStdString();
  const QString m_folder = m_temporary.path() + "/study";

  test::ProgramOutcome labels(const QStringList& arguments) const {
    return test::runProgram("cortexscope-cli", QStringList{"labels", m_folder} + arguments);
  }
  QString given(const std::string& name, const std::string& text) const {
    writeFileAtomically(m_root / name, text);
    return QString::fromStdString((m_root / name).string());
  }

 private slots:
  void initTestCase() { test::makeTinyStudy(m_root / "study"); }

  void listsAndAttaches() {
    const QString table = given("what_{stimulus}.tsv", "");
    given("what_film.tsv", "onset\tduration\tseen\n0\t90\tdog, zebra\n90\t5\tcat\n");
    const QString embedding = given("vectors.txt", "dog 1 0 2\ncat 0 1 2\n");
    test::ProgramOutcome outcome = labels({"--add", table, "--timing", "scenes", "--embedding", embedding});
    QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
    outcome = labels({"--add", given("m.tsv", "mood\n1\n2\n3\n4\n"), "--timing", "seconds", "--period", "25",
                      "--id", "mood"});
    QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
    outcome = labels({});
    QCOMPARE(outcome.status, 0);
    for (const char* line :
         {"scene: by samples, shared, 100 rows",
          "light                    known in 75 of 75 training and 25 of 25 held-out samples, -1 .. 1",
          "ratings: by samples, each person's own, 300 rows",
          "what: by scenes, shared, 2 rows, inputs/labels/what/{stimulus}.tsv",
          "words with 3 dimensions, 2 words in inputs/labels/what/embedding.txt",
          "seen                     known in 75 of 75 training and 20 of 25 held-out samples\n",
          "warning: words that the embedding lacks, 1 in all: zebra", "mood: by seconds, shared, 4 rows"})
      QVERIFY2(outcome.said.contains(line), qPrintable(line + (" is missing in:\n" + outcome.said)));
    QCOMPARE(readStudy(m_root / "study").labels.size(), std::size_t{4});
    outcome = labels({"--remove", "mood"});
    QVERIFY2(outcome.status == 0 && !outcome.said.contains("mood: by"),
             qPrintable(outcome.said + outcome.complaint));
    QCOMPARE(readStudy(m_root / "study").labels.size(), std::size_t{3});
    QCOMPARE(labels({"--remove", "mood"}).status, 3);
  }

  void saysWhatIsWrong() {
    const QString bad = given("bad.tsv", "onset\tduration\tmuch\n0\t5\t1\n3\t5\tx\n"),
                  table = given("p.tsv", "much\n1\n");
    const std::string before = readTextFile(m_root / "study/study.json");
    test::ProgramOutcome outcome = labels({"--add", bad, "--timing", "scenes"});
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.complaint.contains("bad.tsv") && outcome.complaint.contains("line 3"),
             qPrintable(outcome.complaint));
    QCOMPARE(labels({"--add", bad, "--timing", "minutes"}).status, 2);
    QCOMPARE(labels({"--add", bad, "--period", "-1"}).status, 2);
    QCOMPARE(labels({"--timing", "scenes"}).status, 2);
    QCOMPARE(labels({"--add", table, "--add", table}).status, 2);
    QCOMPARE(labels({"--add", table, "--person", "P1", "--person", "P2"}).status, 2);
    QCOMPARE(labels({"--add", table, "--person", "P1"}).status, 3);
    QVERIFY(readTextFile(m_root / "study/study.json") == before);
  }
};

QTEST_GUILESS_MAIN(TestLabelCommand)
#include "tst_label_command.moc"
