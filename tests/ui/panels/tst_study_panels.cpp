// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHelpEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QToolButton>
#include <QToolTip>
#include <QtTest>

#include "control/film_sound.h"
#include "panels/brain_controls.h"
#include "panels/notice_panel.h"
#include "panels/problem_panel.h"
#include "panels/problems_panel.h"
#include "panels/timeline_bar.h"
#include "panels/timeline_panel.h"
#include "panels/welcome_panel.h"
#include "ui/panels/panel_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

const Finding kError{Severity::Error, "a.npy", "P01", "is cut", "copy it again"};
const Finding kWarning{Severity::Warning, "b.npy", "", "is odd", ""};

/// The timeline with the sound that it switches.
struct Timeline {
  Timeline() {
    panel.resize(900, 120);
    panel.show();
  }
  template <class Widget = QWidget>
  Widget& find(const char* name) {
    return widgetIn<Widget>(panel, name);
  }
  void click(const char* name) { QTest::mouseClick(&find(name), Qt::LeftButton); }
  QString textOf(const char* name) { return find(name).property("text").toString(); }
  TimelineBar& bar() { return find<TimelineBar>("timelineBar"); }
  QPoint at(double sec) { return {qRound(bar().xAt(sec)), bar().height() / 3}; }

  FixtureStudy fixture{false};
  StudyController controller{StudyActions{}};
  FilmSound sound{controller};
  TimelinePanel panel{controller, sound};
};

/// As a person chooses.
void choose(QComboBox& choice, int index) {
  choice.setCurrentIndex(index);
  emit choice.activated(index);
}

void type(QDoubleSpinBox& number, const QString& text) {
  number.selectAll();
  QTest::keyClicks(&number, text);
  QTest::keyClick(&number, Qt::Key_Return);
}

}  // namespace

class TestStudyPanels : public QObject {
  Q_OBJECT

 private slots:
  void noticeSaysWhatIsOld_data();
  void noticeSaysWhatIsOld();
  void noticeTrainsAndCloses();
  void noticeOffersNoTrainingWithErrors();
  void longListsAreCut_data();
  void longListsAreCut();
  void problemShowsDetailsWhenAsked();
  void problemTextIsNoHtml();
  void problemsAreListed_data();
  void problemsAreListed();
  void welcomeOffersWays();
  void welcomeListsRecentStudies();
  void timelineButtonsMoveTheClock();
  void timelineBarIsTime_data();
  void timelineBarIsTime();
  void timelineClickGoesThere();
  void timelineTipsNameTheRun();
  void timelineForgetsTheOldStudysLoop();
  void timelineShowsSpeedAndSound();
  void heldOutRunsAreShown();
  void controlsOfferWhatIsThere();
  void controlsChangeTheDisplay();
  void controlsShowTheDisplay();
  void controlsTakeNoMoreThanTheLimit();
  void viewsAndSidesAreTold_data();
  void viewsAndSidesAreTold();
};

void TestStudyPanels::noticeSaysWhatIsOld_data() {
  using Names = std::vector<std::string>;
  QTest::addColumn<Names>("outdated");
  QTest::addColumn<Names>("labels");
  QTest::addColumn<QString>("unknown");
  QTest::addColumn<QString>("begin");
  QTest::addColumn<bool>("train");
  QTest::newRow("all is new") << Names{} << Names{"faces", "speech"} << ""
                              << "" << false;
  QTest::newRow("encoders are old")
      << Names{"encoder of P01"} << Names{"faces"} << ""
      << "These results were computed from other inputs or options: encoder of P01." << true;
  QTest::newRow("a label is new") << Names{} << Names{"faces", "music"} << ""
                                  << "These labels have no estimates yet: music." << true;
  QTest::newRow("which makes estimates old") << Names{"label estimates"} << Names{"music", "dance"} << ""
                                             << "These labels have no estimates yet: music, dance." << true;
  QTest::newRow("more is old")
      << Names{"label estimates", "encoder of P01"} << Names{"music"} << ""
      << "These results were computed from other inputs or options: label estimates, encoder of P01." << true;
  QTest::newRow("nobody can know")
      << Names{} << Names{} << "a.npy is gone"
      << "Whether the results belong to the study's inputs could not be checked: a.npy is gone" << false;
}

