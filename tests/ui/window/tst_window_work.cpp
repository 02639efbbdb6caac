// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <thread>

#include "base/files.h"
#include "import_dialog/import_dialog.h"
#include "ui/window_stage.h"
#include "widgets/findings_table.h"
#include "widgets/job_bar.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

void waitUntilStopped(const Job& job) {
  for (;;) {
    job.checkpoint(0.25, "ridge of P02");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void trigger(WindowStage& stage, const char* name) {
  stage.window.findChild<QAction*>(name)->trigger();
}
bool isEnabled(WindowStage& stage, const char* name) {
  return stage.window.findChild<QAction*>(name)->isEnabled();
}

}  // namespace

class TestWindowWork : public QObject {
  Q_OBJECT

 private slots:
  void openingShowsTheStudy();
  void trainingShowsProgressAndReloads();
  void cancelStopsTraining();
  void failedTrainingKeepsTheStudy();
  void failedOpeningShowsOneError();
  void aNewStudyReplacesOnlyWhenLoaded();
  void droppedFolderIsOpened();
  void otherDroppedFilesAreImported();
  void openErrorsAreShownAndKeepFromTraining();
  void closingWhileTrainingIsSafe();
  void outdatedResultsAreSaidAndTrained();
  void uncheckedResultsAreSaid();
  void layoutIsRemembered();
  void timeLeftInWords_data();
  void timeLeftInWords();
};

void TestWindowWork::openingShowsTheStudy() {
  FixtureStudy fixture(false);
  StudyActions actions;
  actions.load = [&](const std::filesystem::path&, const Job&) { return fixture.loaded(); };
  WindowStage stage(actions);
  QVERIFY(!isEnabled(stage, "trainAction"));
  stage.controller().openStudy("somewhere");
  QVERIFY(!isEnabled(stage, "openAction"));
  QTRY_VERIFY(stage.controller().hasStudy());
  QCOMPARE(stage.textOf("studyTitle"), QString("Fixture"));
  QVERIFY(stage.window.windowTitle().contains("Fixture"));
  QTRY_VERIFY(isEnabled(stage, "trainAction"));
  QVERIFY(isEnabled(stage, "openAction"));
}

void TestWindowWork::trainingShowsProgressAndReloads() {
  FixtureStudy fixture(false);
  std::atomic<bool> goOn = false;
  StudyActions actions;
  actions.train = [&](const Study& study, const Job& job) {
    while (!goOn) {
      job.checkpoint(0.5, "encoders of " + study.title);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  actions.load = [&](const std::filesystem::path&, const Job&) {
    LoadedStudy loaded = fixture.loaded();
    loaded.results.labels[0].individualRho = 0.11;
    return loaded;
  };
  WindowStage stage(actions);
  stage.controller().setLoaded(fixture.loaded());
  stage.controller().setTime(33);
  stage.controller().setLabel(0);
  trigger(stage, "trainAction");
  QVERIFY(stage.find("jobBar").isVisible());
  QTRY_COMPARE(stage.textOf("jobStage"), QString("encoders of Fixture"));
  QCOMPARE(stage.find<QProgressBar>("jobProgress").value(), 490);
  goOn = true;
  QTRY_VERIFY(!stage.find("jobBar").isVisible());
  QTRY_VERIFY(stage.textOf("agreement").contains("0.11"));
  QCOMPARE(stage.controller().timeSec(), 33.0);  // training does not move the clock
}

void TestWindowWork::cancelStopsTraining() {
  StudyActions actions;
  actions.train = [](const Study&, const Job& job) { waitUntilStopped(job); };
  WindowStage stage(actions);
  stage.showFixture();
  trigger(stage, "trainAction");
  QTRY_COMPARE(stage.textOf("jobStage"), QString("ridge of P02"));
  stage.click("jobCancel");
  QTRY_VERIFY(!stage.controller().jobs().isRunning());
  QVERIFY(!stage.find("jobBar").isVisible());
  QVERIFY(!stage.find("problemPanel").isVisible());  // a cancel is no error
  QVERIFY(isEnabled(stage, "trainAction"));
}

void TestWindowWork::failedTrainingKeepsTheStudy() {
  StudyActions actions;
  actions.train = [](const Study&, const Job&) {
    throw Error(ErrorCode::BadShape, "features.npy has 10 rows, the study 60 samples").within("person P02");
  };
  WindowStage stage(actions);
  stage.showFixture();
  stage.controller().setLabel(1);
  QSignalSpy changed(&stage.controller(), &StudyController::studyChanged);
  trigger(stage, "trainAction");
  QTRY_VERIFY(stage.find("problemPanel").isVisible());
  QVERIFY(stage.textOf("problemHeadline").contains("Training"));
  QVERIFY(stage.textOf("problemReason").contains("differ in size"));
  QCOMPARE(stage.textOf("problemFile"), QString::fromStdString(stage.fixture.folder().string()));
  QVERIFY(!stage.find("problemDetails").isVisible());
  stage.click("problemMore");
  QVERIFY(stage.find("problemDetails").isVisible());
  QCOMPARE(stage.find<QPlainTextEdit>("problemDetails").toPlainText(),
           QString("person P02: features.npy has 10 rows, the study 60 samples"));
  QCOMPARE(changed.count(), 0);
  QCOMPARE(stage.controller().label(), 1);
  stage.click("problemClose");
  QVERIFY(!stage.find("problemPanel").isVisible());
}

void TestWindowWork::failedOpeningShowsOneError() {
  StudyActions actions;
  actions.load = [](const std::filesystem::path& folder, const Job&) -> LoadedStudy {
    throw Error(ErrorCode::MissingFile, (folder / "study.json").string() + " is not there");
  };
  WindowStage stage(actions);
  QSignalSpy problems(&stage.controller(), &StudyController::problem);
  stage.controller().openStudy("/nowhere");
  QTRY_VERIFY(stage.find("problemPanel").isVisible());
  QCOMPARE(problems.count(), 1);
  QCOMPARE(stage.textOf("problemFile"), QString("/nowhere"));
  QVERIFY(stage.find("welcomePanel").isVisible());
  QVERIFY(stage.find("welcomePanel").isEnabled());
}

void TestWindowWork::aNewStudyReplacesOnlyWhenLoaded() {
  FixtureStudy other(false);
  other.study.title = "Other";
  other.study.runs = {{"only", "b", 0, 0, 60, true}};
  StudyActions actions;
  actions.load = [&](const std::filesystem::path&, const Job&) { return other.loaded(); };
  WindowStage stage(actions);
  stage.showFixture();
  stage.controller().setTime(30);
  stage.controller().setLabel(1);
  stage.controller().setVertex(2, 5);
  stage.controller().openStudy("other");
  QCOMPARE(stage.textOf("studyTitle"), QString("Fixture"));
  QTRY_COMPARE(stage.textOf("studyTitle"), QString("Other"));
  QCOMPARE(stage.controller().timeSec(), 0.0);
  QCOMPARE(stage.controller().label(), 0);
  QCOMPARE(stage.controller().vertex(), Index(-1));
}

void TestWindowWork::droppedFolderIsOpened() {
  FixtureStudy fixture(false);
  std::vector<std::string> opened;
  StudyActions actions;
  actions.load = [&](const std::filesystem::path& folder, const Job&) {
    opened.push_back(folder.string());
    return fixture.loaded();
  };
  WindowStage stage(actions);
  writeFileAtomically(fixture.folder() / "study.json", "{}");
  stage.drop(QString::fromStdString(fixture.folder().string()));
  QTRY_VERIFY(stage.controller().hasStudy());
  QCOMPARE(opened, std::vector<std::string>{fixture.folder().string()});
  stage.drop(QString::fromStdString((fixture.folder() / "not there.npy").string()));
  QVERIFY(!stage.controller().jobs().isRunning());
  QCOMPARE(opened.size(), std::size_t(1));
}

void TestWindowWork::otherDroppedFilesAreImported() {
  QTemporaryDir folder;
  writeFileAtomically(folder.filePath("sub-1.npy").toStdString(), "");
  std::vector<std::filesystem::path> looked;
  StudyActions actions;
  actions.planImport = [&](const std::filesystem::path& source, const ImportRequest&, const Job&) {
    looked.push_back(source);
    return ImportPlan{};
  };
  WindowStage stage(actions);
  for (const QString& dropped : {folder.path(), folder.filePath("sub-1.npy")}) {
    stage.drop(dropped);
    auto* dialog = stage.window.findChild<ImportDialog*>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QTRY_VERIFY(!dialog->isBusy());
    dialog->close();
    QTRY_VERIFY(stage.window.findChild<ImportDialog*>() == nullptr);
  }
  QCOMPARE(looked, std::vector<std::filesystem::path>(2, folder.path().toStdString()));
}

void TestWindowWork::openErrorsAreShownAndKeepFromTraining() {
  FixtureStudy fixture(false);
  WindowStage stage;
  LoadedStudy loaded = fixture.loaded();
  loaded.problems = {{Severity::Error, "sub-1.nii.gz", "run 1", "cut", "copy it again"}};
  stage.controller().setLoaded(loaded);
  QVERIFY(!isEnabled(stage, "trainAction"));
  auto& tabs = stage.find<QTabWidget>("detailTabs");
  QCOMPARE(tabs.tabText(tabs.currentIndex()), QString("Problems (1 error)"));
  QVERIFY(stage.find<FindingsTable>("findingsTable").isVisible());
  loaded.outdated = {"label estimates"};
  stage.controller().setLoaded(loaded);
  QVERIFY(stage.find("noticePanel").isVisible());
  QVERIFY(!stage.find("noticeTrain").isEnabled());
  loaded.problems.front().severity = Severity::Warning;
  stage.controller().setLoaded(loaded);
  QVERIFY(isEnabled(stage, "trainAction"));
  QVERIFY(stage.find("noticeTrain").isEnabled());
}

void TestWindowWork::closingWhileTrainingIsSafe() {
  StudyActions actions;
  actions.train = [](const Study&, const Job& job) { waitUntilStopped(job); };
  auto stage = std::make_unique<WindowStage>(actions);
  stage->showFixture();
  stage->controller().togglePlaying();
  trigger(*stage, "trainAction");
  QTRY_COMPARE(stage->textOf("jobStage"), QString("ridge of P02"));
  stage->window.close();
  stage.reset();
  QCoreApplication::processEvents();
}

void TestWindowWork::outdatedResultsAreSaidAndTrained() {
  FixtureStudy fixture(false);
  std::atomic<bool> trained = false;
  StudyActions actions;
  actions.load = [&](const std::filesystem::path&, const Job&) {
    LoadedStudy loaded = fixture.loaded();
    if (!trained) loaded.outdated = {"encoder of P01", "encoder of P02", "encoder of P03", "label estimates"};
    return loaded;
  };
  actions.train = [&](const Study&, const Job&) { trained = true; };
  WindowStage stage(actions);
  QVERIFY(!stage.find("noticePanel").isVisible());
  stage.controller().openStudy("somewhere");
  QTRY_VERIFY(stage.find("noticePanel").isVisible());
  QCOMPARE(
      stage.textOf("noticeText"),
      QString("These results were computed from other inputs or options: encoder of P01, encoder of P02, "
              "encoder of P03 and 1 more. Train brings them up to date."));
  QVERIFY(stage.find("noticeText").toolTip().contains("label estimates"));
  stage.click("noticeTrain");
  QTRY_VERIFY(trained);
  QTRY_VERIFY(!stage.find("noticePanel").isVisible());
}

void TestWindowWork::uncheckedResultsAreSaid() {
  WindowStage stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.outdatedUnknown = "a.mkv is not there";
  stage.controller().setLoaded(loaded);
  QVERIFY(stage.find("noticePanel").isVisible());
  QVERIFY(stage.textOf("noticeText").contains("a.mkv is not there"));
  QVERIFY(!stage.find("noticeTrain").isVisible());
  stage.click("noticeClose");
  QVERIFY(!stage.find("noticePanel").isVisible());
}

void TestWindowWork::layoutIsRemembered() {
  QTemporaryDir folder;
  const QString file = folder.filePath("settings.ini");
  const auto settings = [&] { return std::make_unique<QSettings>(file, QSettings::IniFormat); };
  int width = 0;
  {
    WindowStage stage({}, {settings(), false}, false);
    stage.showFixture();
    stage.window.resize(1400, 900);
    QTRY_COMPARE(stage.window.size(), QSize(1400, 900));
    stage.find<QSplitter>("workspace").setSizes({330, 1050});
    width = stage.find("filmPanel").width();
    stage.window.close();
  }
  WindowStage stage({}, {settings(), false}, false);
  stage.showFixture();
  QTRY_COMPARE(stage.window.size(), QSize(1400, 900));
  QTRY_VERIFY(std::abs(stage.find("filmPanel").width() - width) <= 2);
}

void TestWindowWork::timeLeftInWords_data() {
  QTest::addColumn<double>("seconds");
  QTest::addColumn<QString>("words");
  QTest::newRow("unknown") << -1.0 << "";
  QTest::newRow("seconds") << 42.0 << "about 40 s left";
  QTest::newRow("minutes") << 185.0 << "about 3 min left";
  QTest::newRow("hours") << 7200.0 << "about 2.0 h left";
}

void TestWindowWork::timeLeftInWords() {
  QFETCH(double, seconds);
  QTEST(shownTimeLeft(seconds), "words");
}

int main(int argc, char** argv) {
  TestWindowWork test;
  return runWindowTest(test, argc, argv);
}
#include "tst_window_work.moc"
