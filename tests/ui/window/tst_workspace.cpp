// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QtTest>
#include <cmath>

#include "control/film_sound.h"
#include "import_dialog/import_dialog.h"
#include "labels/labels_dialog.h"
#include "ui/window_stage.h"
#include "window/guide_dialog.h"
#include "window/shortcuts.h"
#include "window/workspace.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

using Check = std::function<bool(WindowStage&)>;

/// What a key is said to do, and whether it has done it. All start at 5.5 s.
struct KeyCase {
  QKeyCombination key;
  QString meaning;
  Check done;
};

Check timeIs(double sec) {
  return [sec](WindowStage& stage) { return stage.controller().timeSec() == sec; };
}
template <class Dialog>
bool isOpen(WindowStage& stage, const char* name = nullptr) {
  const auto* dialog = stage.window.findChild<Dialog*>(QString::fromLatin1(name));
  return dialog != nullptr && dialog->isVisible();
}

const std::vector<KeyCase>& keyCases() {
  static const Check sheet = [](WindowStage& stage) { return isOpen<QDialog>(stage, "shortcutSheet"); };
  static const std::vector<KeyCase> cases{
      {Qt::Key_Space, "play, pause",
       [](WindowStage& stage) { return stage.controller().clock().isPlaying(); }},
      {Qt::Key_Left, "one sample back", timeIs(4.5)},
      {Qt::Key_Right, "one sample on", timeIs(6.5)},
      {Qt::Key_Home, "to the start", timeIs(0)},
      {Qt::Key_End, "to the end", timeIs(60)},
      {Qt::Key_BracketLeft, "slower",
       [](WindowStage& stage) { return stage.controller().clock().speed() == 0.5; }},
      {Qt::Key_BracketRight, "faster",
       [](WindowStage& stage) { return stage.controller().clock().speed() == 2.0; }},
      {Qt::Key_L, "loop: none, all, this run",
       [](WindowStage& stage) { return stage.controller().loopMode() == LoopMode::Whole; }},
      {Qt::CTRL | Qt::Key_L, "labels of this study",
       [](WindowStage& stage) { return isOpen<LabelsDialog>(stage); }},
      {Qt::Key_F1, "the guide", [](WindowStage& stage) { return isOpen<GuideDialog>(stage); }},
      {Qt::Key_H, "this list", sheet},
      {Qt::Key_Question, "this list", sheet},
      {Qt::SHIFT | Qt::Key_Question, "this list", sheet},
  };
  return cases;
}

/// tst_shortcuts tries these.
const QStringList kOfBrainsAndSound{"sound on, off",      "turn the brains left", "turn the brains right",
                                    "turn the brains up", "turn the brains down", "look from the front",
                                    "look from the side", "look from above",      "camera back to its start"};
/// They wait for a person: filesAreAskedFor.
const QStringList kAsking{"open a study", "import your own data", "save a picture"};

StudyActions quietActions() {
  StudyActions actions;
  actions.load = [](const std::filesystem::path&, const Job&) -> LoadedStudy { throw Cancelled{}; };
  return actions;
}

}  // namespace

class TestWorkspace : public QObject {
  Q_OBJECT

 private slots:
  void everyKeyDoesWhatItSays_data();
  void everyKeyDoesWhatItSays();
  void everyListedKeyIsTried();
  void loopKeyGoesRound();
  void keysOfOthersAreNotTaken_data();
  void keysOfOthersAreNotTaken();
  void keysNeedNoStudy();
  void filesAreAskedFor_data();
  void filesAreAskedFor();
  void whatWasMovedIsRestored();
  void oddSettingsAreNoHarm_data();
  void oddSettingsAreNoHarm();
  void aVertexOpensItsTab();
  void recentMenuShowsNamesAsTheyAre();
  void peoplesButtonsShowNamesAsTheyAre();
};

void TestWorkspace::everyKeyDoesWhatItSays_data() {
  QTest::addColumn<int>("which");
  for (std::size_t i = 0; i < keyCases().size(); ++i)
    QTest::addRow("%d %s", int(i), qPrintable(QKeySequence(keyCases()[i].key).toString())) << int(i);
}

void TestWorkspace::everyKeyDoesWhatItSays() {
  QFETCH(int, which);
  const KeyCase& of = keyCases()[std::size_t(which)];
  WindowStage stage(quietActions());
  stage.showFixture();
  stage.window.activateWindow();  // also where no window manager does it
  QVERIFY(QTest::qWaitForWindowActive(&stage.window));
  stage.controller().setTime(5.5);
  QVERIFY(!of.done(stage));
  stage.key(of.key.key(), of.key.keyboardModifiers());
  QVERIFY(of.done(stage));
}