void TestStudyPanels::noticeSaysWhatIsOld() {
  QFETCH(std::vector<std::string>, outdated);
  QFETCH(std::vector<std::string>, labels);
  QFETCH(QString, unknown);
  QFETCH(QString, begin);
  QFETCH(bool, train);
  PanelStage<NoticePanel> stage;
  stage.panel.hide();
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.outdated = outdated;
  loaded.outdatedUnknown = unknown.toStdString();
  for (const std::string& label : labels)
    loaded.study.labels.push_back({.id = label, .items = {{label, "", "", ""}}});
  stage.show(loaded);
  QCOMPARE(stage.panel.isVisible(), !begin.isEmpty());
  if (begin.isEmpty()) return;
  QVERIFY2(stage.textOf("noticeText").startsWith(begin), qPrintable(stage.textOf("noticeText")));
  QCOMPARE(stage.find("noticeTrain").isVisible(), train);
  stage.showFixture();  // all is new again
  QVERIFY(!stage.panel.isVisible());
}

void TestStudyPanels::noticeTrainsAndCloses() {
  FixtureStudy fixture(false);
  LoadedStudy loaded = fixture.loaded();
  loaded.outdated = {"encoder of P01"};
  std::atomic<bool> go = false;
  StudyActions actions;
  actions.train = [&](const Study&, const Job& job) {
    while (!go) job.checkpoint(0.5, "training");
  };
  actions.load = [&](const std::filesystem::path&, const Job&) { return fixture.loaded(); };
  StudyController controller(actions);
  NoticePanel panel(controller);
  controller.setLoaded(loaded);
  auto& train = widgetIn<QPushButton>(panel, "noticeTrain");
  QTest::mouseClick(&train, Qt::LeftButton);
  QVERIFY(controller.jobs().isRunning() && !train.isEnabled());
  go = true;
  QTRY_VERIFY(panel.isHidden());
  QVERIFY(train.isEnabled());
  controller.setLoaded(loaded);
  QVERIFY(!panel.isHidden());
  QTest::mouseClick(&widgetIn<QPushButton>(panel, "noticeClose"), Qt::LeftButton);
  QVERIFY(panel.isHidden());
}

void TestStudyPanels::noticeOffersNoTrainingWithErrors() {
  PanelStage<NoticePanel> stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.outdated = {"encoder of P01"};
  loaded.problems = {kWarning};
  stage.show(loaded);
  QVERIFY(stage.find("noticeTrain").isEnabled());
  loaded.problems.push_back(kError);
  stage.show(loaded);
  QVERIFY(stage.panel.isVisible());
  QVERIFY(!stage.find("noticeTrain").isEnabled());
}

void TestStudyPanels::longListsAreCut_data() {
  QTest::addColumn<std::vector<std::string>>("names");
  QTest::addColumn<QString>("text");
  QTest::newRow("none") << std::vector<std::string>{} << "";
  QTest::newRow("as many as are shown") << std::vector<std::string>{"a", "b", "c"} << "a, b, c";
  QTest::newRow("more") << std::vector<std::string>{"a", "b", "c", "d", "e"} << "a, b, c and 2 more";
  QTest::newRow("with per cent signs")
      << std::vector<std::string>{"10 %1", "%2", "c", "d"} << "10 %1, %2, c and 1 more";
}

void TestStudyPanels::longListsAreCut() {
  QFETCH(std::vector<std::string>, names);
  QTEST(shownList(names, 3), "text");
}

void TestStudyPanels::problemShowsDetailsWhenAsked() {
  PanelStage<ProblemPanel> stage;
  stage.panel.hide();
  emit stage.controller.problem({"It failed.", "A file is not there.", "a.npy: none", "/data/a.npy"});
  QVERIFY(stage.panel.isVisible());
  QCOMPARE(stage.textOf("problemHeadline"), QString("It failed."));
  QCOMPARE(stage.textOf("problemReason"), QString("A file is not there."));
  QCOMPARE(stage.textOf("problemFile"), QString("/data/a.npy"));
  QVERIFY(!stage.find("problemDetails").isVisible());
  QTest::mouseClick(&stage.find("problemMore"), Qt::LeftButton);
  QVERIFY(stage.find("problemDetails").isVisible());
  QCOMPARE(stage.find<QPlainTextEdit>("problemDetails").toPlainText(), QString("a.npy: none"));
  emit stage.controller.problem({"Another failed.", "Reading failed.", "b", ""});
  QVERIFY(!stage.find("problemDetails").isVisible() && !stage.find<QPushButton>("problemMore").isChecked());
  QVERIFY(!stage.find("problemFile").isVisible());
  QTest::mouseClick(&stage.find("problemClose"), Qt::LeftButton);
  QVERIFY(!stage.panel.isVisible());
  emit stage.controller.problem({"Once more.", "", "", ""});
  emit stage.controller.problemCleared();
  QVERIFY(!stage.panel.isVisible());
}

