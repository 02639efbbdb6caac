// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSet>
#include <QSignalSpy>
#include <QtTest>
#include <limits>

#include "control/study_controller.h"
#include "support/expect.h"
#include "ui/fixture_study.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// A controller and everything it tells.
struct Control {
  explicit Control(const LoadedStudy& loaded) { controller.setLoaded(loaded); }

  StudyController controller{StudyActions{}};
  QSignalSpy study{&controller, &StudyController::studyChanged};
  QSignalSpy label{&controller, &StudyController::labelChanged};
  QSignalSpy people{&controller, &StudyController::peopleChanged};
  QSignalSpy vertex{&controller, &StudyController::vertexChanged};
  QSignalSpy display{&controller, &StudyController::displayChanged};
  QSignalSpy loop{&controller, &StudyController::loopChanged};
  QSignalSpy playing{&controller.clock(), &PlaybackClock::playingChanged};
};

LoadedStudy elsewhere(LoadedStudy loaded) {
  loaded.study.folder /= "other";
  return loaded;
}

LoadedStudy withOtherRuns(LoadedStudy loaded) {
  loaded.study.runs.pop_back();
  return elsewhere(std::move(loaded));
}

}  // namespace

class TestStudyController : public QObject {
  Q_OBJECT

 private slots:
  void nothingIsOpenAtFirst();
  void aNewStudyIsLookedAtFromItsStart();
  void choicesOutsideTheStudyAreRefused_data();
  void choicesOutsideTheStudyAreRefused();
  void eachChoiceIsToldOnce();
  void aVertexOfTheOtherPersonMakesHerTheOne();
  void choicesFollowTheirNames();
  void nobodyIsComparedWithHerself();
  void labelsAreFoundByNameAndTitle_data();
  void labelsAreFoundByNameAndTitle();
  void stepsGoToTheMiddleOfSamples_data();
  void stepsGoToTheMiddleOfSamples();
  void speedsAreALadder();
  void loops_data();
  void loops();
  void anEmptyRangeIsNoLoop();
  void aStudyWithOtherRunsStopsAll();
  void aTrainedStudyPlaysOn();
  void numbersOfAnotherUnitAreForgotten_data();
  void numbersOfAnotherUnitAreForgotten();
  void limitsAreChosenOrAutomatic();
  void maskNeedsSomebodysSignificance();
  void aLayerThatIsGoneIsLeft();
  void failuresSayWhatTheyAre();
  void programsOwnActionsFailInWords();
  void numbersInReadouts_data();
  void numbersInReadouts();
  void timesInReadouts_data();
  void timesInReadouts();

 private:
  FixtureStudy m_fixture{false};
  LoadedStudy m_loaded = m_fixture.loaded();
};

void TestStudyController::nothingIsOpenAtFirst() {
  StudyController controller{StudyActions{}};
  QVERIFY(!controller.hasStudy());
  QCOMPARE(controller.label(), -1);
  QCOMPARE(controller.person(), -1);
  QCOMPARE(controller.labelEstimates(), nullptr);
  controller.setLabel(0);
  controller.setPeople(0, 1);
  controller.setVertex(0, 0);
  controller.stepSamples(1);
  controller.togglePlaying();
  controller.setLoopMode(LoopMode::Whole);
  controller.train();
  QCOMPARE(controller.label(), -1);
  QCOMPARE(controller.person(), -1);
  QCOMPARE(controller.vertex(), Index(-1));
  QCOMPARE(controller.timeSec(), 0.0);
  QVERIFY(!controller.clock().isPlaying());
  QVERIFY(!controller.loopSpan());
  QVERIFY(!controller.jobs().isRunning());
  QVERIFY(!controller.canMask());
  QVERIFY(controller.personName(0).isEmpty());
}

void TestStudyController::aNewStudyIsLookedAtFromItsStart() {
  Control of(m_loaded);
  QCOMPARE(of.study.count(), 1);
  QCOMPARE(of.controller.label(), 0);
  QCOMPARE(of.controller.labelEstimates()->item.name, std::string("faces"));
  QCOMPARE(of.controller.person(), 0);
  QCOMPARE(of.controller.otherPerson(), -1);
  QCOMPARE(of.controller.vertex(), Index(-1));
  QCOMPARE(of.controller.timeSec(), 0.0);
  QCOMPARE(of.controller.clock().durationSec(), 60.0);
  QCOMPARE(of.controller.personName(2), QString("P03"));
  QCOMPARE(of.controller.personName(3), QString());
}

