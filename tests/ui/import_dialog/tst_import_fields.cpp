// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "import_dialog/cleaning_editor.h"
#include "import_dialog/optional_number.h"
#include "import_dialog/pictures_field.h"
#include "import_dialog/plan_table.h"
#include "import_dialog/run_table.h"
#include "ui/widget_in.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// The editor and what a person does with it.
struct Editor {
  explicit Editor(const CleaningPlan& plan) {
    editor.setPlan(plan);
    editor.resize(500, 500);
    editor.show();
  }
  ~Editor() { editor.hide(); }  // as its dialog does
  template <class Widget = QPushButton>
  Widget& find(const char* name, int which = 0) {
    return widgetIn<Widget>(editor, name, which);
  }
  void click(const char* name) { QTest::mouseClick(&find(name), Qt::LeftButton); }
  void choose(int row) { list.setCurrentRow(row); }
  void add(int kind) { find("cleaningAdd").menu()->actions().at(kind)->trigger(); }
  QDoubleSpinBox& number(int which = 0) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);  // fields of the step before
    return find<QDoubleSpinBox>("cleaningNumber", which);
  }
  QStringList texts() const {
    QStringList lines;
    for (int row = 0; row < list.count(); ++row) lines.append(list.item(row)->text());
    return lines;
  }

  CleaningEditor editor;
  QListWidget& list = widgetIn<QListWidget>(editor, "cleaningList");
  QSignalSpy changed{&editor, &CleaningEditor::planChanged};
};

const CleaningPlan kThree{DropFirst{4}, DetrendCosine{128}, ZScore{}};

ImportStimulus pictures(const char* folder, std::int64_t count) {
  ImportStimulus made;
  made.file = folder;
  made.kind = "pictures";
  made.pictures = count;
  made.isFolder = true;
  return made;
}
ImportStimulus film(const char* file, double durationSec) {
  ImportStimulus made;
  made.file = file;
  made.kind = "film";
  made.durationSec = durationSec;
  return made;
}

ImportCell cellOf(std::int64_t samples, std::optional<double> trSec) {
  ImportCell cell;
  cell.files = {{FileRole::Array, "P01/run.npy", ""}};
  cell.shape = {samples, 20484};
  cell.samples = samples;
  cell.trSec = trSec;
  return cell;
}

/// Two people, three runs of 100 volumes of 2 s; the second person lacks one run, and another is unusable.
ImportPlan somePlan() {
  ImportPlan plan;
  plan.source = "/data";
  plan.people = {"P01", "P02"};
  plan.runs = {{"run-1", "", "", 1}, {"run-2", "", "", 2}, {"run-3", "", "", 3}};
  const ImportCell whole = cellOf(100, 2.0);
  ImportCell unusable = cellOf(0, std::nullopt);
  unusable.shape.clear();
  plan.cells = {{whole, whole, whole}, {cellOf(90, 2.0), std::nullopt, unusable}};
  plan.stimuli = {film("a.mkv", 150), film("b.mkv", 1000), pictures("frames", 300)};
  return plan;
}

template <class Widget>
Widget& cellIn(RunTable& table, int row, int column) {
  return *qobject_cast<Widget*>(table.cellWidget(row, column));
}
enum RunColumn { Name, Samples, Use, Film, FilmStart, Onset, Overlap };

void choose(QComboBox& choice, int index) {
  choice.setCurrentIndex(index);
  emit choice.activated(index);
}

}  // namespace

class TestImportFields : public QObject {
  Q_OBJECT

 private slots:
  void stepsAreAddedAfterTheChosen_data();
  void stepsAreAddedAfterTheChosen();
  void stepsMove();
  void stepsAreRemoved();
  void everyChangeCanBeUndone();
  void numbersChangeTheirStep_data();
  void numbersChangeTheirStep();
  void bothNumbersOfAStepAreKept();
  void columnsAreRead_data();
  void columnsAreRead();
  void aPlanThatCannotBeIsSaid();
  void anotherPlanWhileTyping();
  void nothingIsLeftOfTheOldPlan();
  void emptyNumbersBeginSomewhere();
  void aWheelThatPassesByChangesNothing();
  void picturesBecomeAFilm_data();
  void picturesBecomeAFilm();
  void picturesNeedAPlanWithSome();
  void manyFoldersAreCut();
  void planCellsSayWhatIsThere();
  void peopleAreLeftOut();
  void planTipsAreNoHtml();
  void runsAreTheLongestOfAnybody();
  void usesOfRuns();
  void overlapIsOfTheFilmChosen_data();
  void overlapIsOfTheFilmChosen();
  void overlapNeedsTimes();
  void filmChoicesAreFilled();
  void secondsOfFilmsAreNotNegative();
};

