// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

// After Qt's headers: it draws in a namespace of its own.
#include <qcustomplot.h>

#include "panels/brains_panel.h"
#include "panels/distance_matrix.h"
#include "panels/film_panel.h"
#include "panels/timeline_bar.h"
#include "surface_view/surface_view.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// "truth 1.50  ·  P01 BTL −0.42  ·  TL 0.50" of the sample and person.
QString expectedTrace(double base, int person, Index sample) {
  return QStringLiteral("truth %1  ·  P0%2 BTL %3  ·  TL %4")
      .arg(shownNumber(base + 1.5))
      .arg(person + 1)
      .arg(shownNumber(FixtureStudy::btl(base, person, sample)), shownNumber(base + 0.5));
}

}  // namespace

class TestMainWindow : public QObject {
  Q_OBJECT

 private slots:
  void spaceAndButtonPlayAndPause();
  void everythingShowsTheSameTime_data();
  void everythingShowsTheSameTime();
  void readoutsAreTrueWhilePlaying();
  void keysMoveTheClock();
  void clickAndDragOnTheTimelineScrub();
  void shiftDragSetsALoop();
  void clickOnTracesSeeks();
  void labelChangesTracesAndMatrix();
  void searchNarrowsTheTable();
  void matrixClickChoosesTwoPeople();
  void distancesFollowTheButtons();
  void onePersonWithoutLabelsOrRegions();
  void arrowsChoosePeopleInTheMatrix();
  void creditAndSimulationAreVisible();
  void missingFilmIsNoCrash();
  void emptyStateOffersWaysToBegin();
  void shortcutSheetListsKeys();
  void noTextIsClipped_data();
  void noTextIsClipped();
};

void TestMainWindow::spaceAndButtonPlayAndPause() {
  WindowStage stage;
  stage.showFixture();
  stage.click("playButton");
  QVERIFY(stage.controller().clock().isPlaying());
  QTRY_VERIFY(stage.controller().timeSec() > 0.3);
  stage.key(Qt::Key_Space);
  QVERIFY(!stage.controller().clock().isPlaying());
  const double paused = stage.controller().timeSec();
  QCoreApplication::processEvents();
  QCOMPARE(stage.controller().timeSec(), paused);
  stage.key(Qt::Key_Space);
  QTRY_VERIFY(stage.controller().timeSec() > paused);
}

void TestMainWindow::everythingShowsTheSameTime_data() {
  QTest::addColumn<double>("timeSec");
  QTest::addColumn<int>("sample");
  QTest::addColumn<int>("brainSample");
  QTest::addColumn<int>("filmSecond");
  QTest::newRow("first run") << 3.5 << 3 << 8 << 3;
  QTest::newRow("second run, same film") << 24.5 << 24 << 29 << 24;
  QTest::newRow("held-out run, other film") << 47.5 << 47 << 52 << 7;
  QTest::newRow("lag stops at the run's end") << 18.5 << 18 << 19 << 18;
}

void TestMainWindow::everythingShowsTheSameTime() {
  QFETCH(double, timeSec);
  QFETCH(int, sample);
  QFETCH(int, brainSample);
  QFETCH(int, filmSecond);
  WindowStage stage;
  stage.showFixture();
  stage.controller().setVertex(1, 33);
  stage.controller().setTime(timeSec);
  QTRY_VERIFY(stage.window.isSettled());
  QCOMPARE(secondShown(stage.find<PictureView>("filmPicture")), filmSecond);
  QCOMPARE(stage.window.brains().shownFrame(), stage.controller().brainFrame());
  QCOMPARE(stage.window.brains().shownFrame().sample, Index(brainSample));
  QCOMPARE(stage.textOf("vertexValue"), shownNumber(FixtureStudy::predicted(1, brainSample, 33), 3));
  QCOMPARE(stage.textOf("sampleLabel"), QStringLiteral("sample %1").arg(sample));
  QCOMPARE(stage.textOf("traceValues"), expectedTrace(0, 1, sample));
}