void TestStudyController::choicesOutsideTheStudyAreRefused_data() {
  using Choice = std::function<void(StudyController&)>;
  QTest::addColumn<Choice>("choose");
  QTest::newRow("label below") << Choice([](auto& c) { c.setLabel(-1); });
  QTest::newRow("label above") << Choice([](auto& c) { c.setLabel(2); });
  QTest::newRow("person below") << Choice([](auto& c) { c.setPerson(-1); });
  QTest::newRow("person above") << Choice([](auto& c) { c.setPerson(3); });
  QTest::newRow("other person above") << Choice([](auto& c) { c.setPeople(1, 3); });
  QTest::newRow("vertex below") << Choice([](auto& c) { c.setVertex(0, -1); });
  QTest::newRow("vertex above") << Choice(
      [](auto& c) { c.setVertex(1, c.results().anatomical.vertexCount()); });
  QTest::newRow("nobody's vertex") << Choice([](auto& c) { c.setVertex(7, 3); });
}

void TestStudyController::choicesOutsideTheStudyAreRefused() {
  QFETCH(std::function<void(StudyController&)>, choose);
  Control of(m_loaded);
  choose(of.controller);
  QCOMPARE(of.label.count() + of.people.count() + of.vertex.count(), 0);
  QCOMPARE(of.controller.label(), 0);
  QCOMPARE(of.controller.person(), 0);
  QCOMPARE(of.controller.vertex(), Index(-1));
}

void TestStudyController::eachChoiceIsToldOnce() {
  Control of(m_loaded);
  for (int again = 0; again < 2; ++again) {
    of.controller.setLabel(1);
    of.controller.setPeople(2, 1);
    of.controller.setVertex(2, 5);
    BrainDisplay display = of.controller.display();
    display.lagSec = 3;
    of.controller.setDisplay(display);
  }
  QCOMPARE(of.label.count(), 1);
  QCOMPARE(of.people.count(), 1);
  QCOMPARE(of.vertex.count(), 1);
  QCOMPARE(of.display.count(), 1);
  of.controller.setPerson(2);  // alone
  QCOMPARE(of.controller.otherPerson(), -1);
  QCOMPARE(of.people.count(), 2);
}

void TestStudyController::aVertexOfTheOtherPersonMakesHerTheOne() {
  Control of(m_loaded);
  of.controller.setPeople(0, 1);
  of.controller.setVertex(2, 5);
  QCOMPARE(of.controller.person(), 2);
  QCOMPARE(of.controller.otherPerson(), 1);
  of.controller.setVertex(1, 5);
  QCOMPARE(of.controller.person(), 1);
  QCOMPARE(of.controller.otherPerson(), -1);
  QCOMPARE(of.vertex.count(), 1);  // the vertex itself is the same
}

void TestStudyController::choicesFollowTheirNames() {
  Control of(m_loaded);
  of.controller.setLabel(1);
  of.controller.setPeople(1, 2);
  of.controller.setVertex(1, 5);
  LoadedStudy other = m_loaded;  // a label that comes before, and a person who is gone
  other.results.labels.insert(other.results.labels.begin(), other.results.labels.front());
  other.results.labels.front().item.name = "music";
  other.results.people.erase(other.results.people.begin());
  of.controller.setLoaded(other);
  QCOMPARE(of.controller.labelEstimates()->item.name, std::string("speech"));
  QCOMPARE(of.controller.personName(of.controller.person()), QString("P02"));
  QCOMPARE(of.controller.personName(of.controller.otherPerson()), QString("P03"));
  QCOMPARE(of.controller.vertex(), Index(5));
  other.results.labels.pop_back();  // the label itself is gone
  of.controller.setLoaded(other);
  QVERIFY(of.controller.labelEstimates() != nullptr);
  of.controller.setLoaded(elsewhere(m_loaded));
  QCOMPARE(of.controller.label(), 0);
  QCOMPARE(of.controller.person(), 0);
  QCOMPARE(of.controller.otherPerson(), -1);
  QCOMPARE(of.controller.vertex(), Index(-1));
}

void TestStudyController::nobodyIsComparedWithHerself() {
  Control of(m_loaded);
  of.controller.setPeople(2, 1);
  LoadedStudy fewer = m_loaded;
  fewer.results.people.resize(2);
  of.controller.setLoaded(fewer);
  QVERIFY(of.controller.person() >= 0);
  QVERIFY(of.controller.person() != of.controller.otherPerson());
  fewer.results.people.clear();
  of.controller.setLoaded(fewer);
  QCOMPARE(of.controller.person(), -1);
  QCOMPARE(of.controller.otherPerson(), -1);
}

