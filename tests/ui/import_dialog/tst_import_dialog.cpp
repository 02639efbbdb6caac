// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <atomic>
#include <thread>

#include "base/error.h"
#include "import_dialog/cleaning_editor.h"
#include "import_dialog/import_dialog.h"
#include "import_dialog/plan_table.h"
#include "import_dialog/run_table.h"
#include "ui/window_stage.h"
#include "widgets/findings_table.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

ImportCell cellOf(std::int64_t samples, std::int64_t places) {
  ImportCell cell;
  cell.shape = {samples, places};
  cell.samples = samples;
  cell.trSec = 2.0;
  cell.files = {{FileRole::Volume, "bold.nii.gz", {}}};
  return cell;
}

/// Three people and two runs: one cell is missing, and one person's file cannot be used.
ImportPlan planOf(const ImportRequest& request) {
  ImportPlan plan;
  plan.source = "/source";
  plan.layout = ImportLayout::Fmriprep;
  plan.spaces = {"fsaverage5", "MNI152NLin2009cAsym"};
  plan.space = request.space.empty() ? plan.spaces.front() : request.space;
  plan.runs = {{"task-film_run-1", "film", {}, 1}, {"task-film_run-2", "film", {}, 2}};
  plan.stimuli = {{"stimuli/film.mp4", "film", 60.0, 25.0, 320, 240, 0}};
  for (const std::string person : {"sub-1", "sub-2", "sub-3"}) {
    if (std::ranges::find(request.leaveOut, person) != request.leaveOut.end()) continue;
    plan.people.push_back(person);
    plan.cells.push_back({cellOf(30, 20484), cellOf(28, 20484)});
    if (person == "sub-2") plan.cells.back()[1] = std::nullopt;
    if (person != "sub-3") continue;
    plan.cells.back()[0] = ImportCell{};
    plan.findings = {
        {Severity::Error, "sub-3/bold.nii.gz", "sub-3, run 1", "The header is cut.", "Copy it again."}};
  }
  plan.findings.push_back({Severity::Warning, {}, "sub-2", "A run is missing.", "Leave the person out."});
  return plan;
}

class Stage {
 public:
  Stage() {
    actions.planImport = [this](const std::filesystem::path&, const ImportRequest& request, const Job& job) {
      requests.push_back(request);
      for (; slow; std::this_thread::sleep_for(std::chrono::milliseconds(1)))
        job.checkpoint(0.5, "reading headers");
      return planOf(request);
    };
    actions.importStudy = [this](const ImportPlan& plan, const ImportChoices& choices, const Job&) {
      imported.emplace_back(plan, choices);
      return ImportOutcome{};
    };
  }
  void open() {
    dialog = std::make_unique<ImportDialog>(actions, folder.path().toStdString(), nullptr);
    dialog->show();
    dialog->look("/source");
    QTRY_VERIFY(!dialog->isBusy());
  }
  /// Begins an import that ends only when it is cancelled.
  void importUntilStopped() {
    actions.importStudy = [](const ImportPlan&, const ImportChoices&, const Job& job) -> ImportOutcome {
      for (;; std::this_thread::sleep_for(std::chrono::milliseconds(1))) job.checkpoint(0.2, "reading sub-1");
    };
    open();
    find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(find<QPushButton>("importStart").isEnabled());
    click("importStart");
  }
  template <class Widget>
  Widget& find(const char* name, int which = 0) {
    return widgetIn<Widget>(*dialog, name, which);
  }
  void click(const char* name) { QTest::mouseClick(&find<QPushButton>(name), Qt::LeftButton); }

  QTemporaryDir folder;
  StudyActions actions;
  std::vector<ImportRequest> requests;
  std::atomic<bool> slow{false};
  std::vector<std::pair<ImportPlan, ImportChoices>> imported;
  std::unique_ptr<ImportDialog> dialog;
};

}  // namespace

class TestImportDialog : public QObject {
  Q_OBJECT

 private slots:
  void showsPeopleByRuns() {
    Stage stage;
    stage.open();
    QCOMPARE(stage.find<QLabel>("importWhat").text().contains("3 people, 2 runs"), true);
    auto& table = stage.find<PlanTable>("planTable");
    QCOMPARE(table.rowCount(), 3);
    QCOMPARE(table.item(0, 1)->text(), QStringLiteral("30 × 20,484"));
    QCOMPARE(table.item(1, 2)->text(), QString("missing"));
    QCOMPARE(table.item(2, 1)->text(), QString("unusable"));
    QCOMPARE(stage.find<QComboBox>("importSpace").count(), 2);
    QCOMPARE(stage.find<RunTable>("runTable").item(1, 1)->text(), QString("28"));
    QCOMPARE(stage.find<RunTable>("runTable").item(1, 6)->text(), QString("film 0:00.0 to 0:56.0"));
  }

