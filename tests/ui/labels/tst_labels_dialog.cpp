// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTemporaryDir>

#include "base/files.h"
#include "core/study/tiny_study.h"
#include "labels/label_columns.h"
#include "labels/labels_dialog.h"
#include "study/checks/read_study.h"
#include "study/document/study_file.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;
namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 60000;

/// A small study on disk, and a dialog on it that does the program's own work.
class Stage {
 public:
  Stage() : root(folder.path().toStdString()) { makeTinyStudy(root / "study"); }

  void open() {
    dialog = std::make_unique<LabelsDialog>(programActions({}), readStudy(root / "study"), nullptr);
    dialog->show();
  }
  QString given(const std::string& name, const std::string& text) const {
    writeFileAtomically(root / name, text);
    return QString::fromStdString((root / name).string());
  }
  void look(const QString& file) {
    type("labelsFile", file);
    settle();
  }
  void settle() { QTRY_VERIFY_WITH_TIMEOUT(dialog->isSettled(), kPatienceMs); }
  void type(const char* name, const QString& text) {
    auto& field = find<QLineEdit>(name);
    QTest::mouseClick(&field, Qt::LeftButton);
    field.selectAll();
    QTest::keyClicks(&field, text);
  }
  template <class Widget>
  Widget& find(const char* name) {
    return widgetIn<Widget>(*dialog, name);
  }
  void click(const char* name) { QTest::mouseClick(&find<QPushButton>(name), Qt::LeftButton); }
  QString cell(int row, int column) { return find<LabelColumns>("labelColumns").item(row, column)->text(); }
  QString message() { return find<QLabel>("labelsMessage").text(); }
  bool canAdd() { return find<QPushButton>("labelsAdd").isEnabled(); }
  void check(int row) {
    auto& columns = find<LabelColumns>("labelColumns");
    columns.setCurrentCell(row, 0);
    QTest::keyClick(&columns, Qt::Key_Space);
  }
  Study study() const { return readStudy(root / "study"); }

  QTemporaryDir folder;
  fs::path root;
  std::unique_ptr<LabelsDialog> dialog;
};

const std::string kScenes =
    "onset\tduration\tmood\tplace\tcalm\n0\t50\t2\tmeadow\t1\n50\t40\t-1\tstreet\t0\n";

}  // namespace

class TestLabelsDialog : public QObject {
  Q_OBJECT

 private slots:
  void scenesAreGuessedShownAndAdded() {
    Stage stage;
    stage.open();
    QVERIFY(!stage.canAdd());
    stage.look(stage.given("film scenes.tsv", kScenes));
    QCOMPARE(stage.find<QComboBox>("labelsTiming").currentText(), QString("a scene"));
    QVERIFY(stage.find<QLabel>("labelsExplanation").text().contains("columns onset and duration"));
    QCOMPARE(stage.find<QLineEdit>("labelsName").text(), QString("film scenes"));
    QVERIFY(!stage.find<QDoubleSpinBox>("labelsPeriod").isEnabled());
    QCOMPARE(stage.cell(0, 1), QString("when"));
    QCOMPARE(stage.cell(2, 1), QString("numbers"));
    QCOMPARE(stage.cell(2, 2), QString("75 of 75"));
    QCOMPARE(stage.cell(2, 3), QString("15 of 25"));
    QCOMPARE(stage.cell(2, 4), QString("-1 to 2"));
    QCOMPARE(stage.cell(3, 1), QString("text"));
    QVERIFY(!(stage.find<LabelColumns>("labelColumns").item(3, 0)->flags() & Qt::ItemIsUserCheckable));
    QCOMPARE(stage.find<QTableWidget>("labelPreview").item(1, 3)->text(), QString("street"));
    QVERIFY(stage.find<QLabel>("labelPreviewTitle").text().startsWith("First 2 of 2 rows"));
    QVERIFY2(stage.message().contains("Labels: 2, rows: 2"), qPrintable(stage.message()));
    stage.check(4);  // "calm" is left out
    stage.settle();
    QVERIFY(stage.message().contains("Labels: 1, "));
    QSignalSpy changed(stage.dialog.get(), &LabelsDialog::studyChanged);
    stage.click("labelsAdd");
    QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
    QVERIFY(!stage.dialog->isVisible());
    const LabelTable table = stage.study().labels.back();
    QCOMPARE(table.id, std::string("film scenes"));
    QVERIFY(table.timing == LabelTiming::Scenes && table.items.size() == 1 && table.items[0].name == "mood");
  }