void TestStudyController::labelsAreFoundByNameAndTitle_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<int>("label");
  QTest::newRow("name") << "speech" << 1;
  QTest::newRow("title") << "Speech" << 1;
  QTest::newRow("capitals") << "FACES" << 0;
  QTest::newRow("a part of a name") << "face" << -1;
  QTest::newRow("nothing") << "" << -1;
}

void TestStudyController::labelsAreFoundByNameAndTitle() {
  QFETCH(QString, name);
  QTEST(Control(m_loaded).controller.labelNamed(name), "label");
}

void TestStudyController::stepsGoToTheMiddleOfSamples_data() {
  QTest::addColumn<double>("fromSec");
  QTest::addColumn<int>("step");
  QTest::addColumn<double>("toSec");
  QTest::newRow("on from the start") << 0.0 << 1 << 1.5;
  QTest::newRow("back at the start") << 0.0 << -1 << 0.5;
  QTest::newRow("from a middle") << 7.5 << 1 << 8.5;
  QTest::newRow("back from a border") << 8.0 << -1 << 7.5;
  QTest::newRow("into the next run") << 19.5 << 1 << 20.5;
  QTest::newRow("on at the end") << 60.0 << 1 << 59.5;
  QTest::newRow("back at the end") << 60.0 << -1 << 58.5;
  QTest::newRow("many") << 10.2 << 30 << 40.5;
}

void TestStudyController::stepsGoToTheMiddleOfSamples() {
  QFETCH(double, fromSec);
  QFETCH(int, step);
  Control of(m_loaded);
  of.controller.setTime(fromSec);
  if (fromSec < 60) of.controller.togglePlaying();  // which begins anew at the end
  of.controller.stepSamples(step);
  QTEST(of.controller.timeSec(), "toSec");
  QVERIFY(!of.controller.clock().isPlaying());
}

void TestStudyController::speedsAreALadder() {
  Control of(m_loaded);
  QList<double> speeds;
  for (int i = 0; i < 4; ++i) of.controller.changeSpeed(true), speeds.append(of.controller.clock().speed());
  for (int i = 0; i < 5; ++i) of.controller.changeSpeed(false), speeds.append(of.controller.clock().speed());
  QCOMPARE(speeds, (QList<double>{2, 4, 4, 4, 2, 1, 0.5, 0.25, 0.25}));
  of.controller.clock().setSpeed(3.5);  // between two: from the nearer
  of.controller.changeSpeed(false);
  QCOMPARE(of.controller.clock().speed(), 2.0);
}

void TestStudyController::loops_data() {
  QTest::addColumn<int>("mode");
  QTest::addColumn<double>("startSec");
  QTest::addColumn<double>("endSec");
  QTest::newRow("all") << int(LoopMode::Whole) << 0.0 << 60.0;
  QTest::newRow("this run") << int(LoopMode::Run) << 20.0 << 40.0;
  QTest::newRow("range") << int(LoopMode::Range) << 3.0 << 9.0;
}

void TestStudyController::loops() {
  QFETCH(int, mode);
  QFETCH(double, startSec);
  QFETCH(double, endSec);
  Control of(m_loaded);
  of.controller.setTime(25);
  of.controller.setLoopRange({9, 3});  // backwards
  QCOMPARE(of.controller.loopMode(), LoopMode::Range);
  of.controller.setLoopMode(static_cast<LoopMode>(mode));
  QCOMPARE(of.controller.loopSpan(), std::optional(TimeSpan{startSec, endSec}));
  QCOMPARE(of.loop.count(), 2);
  of.controller.setLoopMode(LoopMode::Off);
  QVERIFY(!of.controller.loopSpan());
}

void TestStudyController::anEmptyRangeIsNoLoop() {
  Control of(m_loaded);
  of.controller.setLoopMode(LoopMode::Whole);
  of.controller.setLoopRange({12, 12});
  QCOMPARE(of.controller.loopMode(), LoopMode::Off);
  QVERIFY(!of.controller.loopSpan());
  QCOMPARE(of.loop.count(), 2);
}

void TestStudyController::aStudyWithOtherRunsStopsAll() {
  Control of(m_loaded);
  of.controller.setTime(41);
  of.controller.setLoopMode(LoopMode::Run);
  of.controller.togglePlaying();
  QCOMPARE(of.playing.count(), 1);
  of.loop.clear();
  of.controller.setLoaded(withOtherRuns(m_loaded));
  QCOMPARE(of.controller.clock().durationSec(), 40.0);
  QCOMPARE(of.controller.timeSec(), 0.0);
  QCOMPARE(of.controller.loopMode(), LoopMode::Off);
  QVERIFY(!of.controller.loopSpan());
  QVERIFY(!of.controller.clock().isPlaying());
  QCOMPARE(of.playing.count(), 2);  // who plays sound or shows a button must know
  QCOMPARE(of.playing.last().first().toBool(), false);
  QCOMPARE(of.loop.count(), 1);
}