void TestMainWindow::readoutsAreTrueWhilePlaying() {
  WindowStage stage;
  stage.showFixture();
  StudyController& controller = stage.controller();
  controller.setVertex(2, 71);
  int checked = 0;
  connect(&controller, &StudyController::timeChanged, &stage.window, [&] {
    // The panels were connected earlier, so they have answered already.
    const BrainFrame frame = stage.window.brains().shownFrame();
    QCOMPARE(frame, controller.time().brainAt(controller.timeSec(), controller.display().lagSec));
    const double shown = stage.textOf("vertexValue").replace(QChar(0x2212), '-').toDouble();
    QVERIFY(std::abs(shown - static_cast<double>(mixed(2, frame, 71))) < 0.00051);
    QCOMPARE(stage.textOf("traceValues"), expectedTrace(0, 2, controller.moment().sample));
    ++checked;
  });
  controller.clock().setSpeed(4);
  controller.clock().setPlaying(true);
  QTRY_VERIFY(checked >= 10 && controller.timeSec() > 2);
}

void TestMainWindow::keysMoveTheClock() {
  WindowStage stage;
  stage.showFixture();
  stage.key(Qt::Key_Right);
  QCOMPARE(stage.controller().timeSec(), 1.5);
  stage.key(Qt::Key_Right);
  stage.key(Qt::Key_Left);
  QCOMPARE(stage.controller().timeSec(), 1.5);
  stage.key(Qt::Key_End);
  QCOMPARE(stage.controller().timeSec(), 60.0);
  stage.key(Qt::Key_Home);
  QCOMPARE(stage.controller().timeSec(), 0.0);
  stage.key(Qt::Key_BracketRight);
  QCOMPARE(stage.controller().clock().speed(), 2.0);
  stage.key(Qt::Key_BracketLeft);
  stage.key(Qt::Key_BracketLeft);
  QCOMPARE(stage.find<QComboBox>("speedChoice").currentText(), QString("0.5x"));
  stage.key(Qt::Key_L);
  QCOMPARE(stage.controller().loopSpan().value_or(TimeSpan{}), (TimeSpan{0, 60}));
  stage.key(Qt::Key_L);
  QCOMPARE(stage.controller().loopSpan().value_or(TimeSpan{}), (TimeSpan{0, 20}));
  stage.key(Qt::Key_7);
  QCOMPARE(stage.window.brains().view().scene().view(), View::Dorsal);
}

void TestMainWindow::clickAndDragOnTheTimelineScrub() {
  WindowStage stage;
  stage.showFixture();
  auto& bar = stage.find<TimelineBar>("timelineBar");
  const auto place = [&](double sec) { return QPoint(qRound(bar.xAt(sec)), bar.height() / 3); };
  QTest::mouseClick(&bar, Qt::LeftButton, {}, place(30));
  QVERIFY(std::abs(stage.controller().timeSec() - 30) < 0.1);
  QTest::mousePress(&bar, Qt::LeftButton, {}, place(30));
  QTest::mouseMove(&bar, place(45));
  QTest::mouseRelease(&bar, Qt::LeftButton, {}, place(45));
  QVERIFY(std::abs(stage.controller().timeSec() - 45) < 0.1);
  QTest::mouseMove(&bar, place(10));
  QVERIFY(std::abs(stage.controller().timeSec() - 45) < 0.1);
}