  void errorsNameFileLineAndReason() {
    Stage stage;
    stage.open();
    stage.look(stage.given("a.tsv", "onset\tduration\tmood\n0\t50\t2\n40\t9\t1\n"));
    QVERIFY2(stage.message().contains("a.tsv") && stage.message().contains("line 3") &&
                 stage.message().contains("overlaps"),
             qPrintable(stage.message()));
    QVERIFY(!stage.canAdd());
    stage.look(stage.given("b.tsv", "mood\n1\n2\n"));
    QCOMPARE(stage.find<QComboBox>("labelsTiming").currentText(), QString("a sample"));
    QVERIFY2(stage.message().contains("has 2 rows, the study has 100 samples"), qPrintable(stage.message()));
    stage.look("nowhere.tsv");
    QVERIFY2(stage.message().contains("nowhere.tsv"), qPrintable(stage.message()));
    QCOMPARE(stage.find<LabelColumns>("labelColumns").rowCount(), 0);
    stage.look(stage.given("c.tsv", "time\twords\n0\tdog\n"));
    QVERIFY2(stage.message().contains("No column is chosen"), qPrintable(stage.message()));
    stage.look(stage.given("scene.tsv", kScenes));
    QVERIFY2(stage.message().contains("two label tables"), qPrintable(stage.message()));
    QVERIFY(!stage.canAdd());
    stage.type("labelsName", "mood");
    stage.settle();
    QVERIFY2(stage.canAdd(), qPrintable(stage.message()));
    QCOMPARE(stage.study().labels.size(), std::size_t{2});
  }

  void periodsAndWords() {
    Stage stage;
    stage.open();
    stage.look(stage.given("a.csv", "seen,level\n\"dog, zebra\",1\ncat,2\ncat,1\ndog,4\n"));
    auto& timing = stage.find<QComboBox>("labelsTiming");
    QTest::keyClick(&timing, Qt::Key_Down);
    QCOMPARE(timing.currentText(), QString("seconds of the film"));
    stage.settle();
    QVERIFY2(stage.message().contains("a period is needed"), qPrintable(stage.message()));
    auto& period = stage.find<QDoubleSpinBox>("labelsPeriod");
    QVERIFY(period.isEnabled());
    period.selectAll();
    QTest::keyClicks(&period, "25");
    stage.settle();
    QVERIFY2(stage.canAdd(), qPrintable(stage.message()));
    QCOMPARE(stage.cell(1, 4), QString("1 to 4"));
    stage.type("labelsEmbedding", stage.given("glove.txt", "dog 1 0\ncat 0 1\n"));
    stage.settle();
    QCOMPARE(stage.cell(0, 2), QString("75 of 75"));
    QCOMPARE(stage.cell(1, 2), QString());
    QVERIFY2(stage.message().contains("lacks: 1 (zebra)"), qPrintable(stage.message()));
    stage.click("labelsAdd");
    QTRY_VERIFY_WITH_TIMEOUT(!stage.dialog->isVisible(), kPatienceMs);
    const LabelTable table = stage.study().labels.back();
    QVERIFY(table.embedding == "inputs/labels/a/embedding.txt" && table.periodSec == 25 &&
            table.items[0].name == "seen");
  }

  void eachPersonsOwnFilesAreFound() {
    Stage stage;
    stage.open();
    for (const char* person : {"1", "2", "3"})
      stage.given(std::string("mood_P") + person + ".tsv",
                  std::string("time\tmood\n0\t") + person + "\n50\t0\n");
    stage.look(QString::fromStdString((stage.root / "mood_P2.tsv").string()));
    QVERIFY(stage.find<QLineEdit>("labelsFile").text().endsWith("mood_{person}.tsv"));
    QVERIFY2(stage.canAdd(), qPrintable(stage.message()));
    QCOMPARE(stage.cell(1, 4), QString("0 to 3"));
    stage.click("labelsAdd");
    QTRY_VERIFY_WITH_TIMEOUT(!stage.dialog->isVisible(), kPatienceMs);
    QVERIFY(stage.study().labels.back().perPerson);
  }