void TestStudyController::aTrainedStudyPlaysOn() {
  Control of(m_loaded);
  of.controller.setTime(25);
  of.controller.setLoopMode(LoopMode::Run);
  of.controller.setLoaded(m_loaded);
  QCOMPARE(of.controller.timeSec(), 25.0);
  QCOMPARE(of.controller.loopMode(), LoopMode::Run);
  QCOMPARE(of.study.count(), 2);
}

void TestStudyController::numbersOfAnotherUnitAreForgotten_data() {
  QTest::addColumn<Layer>("from");
  QTest::addColumn<Layer>("to");
  QTest::addColumn<bool>("kept");
  QTest::newRow("z to z") << Layer::Predicted << Layer::Measured << true;
  QTest::newRow("z to difference in z") << Layer::Predicted << Layer::Difference << true;
  QTest::newRow("z to r") << Layer::Measured << Layer::HeldOutR << false;
  QTest::newRow("r to z") << Layer::HeldOutR << Layer::Measured << false;
}

void TestStudyController::numbersOfAnotherUnitAreForgotten() {
  QFETCH(Layer, from);
  QFETCH(Layer, to);
  QFETCH(bool, kept);
  Control of(m_loaded);
  BrainDisplay display = of.controller.display();
  display.layer = from;
  of.controller.setDisplay(display);
  const auto choose = [&] {
    display = of.controller.display();
    display.threshold = 0.11;
    display.limit = 0.7;
    of.controller.setDisplay(display);
  };
  choose();
  display.layer = to;
  of.controller.setDisplay(display);
  QCOMPARE(of.controller.display().limit, kept ? 0.7 : 0.0);
  QCOMPARE(of.controller.display().threshold, kept ? 0.11 : 0.0);
  QCOMPARE(of.controller.display().significantOnly, to != Layer::HeldOutR);
  choose();
  of.controller.setLoaded(elsewhere(m_loaded));  // which begins with predicted responses
  QCOMPARE(of.controller.display().layer, Layer::Predicted);
  QCOMPARE(of.controller.display().limit, to == Layer::HeldOutR ? 0.0 : 0.7);
  QVERIFY(of.controller.display().significantOnly);
}

void TestStudyController::limitsAreChosenOrAutomatic() {
  Control of(m_loaded);
  float largest = 0;
  for (const auto& person : m_loaded.limits) largest = std::max(largest, person[0]);
  QCOMPARE(of.controller.colourLimit(), double(largest));
  QCOMPARE(of.controller.weakBelow(), 0.4 * double(largest));
  BrainDisplay display = of.controller.display();
  display.limit = 2;
  of.controller.setDisplay(display);
  QCOMPARE(of.controller.colourLimit(), 2.0);
  QCOMPARE(of.controller.weakBelow(), 0.8);
  display.threshold = 0.3;
  of.controller.setDisplay(display);
  QCOMPARE(of.controller.weakBelow(), 0.3);
  display.weak = WeakValues::Show;
  of.controller.setDisplay(display);
  QCOMPARE(of.controller.weakBelow(), 0.0);
}

void TestStudyController::maskNeedsSomebodysSignificance() {
  LoadedStudy loaded = m_loaded;
  loaded.results.people[0].q = {};
  Control of(loaded);
  QVERIFY(of.controller.canMask() && of.controller.isMasked());
  QVERIFY(of.controller.significant(0).empty());
  const auto& shown = of.controller.significant(1);
  QCOMPARE(Index(shown.size()), m_fixture.vertexCount());
  for (Index v = 0; v < m_fixture.vertexCount(); ++v) {
    const double q = 0.9 - 0.89 * double(v) / double(m_fixture.vertexCount() - 1);
    if (std::abs(q - 0.05) > 1e-5) QCOMPARE(int(shown[std::size_t(v)]), q < 0.05 ? 1 : 0);
  }
  for (PersonResults& person : loaded.results.people) person.q = {};
  of.controller.setLoaded(loaded);
  QVERIFY(!of.controller.canMask() && !of.controller.isMasked());
  QVERIFY(of.controller.display().significantOnly);  // as soon as it can be
}