void TestStudyPanels::problemTextIsNoHtml() {
  PanelStage<ProblemPanel> problem;
  for (const char* name : {"problemHeadline", "problemReason", "problemFile"})
    QCOMPARE(problem.find<QLabel>(name).textFormat(), Qt::PlainText);
  PanelStage<NoticePanel> notice;
  LoadedStudy loaded = notice.fixture.loaded();
  loaded.outdated = {"encoder of <b>P01</b>"};
  notice.show(loaded);
  auto& text = notice.find<QLabel>("noticeText");
  QCOMPARE(text.textFormat(), Qt::PlainText);
  QCOMPARE(readTip(text.toolTip()), QString("encoder of <b>P01</b>"));
}

void TestStudyPanels::problemsAreListed_data() {
  QTest::addColumn<Findings>("problems");
  QTest::addColumn<QString>("summary");
  QTest::newRow("none") << Findings{} << "Nothing is known to be wrong with this study's files.";
  QTest::newRow("a warning") << Findings{kWarning} << "1 warning";
  QTest::newRow("errors") << Findings{kError, kError, kWarning}
                          << "2 errors, 1 warning. Errors keep this study from training";
}

void TestStudyPanels::problemsAreListed() {
  QFETCH(Findings, problems);
  PanelStage<ProblemsPanel> stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.problems = problems;
  stage.show(loaded);
  QFETCH(QString, summary);
  QVERIFY2(stage.textOf("problemsSummary").startsWith(summary), qPrintable(stage.textOf("problemsSummary")));
  auto& table = stage.find<QTableWidget>("findingsTable");
  QCOMPARE(table.isVisible(), !problems.empty());
  QCOMPARE(table.rowCount(), int(problems.size()));
}

void TestStudyPanels::welcomeOffersWays() {
  WelcomePanel panel(true);
  const QSignalSpy open(&panel, &WelcomePanel::openAsked), import(&panel, &WelcomePanel::importAsked),
      demo(&panel, &WelcomePanel::demoAsked);
  for (const char* name : {"welcomeOpen", "welcomeImport", "welcomeDemo"})
    QTest::mouseClick(&widgetIn<QPushButton>(panel, name), Qt::LeftButton);
  QCOMPARE(open.count(), 1);
  QCOMPARE(import.count(), 1);
  QCOMPARE(demo.count(), 1);
  WelcomePanel without(false);
  QVERIFY(!widgetIn<QPushButton>(without, "welcomeDemo").isEnabled());
  QVERIFY(widgetIn<QPushButton>(without, "welcomeDemo").toolTip().contains("not on this computer"));
}

void TestStudyPanels::welcomeListsRecentStudies() {
  WelcomePanel panel(true);
  QSignalSpy asked(&panel, &WelcomePanel::recentAsked);
  panel.setRecent({"/data/faces", "/data/R&D", "/other/faces", "/data/<b>bold"});
  const auto buttons = [&] { return panel.findChildren<QPushButton*>("recentStudy"); };
  QCOMPARE(buttons().size(), 4);
  QCOMPARE(buttons()[0]->text(), QString("faces"));
  QCOMPARE(buttons()[1]->text(), QString("R&&D"));  // or the ampersand is a shortcut's mark
  QCOMPARE(readTip(buttons()[2]->toolTip()), QString("/other/faces"));
  QCOMPARE(readTip(buttons()[3]->toolTip()), QString("/data/<b>bold"));
  QTest::mouseClick(buttons()[1], Qt::LeftButton);
  QCOMPARE(asked.takeFirst().first().toString(), QString("/data/R&D"));
  panel.setRecent({"/data/one"});
  QCOMPARE(buttons().size(), 1);
  panel.setRecent({});
  QVERIFY(buttons().isEmpty());
}