  void tablesCanBeDroppedOnTheDialog() {
    Stage stage;
    stage.open();
    stage.find<QTabWidget>("labelsTabs").setCurrentIndex(1);
    for (const auto& [name, taken] : {std::pair{"notes.txt", false}, {"mood.CSV", true}}) {
      QMimeData data;
      data.setUrls({QUrl::fromLocalFile(stage.given(name, "onset,duration,mood\n0,50,2\n50,50,1\n"))});
      QDragEnterEvent enter({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
      QCoreApplication::sendEvent(stage.dialog.get(), &enter);
      QCOMPARE(enter.isAccepted(), taken);
      QDropEvent drop({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
      QCoreApplication::sendEvent(stage.dialog.get(), &drop);
      stage.settle();
      QCOMPARE(stage.canAdd(), taken);
    }
    QCOMPARE(stage.find<QTabWidget>("labelsTabs").currentIndex(), 0);
  }

  void tablesAreRemovedWhenConfirmed() {
    Stage stage;
    stage.open();
    auto& tabs = stage.find<QTabWidget>("labelsTabs");
    QCOMPARE(tabs.tabText(1), QString("In this study (2)"));
    tabs.setCurrentIndex(1);
    auto& tables = stage.find<QTableWidget>("labelTables");
    QCOMPARE(tables.item(1, 1)->text(), QString("each person"));
    QVERIFY(!stage.find<QPushButton>("labelsRemove").isEnabled());
    QTest::mouseClick(tables.viewport(), Qt::LeftButton, {},
                      tables.visualItemRect(tables.item(0, 0)).center());
    QSignalSpy changed(stage.dialog.get(), &LabelsDialog::studyChanged);
    for (const char* answer : {"Cancel", "Remove"}) {
      stage.click("labelsRemove");
      auto* question = stage.dialog->findChild<QMessageBox*>();
      QVERIFY(question != nullptr && question->text().contains("scene"));
      for (QAbstractButton* button : question->buttons())
        if (button->text().remove('&') == QLatin1String(answer)) QTest::mouseClick(button, Qt::LeftButton);
      QTRY_VERIFY(stage.dialog->findChild<QMessageBox*>() == nullptr);
      stage.settle();
    }
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(tabs.tabText(1), QString("In this study (1)"));
    QCOMPARE(stage.study().labels.size(), std::size_t{1});
    QCOMPARE(stage.study().labels[0].id, std::string("ratings"));
  }

  /// From a study without labels to one that waits for training, by a click, a drop and a click.
  void theWindowAsksForThem() {
    Stage files;
    Study study = files.study();
    study.labels.clear();
    writeStudy(study);
    WindowStage stage(programActions({}));
    QVERIFY(!stage.window.findChild<QAction*>("labelsAction")->isEnabled());
    stage.controller().openStudy(study.folder);
    QTRY_VERIFY_WITH_TIMEOUT(stage.controller().hasStudy() && !stage.controller().jobs().isRunning(),
                             kPatienceMs);
    QVERIFY(stage.find("labelPanelAdd").isVisible());
    stage.click("labelPanelAdd");
    auto* dialog = stage.window.findChild<LabelsDialog*>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QTest::mouseClick(&widgetIn<QPushButton>(*dialog, "labelsClose"), Qt::LeftButton);
    QTRY_VERIFY(stage.window.findChild<LabelsDialog*>() == nullptr);
    stage.drop(files.given("mood.tsv", kScenes));
    dialog = stage.window.findChild<LabelsDialog*>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(widgetIn<QPushButton>(*dialog, "labelsAdd").isEnabled(), kPatienceMs);
    QTest::mouseClick(&widgetIn<QPushButton>(*dialog, "labelsAdd"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(
        !stage.controller().study().labels.empty() && !stage.controller().jobs().isRunning(), kPatienceMs);
    QVERIFY(!stage.find("labelPanelAdd").isVisible());
    bool said = false;
    for (const QLabel* label : stage.find("labelPanel").findChildren<QLabel*>())
      said = said || label->text().contains("press Train");
    QVERIFY(said);
  }

  void newLabelsOfATrainedStudyAskForTraining() {
    WindowStage stage;
    LoadedStudy loaded = stage.fixture.loaded();
    for (const char* item : {"faces", "speech"})
      loaded.study.labels.push_back({item, false, "a.tsv", {{item, item, "", "both"}}});
    stage.controller().setLoaded(loaded);
    QVERIFY(!stage.find("noticePanel").isVisible());
    loaded.study.labels.push_back({"mood", false, "b.tsv", {{"mood", "Mood", "", "both"}}});
    loaded.outdated = {"label estimates"};
    stage.controller().setLoaded(loaded);
    QVERIFY(stage.find("noticePanel").isVisible());
    QCOMPARE(stage.textOf("noticeText"),
             QString("These labels have no estimates yet: Mood. Train learns them."));
    QVERIFY(stage.find("noticeTrain").isVisible());
    QVERIFY(stage.find("labelTable").isVisible());  // the others are still shown
  }
};

int main(int argc, char** argv) {
  TestLabelsDialog test;
  return runWindowTest(test, argc, argv);
}
#include "tst_labels_dialog.moc"