void TestMainWindow::shiftDragSetsALoop() {
  WindowStage stage;
  stage.showFixture();
  auto& bar = stage.find<TimelineBar>("timelineBar");
  const auto place = [&](double sec) { return QPoint(qRound(bar.xAt(sec)), bar.height() / 3); };
  QTest::mousePress(&bar, Qt::LeftButton, Qt::ShiftModifier, place(32));
  QTest::mouseMove(&bar, place(26));
  QTest::mouseRelease(&bar, Qt::LeftButton, Qt::ShiftModifier, place(26));
  QVERIFY(stage.controller().loopSpan().has_value());
  QVERIFY(std::abs(stage.controller().loopSpan()->startSec - 26) < 0.1);
  QVERIFY(std::abs(stage.controller().loopSpan()->endSec - 32) < 0.1);
  QCOMPARE(stage.find<QComboBox>("loopChoice").currentIndex(), 3);
  QCOMPARE(stage.controller().timeSec(), 0.0);
}

void TestMainWindow::clickOnTracesSeeks() {
  WindowStage stage;
  stage.showFixture();
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  QTRY_VERIFY(plot.axisRect()->width() > 50);
  const QPoint place(qRound(plot.xAxis->coordToPixel(50)), plot.axisRect()->center().y());
  QTest::mouseClick(&plot, Qt::LeftButton, {}, place);
  QVERIFY(std::abs(stage.controller().timeSec() - 50) < 0.5);
}

void TestMainWindow::labelChangesTracesAndMatrix() {
  WindowStage stage;
  stage.showFixture();
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  auto& matrix = stage.find<DistanceMatrix>("distanceMatrix");
  QCOMPARE(plot.graph(0)->data()->at(0)->value, FixtureStudy::btl(0, 0, 0));
  auto& table = stage.find<QTableView>("labelTable");
  const QModelIndex speech = table.model()->index(1, 0);
  QCOMPARE(speech.data().toString(), QString("Speech"));
  QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, table.visualRect(speech).center());
  QCOMPARE(stage.controller().label(), 1);
  QCOMPARE(plot.graph(0)->data()->at(0)->value, FixtureStudy::btl(5, 0, 0));
  QCOMPARE(plot.graph(2)->data()->at(4)->value, FixtureStudy::btl(5, 2, 4));
  QCOMPARE(plot.graphCount(), FixtureStudy::kPeople + 2);  // TL and truth are the same for all
  QCOMPARE(plot.yAxis->label(), QString("score 0 to 1"));
  QCOMPARE(matrix.values()(0, 2), 2 * FixtureStudy::distance(5, 0, 2));
  QCOMPARE(stage.find<QComboBox>("labelChoice").currentText(), QString("Speech"));
  QVERIFY(plot.legend->itemWithPlottable(plot.graph(1)) != nullptr);
  QCOMPARE(plot.graph(1)->name(), QString("P02  r 0.50"));
}

void TestMainWindow::searchNarrowsTheTable() {
  WindowStage stage;
  stage.showFixture();
  QTest::keyClicks(&stage.find("labelSearch"), "spe");
  auto& table = stage.find<QTableView>("labelTable");
  QCOMPARE(table.model()->rowCount(), 1);
  QCOMPARE(table.model()->index(0, 1).data().toString(), QString("0.50"));
  QVERIFY(!stage.controller().clock().isPlaying());
}

void TestMainWindow::matrixClickChoosesTwoPeople() {
  WindowStage stage;
  stage.showFixture();
  auto& matrix = stage.find<DistanceMatrix>("distanceMatrix");
  QTest::mouseClick(&matrix, Qt::LeftButton, {}, matrix.cell(2, 1).center().toPoint());
  QCOMPARE(stage.controller().person(), 2);
  QCOMPARE(stage.controller().otherPerson(), 1);
  QVERIFY(stage.find<QToolButton>("person1").isChecked());
  QVERIFY(stage.find<QToolButton>("person2").isChecked());
  QVERIFY(!stage.find<QToolButton>("person0").isChecked());
  stage.click("person0");
  QCOMPARE(stage.controller().person(), 0);
  QCOMPARE(stage.controller().otherPerson(), -1);
}