void TestStudyPanels::timelineButtonsMoveTheClock() {
  Timeline stage;
  stage.controller.setLoaded(stage.fixture.loaded());
  QCOMPARE(stage.textOf("timeLabel"), QString("0:00.0 / 1:00.0"));
  stage.click("forwardButton");
  stage.click("forwardButton");
  QCOMPARE(stage.controller.timeSec(), 2.5);
  QCOMPARE(stage.textOf("sampleLabel"), QString("sample 2"));
  stage.click("backButton");
  QCOMPARE(stage.textOf("timeLabel"), QString("0:01.5 / 1:00.0"));
  stage.click("endButton");
  QCOMPARE(stage.controller.timeSec(), 60.0);
  QCOMPARE(stage.textOf("sampleLabel"), QString("sample 59"));
  stage.click("startButton");
  QCOMPARE(stage.controller.timeSec(), 0.0);
  stage.click("playButton");
  QVERIFY(stage.controller.clock().isPlaying());
  QVERIFY(stage.find("playButton").toolTip().startsWith("Pause"));
  stage.click("playButton");
  QVERIFY(!stage.controller.clock().isPlaying());
  QVERIFY(stage.find("playButton").toolTip().startsWith("Play"));
}

void TestStudyPanels::timelineBarIsTime_data() {
  QTest::addColumn<double>("sec");
  QTest::addColumn<double>("share");
  QTest::newRow("start") << 0.0 << 0.0;
  QTest::newRow("second run") << 20.0 << 1.0 / 3;
  QTest::newRow("end") << 60.0 << 1.0;
}

void TestStudyPanels::timelineBarIsTime() {
  QFETCH(double, sec);
  QFETCH(double, share);
  Timeline stage;
  QCOMPARE(stage.bar().timeAt(300), 0.0);  // nothing is open
  stage.controller.setLoaded(stage.fixture.loaded());
  const double left = stage.bar().xAt(0), right = stage.bar().xAt(60);
  QVERIFY(left >= 0 && right <= stage.bar().width() && right - left > 0.9 * stage.bar().width());
  QCOMPARE(stage.bar().xAt(sec), left + share * (right - left));
  QVERIFY(std::abs(stage.bar().timeAt(stage.bar().xAt(sec)) - sec) < 1e-9);
  QCOMPARE(stage.bar().timeAt(-50), 0.0);
  QCOMPARE(stage.bar().timeAt(1e5), 60.0);
}

void TestStudyPanels::timelineClickGoesThere() {
  Timeline stage;
  QTest::mouseClick(&stage.bar(), Qt::LeftButton, {}, QPoint(100, 10));
  QCOMPARE(stage.controller.timeSec(), 0.0);
  stage.controller.setLoaded(stage.fixture.loaded());
  for (const double sec : {0.0, 19.9, 43.0, 60.0}) {
    QTest::mouseClick(&stage.bar(), Qt::LeftButton, {}, stage.at(sec));
    QVERIFY(std::abs(stage.controller.timeSec() - sec) < 0.1);
  }
  QTest::mouseClick(&stage.bar(), Qt::RightButton, {}, stage.at(20));
  QVERIFY(std::abs(stage.controller.timeSec() - 60) < 0.1);
  QTest::mouseClick(&stage.bar(), Qt::LeftButton, Qt::ShiftModifier, stage.at(20));  // a range of nothing
  QCOMPARE(stage.controller.loopMode(), LoopMode::Off);
}

void TestStudyPanels::timelineTipsNameTheRun() {
  Timeline stage;
  stage.controller.setLoaded(withStrangeNames(stage.fixture.loaded()));
  const auto tipAt = [&](double sec) {
    QToolTip::hideText();
    QHelpEvent help(QEvent::ToolTip, stage.at(sec), stage.bar().mapToGlobal(stage.at(sec)));
    QCoreApplication::sendEvent(&stage.bar(), &help);
    return readTip(QToolTip::text());
  };
  const QString second = tipAt(25);
  QVERIFY2(second.contains("run-02: <u>%1 & %2</u>, film from 0:20.0"), qPrintable(second));
  QVERIFY(!second.contains("held-out"));
  QVERIFY(tipAt(50).contains("held-out"));
}