void TestImportFields::stepsAreAddedAfterTheChosen_data() {
  QTest::addColumn<int>("chosen");
  QTest::addColumn<int>("place");
  QTest::newRow("none is chosen") << -1 << 3;
  QTest::newRow("first") << 0 << 1;
  QTest::newRow("last") << 2 << 3;
}

void TestImportFields::stepsAreAddedAfterTheChosen() {
  QFETCH(int, chosen);
  QFETCH(int, place);
  Editor of(kThree);
  of.choose(chosen);
  of.add(1);
  QCOMPARE(of.editor.plan().size(), std::size_t(4));
  QVERIFY(std::holds_alternative<DetrendPolynomial>(of.editor.plan()[std::size_t(place)]));
  QCOMPARE(of.list.currentRow(), place);
  QCOMPARE(of.changed.count(), 1);
  for (int row = 0; row < 4; ++row) QVERIFY(of.texts()[row].startsWith(QString("%1. ").arg(row + 1)));
}

void TestImportFields::stepsMove() {
  Editor of(kThree);
  QVERIFY(!of.find("cleaningUp").isEnabled() && !of.find("cleaningDown").isEnabled() &&
          !of.find("cleaningRemove").isEnabled());
  of.choose(2);
  QVERIFY(!of.find("cleaningDown").isEnabled());
  of.click("cleaningUp");
  QVERIFY(of.editor.plan() == (CleaningPlan{DropFirst{4}, ZScore{}, DetrendCosine{128}}));
  of.click("cleaningUp");
  QCOMPARE(of.list.currentRow(), 0);
  QVERIFY(!of.find("cleaningUp").isEnabled());
  of.click("cleaningDown");
  QVERIFY(of.editor.plan() == (CleaningPlan{DropFirst{4}, ZScore{}, DetrendCosine{128}}));
  QCOMPARE(of.changed.count(), 3);
}

void TestImportFields::stepsAreRemoved() {
  Editor of(kThree);
  of.choose(2);
  for (const int row : {1, 0, -1}) {
    of.click("cleaningRemove");
    QCOMPARE(of.list.currentRow(), row);
  }
  QVERIFY(of.editor.plan().empty());
  QVERIFY(!of.find("cleaningRemove").isEnabled());
  of.add(5);
  QVERIFY(of.editor.plan() == CleaningPlan{ZScore{}});
}

void TestImportFields::everyChangeCanBeUndone() {
  Editor of(kThree);
  std::vector<CleaningPlan> was{of.editor.plan()};
  const auto then = [&](const std::function<void()>& change) {
    change();
    QVERIFY(of.editor.plan() != was.back());
    was.push_back(of.editor.plan());
  };
  then([&] { of.choose(0), of.number().setValue(7); });
  then([&] { of.click("cleaningDown"); });
  then([&] { of.add(6); });
  then([&] { of.choose(0), of.click("cleaningRemove"); });
  QVERIFY(!of.find("cleaningRedo").isEnabled());
  for (std::size_t i = was.size() - 1; i-- > 0;) {
    of.click("cleaningUndo");
    QVERIFY(of.editor.plan() == was[i]);
    QCOMPARE(of.list.count(), int(was[i].size()));
  }
  QVERIFY(!of.find("cleaningUndo").isEnabled());
  for (std::size_t i = 1; i < was.size(); ++i) {
    of.click("cleaningRedo");
    QVERIFY(of.editor.plan() == was[i]);
  }
  QCOMPARE(of.changed.count(), 3 * int(was.size() - 1));
  of.click("cleaningUndo");
  of.add(0);
  QVERIFY(!of.find("cleaningRedo").isEnabled());  // what was undone is gone by another change
}

