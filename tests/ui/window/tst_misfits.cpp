// SPDX-License-Identifier: GPL-3.0-or-later
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QtTest>

#include "panels/brains_panel.h"
#include "surface_view/surface_view.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

/// Studies whose parts have other counts: they are refused with a message, the window and what it shows stay.
class TestMisfits : public QObject {
  Q_OBJECT

 private slots:
  void theWindowRefusesIt_data();
  void theWindowRefusesIt();
  void theStudyBeforeStays_data() { theWindowRefusesIt_data(); }
  void theStudyBeforeStays();
};

namespace {

/// The fixture with one part of other counts.
LoadedStudy misfit(const FixtureStudy& fixture, const QString& part) {
  LoadedStudy loaded = fixture.loaded();
  loaded.study.title = "Misfit";
  loaded.study.folder /= "misfit";
  if (part == "inflated surface") loaded.results.inflated = ellipsoidCortex(1).anatomical;
  if (part == "underlay") loaded.results.underlay = VectorF::Zero(7);
  if (part == "regions") loaded.results.regions.keys.resize(7);
  if (part == "runs") loaded.study.runs[1].firstSample = 25;
  if (part == "measured and predicted") {
    const std::filesystem::path file = fixture.folder() / "short.npy";
    writeNpy(file, MatrixF::Zero(FixtureStudy::kSamples, 9));
    loaded.results.people[1].measured = loaded.results.people[1].predicted =
        std::make_shared<CortexSeries>(MappedMatrix(file));
  }
  return loaded;
}

}  // namespace

void TestMisfits::theWindowRefusesIt_data() {
  QTest::addColumn<QString>("part");
  QTest::addColumn<QString>("word");
  QTest::newRow("inflated surface") << "inflated surface"
                                    << "inflated";
  QTest::newRow("underlay") << "underlay"
                            << "sulcal depth";
  QTest::newRow("regions") << "regions"
                           << "parcellation has 7";
  QTest::newRow("runs") << "runs"
                        << "run";
  QTest::newRow("measured and predicted") << "measured and predicted"
                                          << "needs 324 values, got 9";
}

void TestMisfits::theWindowRefusesIt() {
  QFETCH(QString, part);
  QFETCH(QString, word);
  const FixtureStudy fixture;
  StudyActions actions;
  actions.load = [&](const std::filesystem::path& folder, const Job&) {
    return folder == "good" ? fixture.loaded() : misfit(fixture, part);
  };
  WindowStage stage(actions);
  stage.controller().openStudy("bad");
  QTRY_VERIFY(stage.find("problemPanel").isVisible());
  QCOMPARE(stage.textOf("problemHeadline"), QString("The study could not be opened."));
  const QString details = stage.find<QPlainTextEdit>("problemDetails").toPlainText();
  QVERIFY2(details.contains(word), qPrintable(details));
  QVERIFY(!stage.controller().hasStudy());
  QVERIFY(stage.find("welcomePanel").isVisible());
  for (const Qt::Key key : {Qt::Key_Space, Qt::Key_Right, Qt::Key_End, Qt::Key_L, Qt::Key_7}) stage.key(key);
  stage.controller().openStudy("good");
  QTRY_COMPARE(stage.textOf("studyTitle"), QString("Fixture"));
  QVERIFY(!stage.find("problemPanel").isVisible());
  QTRY_VERIFY(stage.window.isSettled());
}

void TestMisfits::theStudyBeforeStays() {
  QFETCH(QString, part);
  FixtureStudy fixture;
  StudyActions actions;
  actions.load = [&](const std::filesystem::path&, const Job&) { return misfit(fixture, part); };
  WindowStage stage(actions);
  stage.showFixture();
  stage.controller().openStudy("bad");
  QTRY_VERIFY(stage.find("problemPanel").isVisible());
  QCOMPARE(stage.textOf("studyTitle"), QString("Fixture"));
  QCOMPARE(stage.controller().study().folder, stage.fixture.folder());
  QVERIFY(stage.find("workspace").isVisible());
  stage.controller().setTime(24.5);
  QTRY_VERIFY(stage.window.isSettled());
  QCOMPARE(secondShown(stage.find<PictureView>("filmPicture")), 24);
  stage.controller().setVertex(1, 33);
  QCOMPARE(stage.textOf("vertexValue"), shownNumber(FixtureStudy::predicted(1, 29, 33), 3));
  QCOMPARE(stage.window.brains().view().scene().vertexCount(), stage.fixture.vertexCount());
}

int main(int argc, char** argv) {
  TestMisfits test;
  return runWindowTest(test, argc, argv);
}
#include "tst_misfits.moc"