void TestStudyPanels::timelineForgetsTheOldStudysLoop() {
  Timeline stage;
  stage.controller.setLoaded(stage.fixture.loaded());
  choose(stage.find<QComboBox>("loopChoice"), 1);
  QCOMPARE(stage.controller.loopMode(), LoopMode::Whole);
  stage.click("playButton");
  LoadedStudy other = stage.fixture.loaded();
  other.study.runs.pop_back();
  stage.controller.setLoaded(other);
  QCOMPARE(stage.find<QComboBox>("loopChoice").currentIndex(), 0);
  QVERIFY(stage.find("playButton").toolTip().startsWith("Play"));
  QCOMPARE(stage.textOf("timeLabel"), QString("0:00.0 / 0:40.0"));
}

void TestStudyPanels::timelineShowsSpeedAndSound() {
  Timeline stage;
  stage.controller.setLoaded(stage.fixture.loaded());
  auto& speed = stage.find<QComboBox>("speedChoice");
  for (int i = 0; i < speed.count(); ++i) {
    choose(speed, i);
    QCOMPARE(stage.controller.clock().speed(), speed.itemData(i).toDouble());
    QCOMPARE(speed.currentText(), QString("%1x").arg(stage.controller.clock().speed()));
  }
  stage.controller.clock().setSpeed(0.5);
  QCOMPARE(speed.currentText(), QString("0.5x"));
  if (!stage.sound.isAvailable()) {
    QVERIFY(!stage.find("muteButton").isEnabled());
    QCOMPARE(stage.textOf("soundNote"), QString("no sound device"));
    return;
  }
  QCOMPARE(stage.textOf("soundNote"), QString("silent at this speed"));
  stage.controller.clock().setSpeed(1);
  QCOMPARE(stage.textOf("soundNote"), QString());
  stage.click("muteButton");
  QVERIFY(stage.sound.isMuted());
}

void TestStudyPanels::heldOutRunsAreShown() {
  Timeline stage;
  LoadedStudy loaded = stage.fixture.loaded();
  stage.controller.setLoaded(loaded);
  QVERIFY(stage.find("heldOutKey").isVisible());
  const auto colourAt = [&](double sec) {
    const QImage image = stage.bar().grab().toImage();
    return image.pixelColor(qRound(stage.bar().xAt(sec)), 25);
  };
  QVERIFY(colourAt(57) != colourAt(17));
  QCOMPARE(colourAt(37), colourAt(17));
  loaded.study.runs[2].heldOut = false;
  stage.controller.setLoaded(loaded);
  QVERIFY(!stage.find("heldOutKey").isVisible());
  QCOMPARE(colourAt(57), colourAt(17));
}

void TestStudyPanels::controlsOfferWhatIsThere() {
  PanelStage<BrainControls> stage({1000, 90});
  LoadedStudy loaded = stage.fixture.loaded();
  stage.show(loaded);
  QCOMPARE(stage.find<QComboBox>("layerChoice").count(), 4);
  QVERIFY(stage.find("surfaceChoice").isEnabled() && stage.find("bordersChoice").isEnabled());
  for (PersonResults& person : loaded.results.people) person.predicted = nullptr, person.q = {};
  loaded.results.inflated = {};
  loaded.results.regions = {};
  stage.show(loaded);
  auto& layers = stage.find<QComboBox>("layerChoice");
  QStringList titles;
  for (int i = 0; i < layers.count(); ++i) titles.append(layers.itemText(i));
  QCOMPARE(titles, (QStringList{"Measured", "Held-out r"}));
  QCOMPARE(layers.currentText(), QString("Measured"));
  QVERIFY(!stage.find("surfaceChoice").isEnabled() && !stage.find("bordersChoice").isEnabled());
  QVERIFY(!stage.find("maskControl").isEnabled());
  choose(layers, 1);
  QCOMPARE(stage.controller.display().layer, Layer::HeldOutR);
  QVERIFY(!stage.find("lagControl").isEnabled());  // a score has no time
}