  void errorsKeepFromImporting() {
    Stage stage;
    stage.open();
    QVERIFY(!stage.find<QPushButton>("importStart").isEnabled());
    QVERIFY(stage.find<QLabel>("importWhy").text().contains("1 error, 1 warning"));
    QCOMPARE(stage.find<QTabWidget>("importTabs").currentIndex(), 2);
    auto& findings = stage.find<FindingsTable>("findingsTable");
    QCOMPARE(findings.item(0, 0)->text(), QString("Error"));
    QCOMPARE(findings.item(0, 1)->text(), QString("sub-3/bold.nii.gz"));
    QCOMPARE(findings.item(0, 4)->text(), QString("Copy it again."));
  }

  void choicesReachTheImport() {
    Stage stage;
    stage.open();
    stage.find<QTabWidget>("importTabs").setCurrentIndex(0);
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(!stage.dialog->isBusy());
    QCOMPARE(stage.requests.back().leaveOut, std::vector<std::string>{"sub-3"});
    QCOMPARE(stage.find<PlanTable>("planTable").rowCount(), 3);  // the person can be taken back
    QVERIFY(stage.find<QPushButton>("importStart").isEnabled());
    stage.find<QComboBox>("runUse", 1).setCurrentIndex(1);
    QTRY_VERIFY(!stage.dialog->isBusy());
    stage.find<QComboBox>("runFilm", 0).setCurrentIndex(1);
    stage.find<QDoubleSpinBox>("runFilmStart", 0).setValue(12.5);
    QCOMPARE(stage.find<RunTable>("runTable").item(0, 6)->text(),
             QString("film 0:12.5 to 1:12.5; it ends at 1:00.0, later volumes are left out"));
    stage.find<QDoubleSpinBox>("runOnset", 0).setValue(4);
    QVERIFY(stage.find<RunTable>("runTable")
                .item(0, 6)
                ->text()
                .startsWith("film 0:12.5 to 1:08.5; the first 4 s"));
    QVERIFY(!stage.find<QCheckBox>("importKeepVoxels").isChecked());
    stage.find<QCheckBox>("importKeepVoxels").click();
    QSignalSpy made(stage.dialog.get(), &ImportDialog::imported);
    stage.click("importStart");
    QTRY_COMPARE(made.count(), 1);
    const auto& [plan, choices] = stage.imported.front();
    QCOMPARE(plan.people.size(), std::size_t(2));
    QCOMPARE(choices.study, std::filesystem::path(stage.folder.filePath("source-study").toStdString()));
    QCOMPARE(choices.heldOut, std::vector<std::string>{"task-film_run-2"});
    QCOMPARE(choices.films.size(), std::size_t(1));
    QCOMPARE(choices.films.at("task-film_run-1").file, std::filesystem::path("/source/stimuli/film.mp4"));
    QCOMPARE(choices.films.at("task-film_run-1").filmStartSec, std::optional<double>(12.5));
    QCOMPARE(choices.films.at("task-film_run-1").onsetSec, std::optional<double>(4));
    QVERIFY(choices.cleaning == usualCleaning(plan));
    QVERIFY(choices.keepVoxels);
    QVERIFY(!stage.dialog->isVisible());
  }