void TestImportFields::numbersChangeTheirStep_data() {
  QTest::addColumn<CleaningStep>("step");
  QTest::addColumn<double>("number");
  QTest::addColumn<CleaningStep>("then");
  QTest::newRow("volumes") << CleaningStep(DropFirst{4}) << 9.0 << CleaningStep(DropFirst{9});
  QTest::newRow("order") << CleaningStep(DetrendPolynomial{1}) << 2.0 << CleaningStep(DetrendPolynomial{2});
  QTest::newRow("period") << CleaningStep(DetrendCosine{128}) << 99.5 << CleaningStep(DetrendCosine{99.5});
  QTest::newRow("window") << CleaningStep(DetrendSavitzkyGolay{240, 3}) << 120.0
                          << CleaningStep(DetrendSavitzkyGolay{120, 3});
  QTest::newRow("too much") << CleaningStep(DetrendPolynomial{1}) << 500.0
                            << CleaningStep(DetrendPolynomial{20});
}

void TestImportFields::numbersChangeTheirStep() {
  QFETCH(CleaningStep, step);
  QFETCH(double, number);
  QFETCH(CleaningStep, then);
  Editor of({ZScore{}, step});
  of.choose(1);
  of.number().setValue(number);
  QVERIFY(of.editor.plan()[1] == then);
  QVERIFY(of.editor.plan()[0] == CleaningStep(ZScore{}));
  QString said = QString::fromStdString(describe(then));
  said[0] = said[0].toUpper();
  QCOMPARE(of.texts()[1], "2. " + said);
  of.choose(0);
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  QVERIFY(of.editor.findChildren<QDoubleSpinBox*>().isEmpty());  // nothing can be changed about it
}

void TestImportFields::bothNumbersOfAStepAreKept() {
  Editor of({DetrendSavitzkyGolay{240, 3}});
  of.choose(0);
  of.number(1).setValue(2);
  of.number(0).setValue(100);
  of.number(1).setValue(4);
  QVERIFY(of.editor.plan() == (CleaningPlan{DetrendSavitzkyGolay{100, 4}}));
  of.click("cleaningUndo");
  QVERIFY(of.editor.plan() == (CleaningPlan{DetrendSavitzkyGolay{100, 2}}));
  QCOMPARE(of.number(1).value(), 2.0);
}

void TestImportFields::columnsAreRead_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<std::vector<std::string>>("columns");
  QTest::newRow("some") << "trans_x, rot_z" << std::vector<std::string>{"trans_x", "rot_z"};
  QTest::newRow("untidy") << " ,trans_x,, rot_z ," << std::vector<std::string>{"trans_x", "rot_z"};
  QTest::newRow("none: all") << "  " << std::vector<std::string>{};
}

void TestImportFields::columnsAreRead() {
  QFETCH(QString, text);
  QFETCH(std::vector<std::string>, columns);
  Editor of({RegressConfounds{{"csf"}}});
  of.choose(0);
  auto& field = of.find<QLineEdit>("cleaningColumns");
  QCOMPARE(field.text(), QString("csf"));
  field.selectAll();
  QTest::keyClicks(&field, text);
  QTest::keyClick(&field, Qt::Key_Return);
  QVERIFY(of.editor.plan() == CleaningPlan{RegressConfounds{columns}});
}

void TestImportFields::aPlanThatCannotBeIsSaid() {
  Editor of({AverageRepeats{}, ZScore{}});
  auto& problem = of.find<QLabel>("cleaningProblem");
  QVERIFY(problem.isVisible());
  QVERIFY2(problem.text().startsWith("step 1 ") && problem.text().contains("last step"),
           qPrintable(problem.text()));
  QCOMPARE(of.editor.problem(), problem.text());
  of.choose(0);
  of.click("cleaningDown");
  QVERIFY(!problem.isVisible() && of.editor.problem().isEmpty());
}

void TestImportFields::anotherPlanWhileTyping() {
  Editor of({DetrendSavitzkyGolay{240, 3}, ZScore{}});
  of.choose(0);
  QVERIFY(QTest::qWaitForWindowActive(&of.editor));
  for (const int field : {0, 1}) {
    of.editor.setPlan({DetrendSavitzkyGolay{240, 3}, ZScore{}});
    of.choose(0);
    QDoubleSpinBox& number = of.number(field);
    number.setFocus();
    number.selectAll();
    QTest::keyClicks(&number, "2");  // not yet taken
    of.editor.setPlan({ZScore{}});   // as when another folder is looked at
    QVERIFY(of.editor.plan() == CleaningPlan{ZScore{}});
  }
}