void TestMainWindow::distancesFollowTheButtons() {
  WindowStage stage;
  stage.showFixture();
  auto& matrix = stage.find<DistanceMatrix>("distanceMatrix");
  stage.click("measuredDistances");
  QCOMPARE(matrix.values()(0, 1), FixtureStudy::distance(0, 0, 1));
  QVERIFY(!stage.find<QPushButton>("predictedDistances").isChecked());
  stage.click("predictedDistances");
  QCOMPARE(matrix.values()(0, 1), 2 * FixtureStudy::distance(0, 0, 1));
  QVERIFY(stage.textOf("agreement").contains("0.70"));
  QVERIFY(stage.textOf("agreement").contains("0.030"));
}

void TestMainWindow::onePersonWithoutLabelsOrRegions() {
  WindowStage stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.results.people.resize(1);
  loaded.results.people[0].predicted = nullptr;
  loaded.results.people[0].heldOutR = loaded.results.people[0].q = loaded.results.people[0].noiseCeiling = {};
  loaded.results.labels.clear();
  loaded.results.regions = {};
  loaded.limits = layerLimits(loaded.results);
  stage.controller().setLoaded(std::move(loaded));
  QCOMPARE(stage.find<QComboBox>("layerChoice").count(), 1);
  stage.controller().setVertex(0, 7);
  QVERIFY(stage.textOf("vertexWhere").contains("no region"));
  stage.click("playButton");
  QTRY_VERIFY(stage.controller().timeSec() > 0.2);
}

void TestMainWindow::arrowsChoosePeopleInTheMatrix() {
  WindowStage stage;
  stage.showFixture();
  auto& matrix = stage.find<DistanceMatrix>("distanceMatrix");
  QTest::keyClick(&matrix, Qt::Key_Right);
  QCOMPARE(stage.controller().person(), 0);
  QCOMPARE(stage.controller().otherPerson(), 1);
  QTest::keyClick(&matrix, Qt::Key_Down);
  QCOMPARE(stage.controller().person(), 1);
  QCOMPARE(stage.controller().otherPerson(), -1);
  QCOMPARE(stage.controller().timeSec(), 0.0);
  QTest::keyClick(&matrix, Qt::Key_Space);  // what it does not use goes on
  QVERIFY(stage.controller().clock().isPlaying());
}

void TestMainWindow::creditAndSimulationAreVisible() {
  WindowStage stage;
  stage.showFixture();
  QVERIFY(stage.find("filmCredit").isVisible());
  QCOMPARE(stage.textOf("filmCredit"), QString("Film A by its author, CC-BY 3.0"));
  stage.controller().setTime(45);
  QCOMPARE(stage.textOf("filmCredit"), QString("Film B by another author, CC-BY 4.0"));
  QVERIFY(stage.find("simulatedBadge").isVisible());
  QCOMPARE(stage.find("simulatedBadge").toolTip(), QString("Responses are made up for tests."));
  QVERIFY(stage.window.windowTitle().contains("simulated"));
  QVERIFY(stage.window.picture().text("Description").contains("Simulated"));
  LoadedStudy real = stage.fixture.loaded();
  real.study.simulated = false;
  stage.controller().setLoaded(std::move(real));
  QTRY_VERIFY(!stage.find("simulatedBadge").isVisible());
  QVERIFY(!stage.window.windowTitle().contains("simulated"));
  QVERIFY(stage.window.picture().text("Description").isEmpty());
}

void TestMainWindow::missingFilmIsNoCrash() {
  WindowStage stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.study.stimuli[0].file = "gone.mkv";
  stage.controller().setLoaded(std::move(loaded));
  auto& view = stage.find<PictureView>("filmPicture");
  QTRY_VERIFY(view.sentence().contains("gone.mkv"));
  stage.controller().setTime(45);  // the other film is there
  QTRY_VERIFY(!view.picture().isNull());
}

