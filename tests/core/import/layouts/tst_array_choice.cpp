// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "base/text.h"
#include "core/import/source_folder.h"
#include "import/plan/json.h"
#include "import/plan/text.h"
#include "io/arrays/array_file.h"

using namespace cortexscope;
using test::SourceFolder;

namespace {

constexpr Severity kError = Severity::Error, kWarning = Severity::Warning, kNote = Severity::Note;

ImportPlan planWith(const SourceFolder& folder, const std::vector<std::string>& choices) {
  ImportRequest request;
  for (const std::string& choice : choices) request.arrays.push_back(arrayChoiceOf(choice));
  return planImport(folder.path(), request);
}

/// "P1/run: P1.h5:a/b 4x5" for every cell.
std::vector<std::string> cellsOf(const ImportPlan& plan) {
  std::vector<std::string> texts;
  for (std::size_t person = 0; person < plan.people.size(); ++person)
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
      if (!plan.cells[person][run]) continue;
      const ImportCell& cell = *plan.cells[person][run];
      std::string text = plan.people[person] + "/" + plan.runs[run].id + ": " +
                         cell.files.front().file.generic_string() + ":" + cell.files.front().array;
      for (const std::int64_t size : cell.shape) text += " " + textOf(size);
      texts.push_back(text);
    }
  return texts;
}
using Texts = std::vector<std::string>;

/// Two people with a raw and a clean series, and what is none of both.
void makePeople(const SourceFolder& folder) {
  for (const char* person : {"P1", "P2"})
    folder.hdf5(std::string(person) + "_film.h5",
                {{"clean", {6, 20}}, {"raw", {6, 90}}, {"stack", {2, 3, 4}}, {"times", {6}}});
}

}  // namespace

class TestArrayChoice : public QObject {
  Q_OBJECT

 private slots:
  void argumentsAreTakenApart_data() {
    QTest::addColumn<QString>("argument");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("array");
    QTest::newRow("all files") << "group/bold"
                               << ""
                               << "group/bold";
    QTest::newRow("a file") << "P1.h5=group/bold"
                            << "P1.h5"
                            << "group/bold";
    QTest::newRow("a file in a folder") << "P1/run.HDF5=bold"
                                        << "P1/run.HDF5"
                                        << "bold";
    QTest::newRow("names") << "*.mat=bold"
                           << "*.mat"
                           << "bold";
    QTest::newRow("all of a person") << "sub-01/*=bold"
                                     << "sub-01/*"
                                     << "bold";
    QTest::newRow("path with =") << "stim=1/bold"
                                 << ""
                                 << "stim=1/bold";
    QTest::newRow("both with =") << "run=1.npz=stim=1"
                                 << "run=1.npz"
                                 << "stim=1";
    QTest::newRow("from the root on") << "/group/bold"
                                      << ""
                                      << "group/bold";
  }
  void argumentsAreTakenApart() {
    QFETCH(QString, argument);
    const ArrayChoice choice = arrayChoiceOf(argument.toStdString());
    QTEST(QString::fromStdString(choice.file), "file");
    QTEST(QString::fromStdString(choice.array), "array");
  }