void TestImportFields::nothingIsLeftOfTheOldPlan() {
  Editor of(kThree);
  of.choose(0);
  of.number().setValue(1);
  of.editor.setPlan({});
  QVERIFY(!of.find("cleaningUndo").isEnabled());
  QCOMPARE(of.list.count(), 0);
}

void TestImportFields::emptyNumbersBeginSomewhere() {
  OptionalNumber number(2, nullptr);
  number.setRange(-100, 50);
  number.setSpecialValueText("none");
  number.setValue(-100);
  QCOMPARE(number.text(), QString("none"));
  QTest::keyClick(&number, Qt::Key_Up);
  QCOMPARE(number.value(), 2.0);
  QTest::keyClick(&number, Qt::Key_Down);
  QCOMPARE(number.value(), 1.0);
  number.setValue(-100);
  QTest::keyClick(&number, Qt::Key_PageUp);
  QCOMPARE(number.value(), 2.0);
}

void TestImportFields::aWheelThatPassesByChangesNothing() {
  QWidget parent;
  OptionalNumber number(2, &parent);
  QLineEdit other(&parent);
  other.move(0, 60);
  parent.show();
  QVERIFY(QTest::qWaitForWindowActive(&parent));
  const auto turn = [&] {
    QWheelEvent event({5, 5}, number.mapToGlobal(QPointF(5, 5)), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&number, &event);
    return event.isAccepted();
  };
  other.setFocus();
  QVERIFY(!turn());  // the list around it scrolls
  QCOMPARE(number.value(), 0.0);
  number.setFocus();
  turn();
  QCOMPARE(number.value(), 2.0);
}

void TestImportFields::picturesBecomeAFilm_data() {
  QTest::addColumn<double>("rate");
  QTest::addColumn<QString>("length");
  QTest::newRow("no film") << 0.0 << "frames: 1,500 pictures";
  QTest::newRow("25 a second") << 25.0 << "frames: 1,500 pictures = 60 s";
  QTest::newRow("one in two seconds") << 0.5 << "frames: 1,500 pictures = 3000 s";
  QTest::newRow("in parts of a second") << 29.97 << "frames: 1,500 pictures = 50.0501 s";
  QTest::newRow("too slow to be a film") << 0.005 << "frames: 1,500 pictures";
}

void TestImportFields::picturesBecomeAFilm() {
  QFETCH(double, rate);
  PicturesField field;
  QSignalSpy changed(&field, &PicturesField::rateChanged);
  ImportPlan plan;
  plan.stimuli = {film("a.mkv", 10), pictures("below/frames", 1500)};
  field.setPlan(plan);
  widgetIn<QDoubleSpinBox>(field, "importPictures").setValue(rate);
  QTEST(widgetIn<QLabel>(field, "importPicturesLength").text(), "length");
  QCOMPARE(field.perSec(), rate < 0.01 ? std::nullopt : std::optional(rate));
  QCOMPARE(changed.count(), rate > 0 ? 1 : 0);
  field.forget();
  QVERIFY(!field.perSec());
}

void TestImportFields::picturesNeedAPlanWithSome() {
  PicturesField field;
  widgetIn<QDoubleSpinBox>(field, "importPictures").setValue(25);
  ImportPlan plan;
  plan.stimuli = {film("a.mkv", 10)};
  field.setPlan(plan);
  QVERIFY(!field.hasPictures() && !field.perSec());
  plan.stimuli.push_back(pictures("frames", 50));
  field.setPlan(plan);
  QCOMPARE(field.perSec(), std::optional(25.0));  // as was said before
}

void TestImportFields::manyFoldersAreCut() {
  PicturesField field;
  ImportPlan plan;
  for (const char* name : {"100%1", "b %2 <b>", "c", "d", "e"}) plan.stimuli.push_back(pictures(name, 10));
  field.setPlan(plan);
  auto& length = widgetIn<QLabel>(field, "importPicturesLength");
  QCOMPARE(length.text(), QString("100%1: 10 pictures, b %2 <b>: 10 pictures, c: 10 pictures and 2 more"));
  QVERIFY(readTip(length.toolTip()).contains("b %2 <b>: 10 pictures\nc: 10 pictures\nd: 10 pictures"));
}