void TestMainWindow::emptyStateOffersWaysToBegin() {
  QTemporaryDir folder;
  const QString settings = folder.filePath("settings.ini");
  {
    WindowStage first({}, {std::make_unique<QSettings>(settings, QSettings::IniFormat), false});
    QVERIFY(first.find("welcomePanel").isVisible());
    QVERIFY(!first.find("welcomeDemo").isEnabled());
    QVERIFY(first.textOf("welcomeText").contains("film"));
    QVERIFY(!first.window.findChild<QPushButton*>("recentStudy"));
    first.showFixture();
    QVERIFY(!first.find("welcomePanel").isVisible());
    first.window.close();
    QVERIFY(QSettings(settings, QSettings::IniFormat)
                .value("recentStudies")
                .toStringList()
                .contains(QString::fromStdString(first.fixture.folder().string())));
  }
  const QString kept = folder.filePath("kept study");
  QVERIFY(QDir().mkpath(kept));
  QSettings(settings, QSettings::IniFormat).setValue("recentStudies", QStringList{kept, "/gone"});
  std::filesystem::path opened;
  StudyActions actions;
  actions.load = [&](const std::filesystem::path& asked, const Job&) -> LoadedStudy {
    opened = asked;
    throw Cancelled{};
  };
  WindowStage second(actions, {std::make_unique<QSettings>(settings, QSettings::IniFormat), true});
  QVERIFY(second.find("welcomeDemo").isEnabled());
  const auto recent = second.window.findChildren<QPushButton*>("recentStudy");
  QCOMPARE(recent.size(), 1);  // what is gone is not offered
  QTest::mouseClick(recent.first(), Qt::LeftButton);
  QTRY_VERIFY(!second.controller().jobs().isRunning());
  QCOMPARE(opened, std::filesystem::path(kept.toStdString()));
}

void TestMainWindow::shortcutSheetListsKeys() {
  WindowStage stage;
  stage.showFixture();
  stage.key(Qt::Key_H);
  auto* sheet = stage.window.findChild<QDialog*>("shortcutSheet");
  QVERIFY(sheet != nullptr && sheet->isVisible());
  QStringList texts;
  for (const QLabel* label : sheet->findChildren<QLabel*>()) texts.append(label->text());
  for (const char* key : {"Space", "Left  ", "F12", "Ctrl+O", "Home", "L", "1", "3", "7"})
    QVERIFY2(texts.contains(QString(key).trimmed()), key);
}

void TestMainWindow::noTextIsClipped_data() {
  QTest::addColumn<bool>("withStudy");
  QTest::newRow("study") << true;
  QTest::newRow("welcome") << false;
}

void TestMainWindow::noTextIsClipped() {
  QFETCH(bool, withStudy);
  WindowStage stage;
  if (withStudy) stage.showFixture();
  stage.controller().setVertex(0, 10);
  QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
  QTRY_COMPARE(stage.window.size(), QSize(1280, 800));
  for (const QWidget* widget : stage.window.findChildren<QWidget*>()) {
    if (!widget->isVisible() || widget->parentWidget()->inherits("QSpinBox")) continue;
    const QString what = widget->objectName() + " \"" + widget->property("text").toString() + "\"";
    const auto* label = qobject_cast<const QLabel*>(widget);
    const bool button = widget->inherits("QAbstractButton") && !widget->property("text").toString().isEmpty();
    if ((label == nullptr || label->text().isEmpty()) && !button && !widget->inherits("QComboBox")) continue;
    if (label != nullptr && label->wordWrap())
      QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(what));
    else
      QVERIFY2(widget->width() >= widget->minimumSizeHint().width(), qPrintable(what));
    const QRect place(widget->mapTo(&stage.window, QPoint(0, 0)), widget->size());
    QVERIFY2(stage.window.rect().contains(place), qPrintable(what));
  }
}

int main(int argc, char** argv) {
  TestMainWindow test;
  return runWindowTest(test, argc, argv);
}
#include "tst_main_window.moc"