void TestStudyPanels::controlsChangeTheDisplay() {
  PanelStage<BrainControls> stage({1000, 90});
  stage.showFixture();
  QVERIFY(QTest::qWaitForWindowActive(&stage.panel));
  BrainDisplay wanted = stage.controller.display();
  choose(stage.find<QComboBox>("surfaceChoice"), 1);
  wanted.inflated = false;
  choose(stage.find<QComboBox>("bordersChoice"), 1);
  wanted.outlines = true;
  choose(stage.find<QComboBox>("weakChoice"), 1);
  wanted.weak = WeakValues::Hide;
  QTest::mouseClick(&stage.find("maskControl"), Qt::LeftButton, {},
                    QPoint(8, stage.find("maskControl").height() / 2));
  wanted.significantOnly = false;
  type(stage.find<QDoubleSpinBox>("lagControl"), "-2.5");
  wanted.lagSec = -2.5;
  type(stage.find<QDoubleSpinBox>("limitControl"), "1.5");
  wanted.limit = 1.5;
  type(stage.find<QDoubleSpinBox>("thresholdControl"), "0,25");
  wanted.threshold = 0.25;
  QVERIFY(stage.controller.display() == wanted);
  stage.panel.setReadout("brains of 0:05.0");
  QCOMPARE(stage.textOf("brainsReadout"), QString("brains of 0:05.0"));
}

void TestStudyPanels::controlsShowTheDisplay() {
  PanelStage<BrainControls> stage({1000, 90});
  stage.showFixture();
  stage.controller.setDisplay({.layer = Layer::Difference,
                               .inflated = false,
                               .significantOnly = false,
                               .weak = WeakValues::Show,
                               .threshold = 0.1,
                               .limit = 0.9,
                               .outlines = true,
                               .lagSec = 7.5});
  QCOMPARE(stage.find<QComboBox>("layerChoice").currentText(), QStringLiteral("Measured − predicted"));
  QCOMPARE(stage.find<QComboBox>("surfaceChoice").currentText(), QString("Pial"));
  QCOMPARE(stage.find<QComboBox>("bordersChoice").currentText(), QString("Regions"));
  QCOMPARE(stage.find<QComboBox>("weakChoice").currentText(), QString("Show"));
  QCOMPARE(stage.find<QDoubleSpinBox>("lagControl").value(), 7.5);
  QCOMPARE(stage.find<QDoubleSpinBox>("limitControl").value(), 0.9);
  QCOMPARE(stage.find<QDoubleSpinBox>("thresholdControl").value(), 0.1);
  QVERIFY(!stage.find("thresholdControl").isEnabled());
  QVERIFY(!stage.find<QCheckBox>("maskControl").isChecked());
}

void TestStudyPanels::controlsTakeNoMoreThanTheLimit() {
  PanelStage<BrainControls> stage({1000, 90});
  stage.showFixture();
  auto& threshold = stage.find<QDoubleSpinBox>("thresholdControl");
  auto& limit = stage.find<QDoubleSpinBox>("limitControl");
  limit.setValue(2);
  threshold.setValue(1.8);
  limit.setValue(1);  // below the threshold: then all would be weak
  QCOMPARE(threshold.value(), stage.controller.display().threshold);
  QVERIFY(stage.controller.weakBelow() <= stage.controller.colourLimit());
  QCOMPARE(limit.text(), QString("1.00"));
  limit.setValue(0);
  QCOMPARE(limit.text(), QString("auto"));
}

void TestStudyPanels::viewsAndSidesAreTold_data() {
  QTest::addColumn<int>("index");
  QTest::addColumn<QString>("view");
  const QStringList views{"Lateral", "Medial", "Dorsal", "Ventral", "Anterior", "Posterior"};
  for (int i = 0; i < views.size(); ++i) QTest::newRow(qPrintable(views[i])) << i << views[i];
}

void TestStudyPanels::viewsAndSidesAreTold() {
  QFETCH(int, index);
  PanelStage<BrainControls> stage({1000, 90});
  stage.showFixture();
  std::optional<View> view;
  std::optional<ShownHemispheres> sides;
  connect(&stage.panel, &BrainControls::viewChosen, this, [&](View chosen) { view = chosen; });
  connect(&stage.panel, &BrainControls::sidesChosen, this, [&](ShownHemispheres chosen) { sides = chosen; });
  choose(stage.find<QComboBox>("viewChoice"), index);
  QTEST(stage.find<QComboBox>("viewChoice").currentText(), "view");
  QCOMPARE(view, std::optional(static_cast<View>(index)));
  choose(stage.find<QComboBox>("sidesChoice"), index % 3);
  QCOMPARE(sides, std::optional(static_cast<ShownHemispheres>(index % 3)));
}

QTEST_MAIN(TestStudyPanels)
#include "tst_study_panels.moc"