void TestWorkspace::everyListedKeyIsTried() {
  WindowStage stage;
  stage.key(Qt::Key_H);
  auto* sheet = stage.window.findChild<QDialog*>("shortcutSheet");
  QVERIFY(sheet != nullptr);
  QStringList tried = kOfBrainsAndSound + kAsking;
  for (const KeyCase& each : keyCases()) tried.append(each.meaning);
  const auto* grid = qobject_cast<QGridLayout*>(sheet->layout());
  int keys = 0;
  for (int row = 0; row < grid->rowCount(); ++row) {
    if (grid->itemAtPosition(row, 1) == nullptr) continue;
    const QString gesture = qobject_cast<QLabel*>(grid->itemAtPosition(row, 0)->widget())->text();
    const QString meaning = qobject_cast<QLabel*>(grid->itemAtPosition(row, 1)->widget())->text();
    if (gesture.contains("drag", Qt::CaseInsensitive) || gesture.startsWith("Click")) continue;
    QVERIFY2(tried.contains(meaning), qPrintable(meaning));
    ++keys;
  }
  QCOMPARE(keys, 23);
}

void TestWorkspace::loopKeyGoesRound() {
  WindowStage stage;
  stage.showFixture();
  QList<LoopMode> modes;
  for (int presses = 0; presses < 4; ++presses) {
    stage.key(Qt::Key_L);
    modes.append(stage.controller().loopMode());
  }
  QCOMPARE(modes, (QList<LoopMode>{LoopMode::Whole, LoopMode::Run, LoopMode::Off, LoopMode::Whole}));
  stage.controller().setLoopRange({3, 9});
  stage.key(Qt::Key_L);
  QCOMPARE(stage.controller().loopMode(), LoopMode::Off);
}

void TestWorkspace::keysOfOthersAreNotTaken_data() {
  QTest::addColumn<QKeyCombination>("key");
  QTest::addColumn<bool>("taken");
  QTest::newRow("as listed") << QKeyCombination(Qt::Key_A) << true;
  QTest::newRow("of the keypad") << QKeyCombination(Qt::KeypadModifier, Qt::Key_A) << true;
  QTest::newRow("second of two") << QKeyCombination(Qt::ShiftModifier, Qt::Key_B) << true;
  QTest::newRow("with Control") << QKeyCombination(Qt::ControlModifier, Qt::Key_A) << false;
  QTest::newRow("another") << QKeyCombination(Qt::Key_B) << false;
  QTest::newRow("of the toolbar") << QKeyCombination(Qt::ControlModifier, Qt::Key_O) << false;
}

void TestWorkspace::keysOfOthersAreNotTaken() {
  QFETCH(QKeyCombination, key);
  int calls = 0;
  const std::vector<Shortcut> shortcuts{{{Qt::Key_A, Qt::SHIFT | Qt::Key_B}, "count", [&] { ++calls; }},
                                        {{Qt::CTRL | Qt::Key_O}, "open", {}},
                                        {{Qt::Key_A}, "never reached", [&] { calls += 100; }}};
  QFETCH(bool, taken);
  QCOMPARE(handleKey(shortcuts, key), taken);
  QCOMPARE(calls, taken ? 1 : 0);
}

void TestWorkspace::keysNeedNoStudy() {
  WindowStage stage(quietActions());
  for (const KeyCase& each : keyCases())
    if (each.meaning != "this list" && each.meaning != "the guide")
      stage.key(each.key.key(), each.key.keyboardModifiers());
  QCOMPARE(stage.controller().timeSec(), 0.0);
  QVERIFY(!stage.controller().clock().isPlaying());
  QVERIFY(!isOpen<LabelsDialog>(stage));
  stage.showFixture();
  QCOMPARE(stage.controller().loopMode(), LoopMode::Off);
}

void TestWorkspace::filesAreAskedFor_data() {
  QTest::addColumn<QKeyCombination>("key");
  QTest::newRow("open") << (Qt::CTRL | Qt::Key_O);
  QTest::newRow("import") << (Qt::CTRL | Qt::Key_I);
  QTest::newRow("picture") << QKeyCombination(Qt::Key_F12);
}

void TestWorkspace::filesAreAskedFor() {
  QFETCH(QKeyCombination, key);
  QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
  WindowStage stage(quietActions());
  stage.showFixture();
  stage.window.activateWindow();  // also where no window manager does it
  QVERIFY(QTest::qWaitForWindowActive(&stage.window));
  bool asked = false;
  QTimer look;
  connect(&look, &QTimer::timeout, &stage.window, [&] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    if (dialog == nullptr) return;
    asked = true;
    dialog->reject();
  });
  look.start(10);
  stage.key(key.key(), key.keyboardModifiers());
  QTRY_VERIFY(asked);
  QVERIFY(!stage.controller().jobs().isRunning());  // nothing was chosen
  QVERIFY(!isOpen<ImportDialog>(stage));
}