void TestImportFields::planCellsSayWhatIsThere() {
  PlanTable table;
  table.setPlan(somePlan());
  QCOMPARE(table.rowCount(), 2);
  QCOMPARE(table.columnCount(), 4);
  QCOMPARE(table.horizontalHeaderItem(3)->text(), QString("run-3"));
  QCOMPARE(table.item(0, 1)->text(), QStringLiteral("100 × 20,484"));
  QVERIFY(table.item(0, 1)->toolTip().contains("2 s between samples"));
  QCOMPARE(table.item(1, 2)->text(), QString("missing"));
  QCOMPARE(table.item(1, 3)->text(), QString("unusable"));
  QVERIFY(table.item(1, 3)->toolTip().contains("time between samples unknown"));
  QVERIFY(table.item(1, 2)->foreground().color() != table.item(1, 3)->foreground().color());
  QVERIFY(table.item(0, 1)->foreground().style() == Qt::NoBrush);  // as all text
  ImportPlan repeated = somePlan();
  repeated.cells[0][0]->repeats = 10;
  table.setPlan(repeated);
  QVERIFY(table.item(0, 1)->toolTip().endsWith("10 presentations"));
}

void TestImportFields::peopleAreLeftOut() {
  PlanTable table;
  QSignalSpy changed(&table, &PlanTable::peopleChanged);
  table.setPlan(somePlan());
  QCOMPARE(changed.count(), 0);
  table.show();
  const QRect box = table.visualItemRect(table.item(1, 0));
  QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, {box.left() + 12, box.center().y()});
  QCOMPARE(changed.count(), 1);
  QCOMPARE(table.peopleLeftOut(), std::vector<std::string>{"P02"});
  table.setPlan(somePlan());
  QVERIFY(table.peopleLeftOut().empty());
}

void TestImportFields::planTipsAreNoHtml() {
  ImportPlan plan = somePlan();
  plan.cells[0][0]->files = {{FileRole::Left, "<b>P01</b>.gii", ""},
                             {FileRole::Right, "r.h5", "responses/<i>x"}};
  PlanTable table;
  table.setPlan(plan);
  QCOMPARE(readTip(table.item(0, 1)->toolTip()),
           QStringLiteral(
               "Samples × values\nleft: <b>P01</b>.gii\nright: r.h5 [responses/<i>x]\n2 s between samples"));
}

void TestImportFields::runsAreTheLongestOfAnybody() {
  RunTable table;
  ImportPlan plan = somePlan();
  plan.cells[1][0]->samples = 110;
  table.setPlan(plan);
  QCOMPARE(table.rowCount(), 3);
  QCOMPARE(table.item(0, Name)->text(), QString("run-1"));
  QCOMPARE(table.item(0, Samples)->text(), QString("110"));
  QCOMPARE(table.item(1, Samples)->text(), QString("100"));
  auto& films = cellIn<QComboBox>(table, 0, Film);
  QStringList names;
  for (int i = 0; i < films.count(); ++i) names.append(films.itemText(i));
  QCOMPARE(names, (QStringList{"as the source says", "a.mkv", "b.mkv", "frames",
                               QStringLiteral("Choose a file …")}));
}

void TestImportFields::usesOfRuns() {
  RunTable table;
  QSignalSpy changed(&table, &RunTable::runsChanged);
  table.setPlan(somePlan());
  cellIn<QComboBox>(table, 0, Use).setCurrentIndex(1);
  cellIn<QComboBox>(table, 2, Use).setCurrentIndex(2);
  choose(cellIn<QComboBox>(table, 2, Film), 1);
  QCOMPARE(changed.count(), 2);
  QCOMPARE(table.runsLeftOut(), std::vector<std::string>{"run-3"});
  ImportChoices choices;
  table.fill(choices);
  QCOMPARE(choices.heldOut, std::vector<std::string>{"run-1"});
  QVERIFY(choices.films.empty());  // of a run that is left out no film is needed
}