void TestStudyController::aLayerThatIsGoneIsLeft() {
  Control of(m_loaded);
  BrainDisplay display = of.controller.display();
  display.layer = Layer::HeldOutR;
  of.controller.setDisplay(display);
  LoadedStudy untrained = m_loaded;
  for (PersonResults& person : untrained.results.people) person.predicted = nullptr, person.heldOutR = {};
  of.controller.setLoaded(untrained);
  QCOMPARE(of.controller.display().layer, Layer::Measured);
  QVERIFY(of.controller.display().significantOnly);
  QVERIFY(!of.controller.isLayerAvailable(Layer::Predicted));
  display.layer = Layer::Predicted;
  of.controller.setDisplay(display);
  QCOMPARE(of.controller.display().layer, Layer::Measured);
}

void TestStudyController::failuresSayWhatTheyAre() {
  QSet<QString> reasons;
  for (const ErrorCode code :
       {ErrorCode::MissingFile, ErrorCode::BadFile, ErrorCode::BadShape, ErrorCode::BadValue,
        ErrorCode::Unsupported, ErrorCode::Io, ErrorCode::OutOfMemory}) {
    const Problem problem = problemOf("It failed.", {code, "a.npy: no"}, "/a.npy");
    QCOMPARE(problem.headline, QString("It failed."));
    QCOMPARE(problem.details, QString("a.npy: no"));
    QCOMPARE(problem.file, QString("/a.npy"));
    QVERIFY(problem.reason.endsWith('.'));
    reasons.insert(problem.reason);
  }
  QCOMPARE(reasons.size(), 7);
}

void TestStudyController::programsOwnActionsFailInWords() {
  QTemporaryDir empty;
  const std::filesystem::path folder = empty.path().toStdString();
  StudyController controller(programActions({}));
  std::vector<Problem> problems;
  connect(&controller, &StudyController::problem, this,
          [&](const Problem& problem) { problems.push_back(problem); });
  controller.openStudy(folder);
  QTRY_COMPARE(problems.size(), std::size_t(1));
  QVERIFY(!controller.hasStudy());
  QCOMPARE(problems[0].headline, QString("The study could not be opened."));
  QCOMPARE(problems[0].file, QString::fromStdString(folder.string()));
  QVERIFY(problems[0].details.contains("study.json"));
  controller.makeDemo(folder / "demo");  // without its films
  QTRY_COMPARE(problems.size(), std::size_t(2));
  QCOMPARE(problems[1].headline, QString("The demo could not be made."));
  qputenv("XDG_DATA_HOME", folder.string().c_str());
  QCOMPARE(demoFolder(), folder / "cortexscope" / "demo");
}

void TestStudyController::numbersInReadouts_data() {
  QTest::addColumn<double>("number");
  QTest::addColumn<int>("decimals");
  QTest::addColumn<QString>("text");
  QTest::newRow("two decimals") << 0.425 << 2 << "0.42";
  QTest::newRow("a real minus") << -0.42 << 2 << QStringLiteral("−0.42");
  QTest::newRow("no minus at zero") << -0.001 << 2 << "0.00";
  QTest::newRow("three") << -0.0016 << 3 << QStringLiteral("−0.002");
  QTest::newRow("none") << 1234.6 << 0 << "1235";
  QTest::newRow("no number") << std::nan("") << 2 << QStringLiteral("–");
  QTest::newRow("infinite") << -std::numeric_limits<double>::infinity() << 2 << QStringLiteral("–");
}

void TestStudyController::numbersInReadouts() {
  QFETCH(double, number);
  QFETCH(int, decimals);
  QTEST(shownNumber(number, decimals), "text");
}

void TestStudyController::timesInReadouts_data() {
  QTest::addColumn<double>("seconds");
  QTest::addColumn<int>("decimals");
  QTest::addColumn<QString>("text");
  QTest::newRow("start") << 0.0 << 1 << "0:00.0";
  QTest::newRow("a minute") << 60.0 << 1 << "1:00.0";
  QTest::newRow("just before it") << 59.99 << 1 << "0:59.9";
  QTest::newRow("tenths that binary numbers miss") << 187.4 << 1 << "3:07.4";
  QTest::newRow("whole seconds") << 125.9 << 0 << "2:05";
  QTest::newRow("milliseconds") << 1.0625 << 3 << "0:01.062";
  QTest::newRow("hours in minutes") << 7384.0 << 0 << "123:04";
  QTest::newRow("before the start") << -3.0 << 1 << "0:00.0";
}

void TestStudyController::timesInReadouts() {
  QFETCH(double, seconds);
  QFETCH(int, decimals);
  QTEST(shownTime(seconds, decimals), "text");
}

QTEST_GUILESS_MAIN(TestStudyController)
#include "tst_study_controller.moc"