  /// A choice whose look was cancelled must not import what was chosen before it.
  void cancelledChoicesImportNothing() {
    Stage stage;
    stage.open();
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    stage.slow = true;
    stage.find<PlanTable>("planTable").item(1, 0)->setCheckState(Qt::Unchecked);
    QVERIFY(stage.dialog->isBusy());
    stage.dialog->reject();  // while something runs, it is stopped and the dialog stays
    QTRY_VERIFY(!stage.dialog->isBusy());
    QVERIFY(stage.dialog->isVisible());
    QVERIFY(!stage.find<QPushButton>("importStart").isEnabled());
    QVERIFY(stage.find<QLabel>("importWhy").text().startsWith("Cancelled"));
    stage.slow = false;
    stage.find<PlanTable>("planTable").item(1, 0)->setCheckState(Qt::Checked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    stage.dialog->reject();
    QVERIFY(!stage.dialog->isVisible());
  }

  void nothingElseCanBeAskedWhileItImports() {
    Stage stage;
    stage.importUntilStopped();
    QVERIFY(stage.dialog->isBusy());
    for (const char* name :
         {"importSpace", "importTask", "importSource", "importStudy", "importLabels", "importNetwork"})
      QVERIFY2(!stage.find<QWidget>(name).isEnabled(), name);
    stage.click("importClose");
    QTRY_VERIFY(!stage.dialog->isBusy());
    QVERIFY(stage.find<QComboBox>("importSpace").isEnabled());
  }

  void picturesBecomeFilmsOfARate() {
    Stage stage;
    stage.open();
    QVERIFY(!stage.find<QDoubleSpinBox>("importPictures").isVisible());
    stage.actions.planImport = [&](const std::filesystem::path&, const ImportRequest& request, const Job&) {
      ImportPlan plan = planOf(request);
      plan.stimuli = {{"stimuli/faces", "pictures", {}, {}, {}, {}, 120, true},
                      {"stimuli/stack.h5", "pictures", {}, {}, {}, {}, 9}};
      return plan;
    };
    stage.open();
    auto& rate = stage.find<QDoubleSpinBox>("importPictures");
    QVERIFY(rate.isVisible());
    QCOMPARE(rate.text(), QString("no film"));
    QCOMPARE(stage.find<QLabel>("importPicturesLength").text(), QString("faces: 120 pictures"));
    QCOMPARE(stage.find<QComboBox>("runFilm", 0).count(), 3);  // not the array of pictures
    stage.find<QTabWidget>("importTabs").setCurrentIndex(0);
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    QTest::mouseClick(&rate, Qt::LeftButton);
    rate.selectAll();
    QTest::keyClicks(&rate, "2.5");
    QCOMPARE(stage.find<QLabel>("importPicturesLength").text(), QString("faces: 120 pictures = 48 s"));
    QVERIFY(stage.find<RunTable>("runTable").item(0, 6)->text().contains("it ends at 0:48.0"));  // of 60 s
    stage.click("importStart");
    QTRY_COMPARE(stage.imported.size(), std::size_t(1));
    QCOMPARE(stage.imported.front().second.picturesPerSec, std::optional<double>(2.5));
  }

  void withoutARatePicturesAreNoFilm() {
    Stage stage;
    stage.open();
    stage.find<QDoubleSpinBox>("importPictures").setValue(3);  // of a folder without pictures
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    stage.click("importStart");
    QTRY_COMPARE(stage.imported.size(), std::size_t(1));
    QVERIFY(!stage.imported.front().second.picturesPerSec);
  }

  void secondsAreSaidOrUnknown() {
    Stage stage;
    stage.open();
    auto& onset = stage.find<QDoubleSpinBox>("runOnset", 0);
    QCOMPARE(onset.text(), QString("as the source says"));
    onset.stepUp();
    QCOMPARE(onset.value(), 0.0);
    auto& start = stage.find<QDoubleSpinBox>("runFilmStart", 0);
    start.setValue(-3);
    QCOMPARE(start.value(), 0.0);
  }

  void aRunCanBeLeftOut() {
    Stage stage;
    stage.open();
    stage.find<QComboBox>("runUse", 0).setCurrentIndex(2);
    QTRY_VERIFY(!stage.dialog->isBusy());
    QCOMPARE(stage.requests.back().leaveOut, std::vector<std::string>{"task-film_run-1"});
  }

  void anotherSpaceIsLookedAtAnew() {
    Stage stage;
    stage.open();
    auto& space = stage.find<QComboBox>("importSpace");
    space.setCurrentIndex(1);
    emit space.activated(1);
    QTRY_VERIFY(!stage.dialog->isBusy());
    QCOMPARE(stage.requests.back().space, std::string("MNI152NLin2009cAsym"));
    QCOMPARE(space.currentText(), QString("MNI152NLin2009cAsym"));
  }

  void takenFoldersAreRefused() {
    Stage stage;
    stage.open();
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    stage.find<QLineEdit>("importStudy").setText(stage.folder.path());
    QVERIFY(!stage.find<QPushButton>("importStart").isEnabled());
    QVERIFY(stage.find<QLabel>("importWhy").text().contains("not taken"));
  }

  void failuresAreShownAndLoseNothing() {
    Stage stage;
    stage.actions.importStudy = [](const ImportPlan&, const ImportChoices&, const Job&) -> ImportOutcome {
      throw Error(ErrorCode::BadShape, "20,484 values against 40,962 vertices");
    };
    stage.open();
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    QSignalSpy made(stage.dialog.get(), &ImportDialog::imported);
    stage.click("importStart");
    QTRY_VERIFY(!stage.dialog->isBusy());
    QCOMPARE(made.count(), 0);
    QVERIFY(stage.dialog->isVisible());
    QVERIFY(stage.find<QLabel>("importWhy").text().contains("40,962 vertices"));
    QVERIFY(stage.find<QTabWidget>("importTabs").tabText(2).contains("1 error"));
    QVERIFY(stage.find<QPushButton>("importStart").isEnabled());  // after a change, perhaps
    QCOMPARE(stage.find<PlanTable>("planTable").item(2, 0)->checkState(), Qt::Unchecked);
  }

  void onlyVoxelsCanBeKept() {
    Stage stage;
    stage.open();
    QVERIFY(!stage.find<QCheckBox>("importKeepVoxels").isEnabled());  // one file cannot be used
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QCheckBox>("importKeepVoxels").isEnabled());
    stage.actions.planImport = [](const std::filesystem::path&, const ImportRequest& request, const Job&) {
      ImportPlan plan = planOf(request);
      for (auto& cells : plan.cells)
        for (auto& cell : cells)
          if (cell)
            cell->files = {{FileRole::Left, "left.func.gii", {}}, {FileRole::Right, "right.func.gii", {}}};
      return plan;
    };
    stage.open();
    stage.find<PlanTable>("planTable").item(2, 0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(stage.find<QPushButton>("importStart").isEnabled());
    QVERIFY(!stage.find<QCheckBox>("importKeepVoxels").isEnabled());
  }

  void importingCanBeCancelled() {
    Stage stage;
    stage.importUntilStopped();
    QTRY_VERIFY(stage.find<QLabel>("jobStage").text().contains("sub-1"));
    stage.click("jobCancel");
    QTRY_VERIFY(!stage.dialog->isBusy());
    QVERIFY(stage.find<QPushButton>("importStart").isEnabled());
  }

  void cleaningIsEditedAndUndone() {
    CleaningEditor editor;
    editor.setPlan({DetrendCosine{}, ZScore{}});
    editor.show();
    auto& list = *editor.findChild<QListWidget*>("cleaningList");
    const auto click = [&](const char* name) {
      QTest::mouseClick(editor.findChild<QPushButton*>(QString::fromLatin1(name)), Qt::LeftButton);
    };
    list.setCurrentRow(0);
    editor.findChild<QDoubleSpinBox*>("cleaningNumber")->setValue(200);
    QVERIFY(editor.plan() == CleaningPlan({DetrendCosine{200}, ZScore{}}));
    QVERIFY(list.item(0)->text().contains("200"));
    click("cleaningDown");
    QVERIFY(editor.plan() == CleaningPlan({ZScore{}, DetrendCosine{200}}));
    QCOMPARE(list.currentRow(), 1);
    click("cleaningRemove");
    QVERIFY(editor.plan() == CleaningPlan({ZScore{}}));
    for (int i = 0; i < 3; ++i) click("cleaningUndo");
    QVERIFY(editor.plan() == CleaningPlan({DetrendCosine{}, ZScore{}}));
    QVERIFY(!editor.findChild<QPushButton*>("cleaningUndo")->isEnabled());
    click("cleaningRedo");
    QVERIFY(editor.plan() == CleaningPlan({DetrendCosine{200}, ZScore{}}));
  }

  /// A field that is left because its step went tells what was typed into it once more.
  void fieldsMayOutliveTheirStep() {
    CleaningEditor editor;
    for (const CleaningPlan& next : {CleaningPlan{ZScore{}}, CleaningPlan{}}) {
      editor.setPlan({DetrendSavitzkyGolay{}});
      editor.findChild<QListWidget*>("cleaningList")->setCurrentRow(0);
      auto* window = editor.findChildren<QDoubleSpinBox*>("cleaningNumber").first();
      editor.setPlan(next);
      window->setValue(99);
      QVERIFY(editor.plan() == next);
      QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
  }

  void badCleaningIsSaid() {
    CleaningEditor editor;
    editor.setPlan({AverageRepeats{}, ZScore{}});
    QVERIFY(!editor.problem().isEmpty());
    editor.show();
    QVERIFY(editor.findChild<QLabel*>("cleaningProblem")->isVisible());
  }
};

int main(int argc, char** argv) {
  TestImportDialog test;
  return runWindowTest(test, argc, argv);
}
#include "tst_import_dialog.moc"