void TestImportFields::overlapIsOfTheFilmChosen_data() {
  QTest::addColumn<int>("film");
  QTest::addColumn<double>("startSec");
  QTest::addColumn<double>("onsetSec");
  QTest::addColumn<QString>("text");
  QTest::newRow("long enough") << 2 << 0.0 << 0.0 << "film 0:00.0 to 3:20.0";
  QTest::newRow("later in the film") << 2 << 60.0 << 0.0 << "film 1:00.0 to 4:20.0";
  QTest::newRow("film begins late") << 2 << 0.0 << 12.0
                                    << "film 0:00.0 to 3:08.0; the first 12 s of volumes are left out";
  QTest::newRow("film began before") << 2 << 10.0 << -5.0 << "film 0:15.0 to 3:35.0";
  QTest::newRow("too short") << 1 << 0.0 << 0.0
                             << "film 0:00.0 to 3:20.0; it ends at 2:30.0, later volumes are left out";
  QTest::newRow("as a film of pictures")
      << 3 << 0.0 << 0.0 << "film 0:00.0 to 3:20.0; it ends at 0:30.0, later volumes are left out";
}

void TestImportFields::overlapIsOfTheFilmChosen() {
  QFETCH(int, film);
  QFETCH(double, startSec);
  QFETCH(double, onsetSec);
  RunTable table;
  table.setPlan(somePlan());
  table.setPicturesPerSec(10);
  choose(cellIn<QComboBox>(table, 1, Film), film);
  cellIn<QDoubleSpinBox>(table, 1, FilmStart).setValue(startSec);
  cellIn<QDoubleSpinBox>(table, 1, Onset).setValue(onsetSec);
  QTEST(table.item(1, Overlap)->text(), "text");
  QCOMPARE(table.item(0, Overlap)->text(),
           QString("film 0:00.0 to 3:20.0"));  // which film it is, is not known
  table.setPicturesPerSec(std::nullopt);
  if (film == 3) QCOMPARE(table.item(1, Overlap)->text(), QString("film 0:00.0 to 3:20.0"));
}

void TestImportFields::overlapNeedsTimes() {
  ImportPlan plan = somePlan();
  plan.stimuli.resize(1);
  plan.cells[0][0]->files.push_back({FileRole::Events, "events.tsv", ""});
  for (auto& person : plan.cells)
    if (person[1]) person[1]->trSec.reset();
  RunTable table;
  table.setPlan(plan);
  QCOMPARE(table.item(0, Overlap)->text(), QString("as its events table says"));
  QCOMPARE(table.item(1, Overlap)->text(), QString("time between samples unknown"));
  QVERIFY(table.item(2, Overlap)
              ->text()
              .contains("it ends at 2:30.0"));  // the only film is the one that is meant
  cellIn<QDoubleSpinBox>(table, 0, Onset).setValue(8);
  QVERIFY(table.item(0, Overlap)->text().startsWith("film 0:00.0 to 3:12.0"));
}

void TestImportFields::filmChoicesAreFilled() {
  RunTable table;
  table.setPlan(somePlan());
  choose(cellIn<QComboBox>(table, 0, Film), 2);
  cellIn<QDoubleSpinBox>(table, 1, FilmStart).setValue(0);  // said, though nothing else
  cellIn<QDoubleSpinBox>(table, 2, Onset).setValue(-3.5);
  ImportChoices choices;
  table.fill(choices);
  QCOMPARE(choices.films.size(), std::size_t(3));
  QCOMPARE(choices.films["run-1"].file, std::filesystem::path("/data/b.mkv"));
  QVERIFY(!choices.films["run-1"].filmStartSec && !choices.films["run-1"].onsetSec);
  QVERIFY(choices.films["run-2"].file.empty());
  QCOMPARE(choices.films["run-2"].filmStartSec, std::optional(0.0));
  QCOMPARE(choices.films["run-3"].onsetSec, std::optional(-3.5));
}

void TestImportFields::secondsOfFilmsAreNotNegative() {
  RunTable table;
  table.setPlan(somePlan());
  auto& start = cellIn<QDoubleSpinBox>(table, 0, FilmStart);
  QCOMPARE(start.text(), QString("as the source says"));
  start.setValue(-4);
  QCOMPARE(start.value(), 0.0);
  cellIn<QDoubleSpinBox>(table, 0, Onset).setValue(-4);
  QCOMPARE(cellIn<QDoubleSpinBox>(table, 0, Onset).value(), -4.0);
}

QTEST_MAIN(TestImportFields)
#include "tst_import_fields.moc"