  void filesAreMeantByName_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<bool>("meant");
    for (const char* good :
         {"run-1.h5", "sub-01/run-1.h5", "*.h5", "*", "sub-*/run-1.h5", "r*n-*.h*5", "run-1.h5*"})
      QTest::newRow(good) << good << true;
    for (const char* bad : {"", "run-2.h5", "sub-02/*", "un-1.h5", "run-1.h", "*.h", "01/run-1.h5"})
      QTest::newRow(bad) << bad << false;
  }
  void filesAreMeantByName() {
    QFETCH(QString, pattern);
    QTEST(namesFile({pattern.toStdString(), "x"}, "sub-01/run-1.h5"), "meant");
  }

  void severalAreSaidAndTakenAsRuns() {
    const SourceFolder alike;
    alike.hdf5("P1.h5", {{"one", {6, 20}}, {"two", {5, 20}}});
    ImportPlan plan = planImport(alike.path());
    QCOMPARE(plan.runs.size(), std::size_t{2});
    EXPECT_FINDING(plan, kNote, "P1.h5", "one, two", "--array");
    const SourceFolder folder;
    makePeople(folder);
    plan = planImport(folder.path());
    EXPECT_FINDING(plan, kWarning, "P1_film.h5", "clean, raw", "number of values", "1 other",
                   "--array FILE=PATH");
    QCOMPARE(plan.arrayFiles.size(), std::size_t{2});
    QCOMPARE(plan.arrayFiles[1].arrays.size(), std::size_t{4});
    QCOMPARE(plan.arrayFiles[1].taken, (Texts{"clean", "raw"}));
  }

  void oneIsTakenInAllFiles() {
    const SourceFolder folder;
    makePeople(folder);
    const ImportPlan plan = planWith(folder, {"/clean"});
    QVERIFY2(plan.importable(), test::allFindings(plan.findings).c_str());
    QCOMPARE(cellsOf(plan), (Texts{"P1/film: P1_film.h5:clean 6 20", "P2/film: P2_film.h5:clean 6 20"}));
    QVERIFY(test::findingsWith(plan, {"data sets that can be"}).empty());
    QVERIFY(importJson(plan).find("\"taken\":[\"clean\"]") != std::string::npos);
  }

  void afileHasItsOwn() {
    const SourceFolder folder;
    makePeople(folder);
    folder.hdf5("P3_film.h5", {{"other", {6, 20}}, {"raw", {6, 20}}});
    QCOMPARE(cellsOf(planWith(folder, {"clean", "P3_film.h5=other"})),
             (Texts{"P1/film: P1_film.h5:clean 6 20", "P2/film: P2_film.h5:clean 6 20",
                    "P3/film: P3_film.h5:other 6 20"}));
    QCOMPARE(cellsOf(planWith(folder, {"other", "clean"})).size(),
             std::size_t{3});  // each file holds one of them
    const ImportPlan plan = planWith(folder, {"P3*=other", "clean", "P3*=raw"});
    QCOMPARE(cellsOf(plan).back(),
             std::string("P3_film/raw: P3_film.h5:raw 6 20"));  // several are runs of their own
  }

  void filesOfOneNeedNoChoice() {
    const SourceFolder folder;
    makePeople(folder);
    folder.npy("P3_film.npy", 6, 20);
    folder.hdf5("P4_film.h5", {{"only", {6, 20}}});
    QCOMPARE(cellsOf(planWith(folder, {"clean"})),
             (Texts{"P1/film: P1_film.h5:clean 6 20", "P2/film: P2_film.h5:clean 6 20",
                    "P3/film: P3_film.npy: 6 20", "P4/film: P4_film.h5:only 6 20"}));
  }

  void groupsAreGoneInto() {
    const SourceFolder folder;
    folder.hdf5("P1_film.h5", {{"a/b/bold", {4, 5}}, {"a/bold", {4, 7}}});
    QCOMPARE(cellsOf(planWith(folder, {"a/b/bold"})), (Texts{"P1/film: P1_film.h5:a/b/bold 4 5"}));
  }

  void whatIsNotThereIsNamed() {
    const SourceFolder folder;
    makePeople(folder);
    folder.npy("P4_film.npy", 6, 20);
    folder.hdf5("P3_film.h5", {{"other", {6, 20}}, {"more", {6, 20}}});
    EXPECT_FINDING(planWith(folder, {"P1_film.h5=nothing", "clean", "P3*=other"}), kError, "P1_film.h5",
                   "\"nothing\"", "clean (6 x 20), raw (6 x 90), stack (2 x 3 x 4)");
    EXPECT_FINDING(planWith(folder, {"clean"}), kError, "P3_film.h5", "none of the chosen", "other (6 x 20)");
    EXPECT_FINDING(planWith(folder, {"P9*.h5=clean"}), kError, "", "P9*.h5", "P1_film.h5");
    EXPECT_FINDING(planWith(folder, {"nothing"}), kError, "", "no file holds", "\"nothing\"", "clean, raw");
    EXPECT_FINDING(planWith(folder, {"P4_film.npy=clean"}), kError, "P4_film.npy",
                   "one array without a name");
    const SourceFolder hostile;
    hostile.hdf5("P1.h5", {{"a\nb", {6, 20}}, {"c", {6, 20}}});
    EXPECT_FINDING(planWith(hostile, {"x\x1b"}), kError, "", "\"x?\"", "a?b, c");
  }

  void wrongShapesAreNamed() {
    const SourceFolder folder;
    makePeople(folder);
    EXPECT_FINDING(planWith(folder, {"stack"}), kError, "P1_film.h5", "\"stack\"", "2 x 3 x 4",
                   "samples x values");
    EXPECT_FINDING(planWith(folder, {"times"}), kError, "P2_film.h5", "\"times\"", "sizes 6");
    for (const char* run : {"P1_more.h5", "P1_other.h5"})
      folder.hdf5(run, {{"clean", {6, run[3] == 'o' ? 90U : 20U}}, {"raw", {6, 90}}});
    EXPECT_FINDING(planWith(folder, {"clean"}), kError, "P1_other.h5", "90 places", "20 places");
    folder.hdf5("P4_film.h5", {{"stack", {2, 3, 4}}, {"other", {2, 3, 4}}});
    EXPECT_FINDING(planWith(folder, {}), kError, "P4_film.h5", "2 data sets, none of them samples x values");
  }

  void knownLayoutsLeaveNoChoice() {
    const SourceFolder folder;
    folder.hdf5("responses/S01_responses.hdf", {{"Y_train", {12, 6}}, {"Y_test", {2, 4, 6}}});
    EXPECT_FINDING(planWith(folder, {"Y_train"}), kError, "", "Y_train", "no plain folder");
  }

  void thousandsAreNoRuns() {
    const SourceFolder folder;
    std::vector<std::pair<std::string, std::vector<std::uint64_t>>> arrays;
    for (int i = 0; i < 5000; ++i) arrays.push_back({"trial" + textOf(i), {4, 5}});
    folder.hdf5("P1_film.h5", arrays);
    ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, "P1_film.h5", "5000 data sets", "--array");
    plan = planWith(folder, {"trial4321"});
    QCOMPARE(cellsOf(plan), (Texts{"P1/film: P1_film.h5:trial4321 4 5"}));
  }
};

QTEST_GUILESS_MAIN(TestArrayChoice)
#include "tst_array_choice.moc"