void TestWorkspace::whatWasMovedIsRestored() {
  QTemporaryDir folder;
  QSettings settings(folder.filePath("settings.ini"), QSettings::IniFormat);
  StudyController controller{StudyActions{}};
  FilmSound sound(controller);
  const auto sizesOf = [](Workspace& workspace) {
    QList<QList<int>> sizes{workspace.sizes()};
    for (const QSplitter* splitter : workspace.findChildren<QSplitter*>()) sizes.append(splitter->sizes());
    return sizes;
  };
  QList<QList<int>> moved;
  {
    Workspace first(controller, sound, nullptr);
    first.resize(1300, 800);
    first.show();
    const QList<QList<int>> before = sizesOf(first);
    QCOMPARE(before.size(), 4);
    first.setSizes({500, 800});
    for (QSplitter* splitter : first.findChildren<QSplitter*>()) {
      const int all = splitter->orientation() == Qt::Horizontal ? splitter->width() : splitter->height();
      splitter->setSizes({all / 2, all / 2});
    }
    moved = sizesOf(first);
    for (int i = 0; i < 4; ++i) QVERIFY(moved[i] != before[i]);
    first.save(settings);
  }
  Workspace second(controller, sound, nullptr);
  second.restore(settings);
  second.resize(1300, 800);
  second.show();
  const QList<QList<int>> restored = sizesOf(second);
  for (int i = 0; i < 4; ++i)
    for (int part = 0; part < 2; ++part) QVERIFY(std::abs(restored[i][part] - moved[i][part]) <= 2);
}

void TestWorkspace::oddSettingsAreNoHarm_data() {
  QTest::addColumn<QVariant>("state");
  QTest::newRow("none") << QVariant();
  QTest::newRow("a word") << QVariant("wide");
  QTest::newRow("other bytes") << QVariant(QByteArray(300, '\x7f'));
}

void TestWorkspace::oddSettingsAreNoHarm() {
  QFETCH(QVariant, state);
  QTemporaryDir folder;
  const QString file = folder.filePath("settings.ini");
  {
    QSettings settings(file, QSettings::IniFormat);
    for (const char* name : {"geometry", "layout/columns", "layout/left", "layout/right", "layout/lower"})
      settings.setValue(name, state);
    settings.setValue("recentStudies", state);
  }
  WindowStage stage({}, {std::make_unique<QSettings>(file, QSettings::IniFormat), false});
  stage.showFixture();
  for (const char* name :
       {"filmPanel", "brainsPanel", "labelPanel", "timelinePanel", "tracesPanel", "detailTabs"})
    QVERIFY2(stage.find(name).isVisible() && stage.find(name).width() > 50 && stage.find(name).height() > 20,
             name);
}

void TestWorkspace::aVertexOpensItsTab() {
  WindowStage stage;
  stage.showFixture();
  auto& tabs = stage.find<QTabWidget>("detailTabs");
  QCOMPARE(tabs.currentIndex(), 0);
  QCOMPARE(tabs.tabText(2), QString("Problems"));
  stage.controller().setVertex(1, 4);
  QCOMPARE(tabs.currentIndex(), 1);
  tabs.setCurrentIndex(0);
  stage.controller().setTime(7);
  stage.controller().setPerson(0);
  QCOMPARE(tabs.currentIndex(), 0);  // stays where it was put
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.problems = {{Severity::Warning, "a.npy", "", "is odd", ""}};
  stage.controller().setLoaded(loaded);
  QCOMPARE(tabs.tabText(2), QString("Problems (1 warning)"));
  QCOMPARE(tabs.currentIndex(), 0);
}

void TestWorkspace::recentMenuShowsNamesAsTheyAre() {
  QTemporaryDir folder;
  const QString file = folder.filePath("settings.ini"), study = folder.filePath("R&D <b>");
  QVERIFY(QDir().mkpath(study));
  QSettings(file, QSettings::IniFormat).setValue("recentStudies", QStringList{study});
  WindowStage stage({}, {std::make_unique<QSettings>(file, QSettings::IniFormat), false});
  const auto* menu = stage.window.findChild<QMenu*>("recentMenu");
  QCOMPARE(menu->actions().size(), 1);
  QCOMPARE(menu->actions().first()->text(), QString("R&&D <b>"));
  QCOMPARE(readTip(menu->actions().first()->toolTip()), study);
}

void TestWorkspace::peoplesButtonsShowNamesAsTheyAre() {
  WindowStage stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.results.people[1].id = "<b>R&D</b>";
  stage.controller().setLoaded(loaded);
  QCOMPARE(stage.textOf("person1"), QString("<b>R&&D</b>"));
  QVERIFY(readTip(stage.find("person1").toolTip()).startsWith("Choose <b>R&D</b>:"));
}

int main(int argc, char** argv) {
  TestWorkspace test;
  return runWindowTest(test, argc, argv);
}
#include "tst_workspace.moc"
