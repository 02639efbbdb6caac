// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QtTest>
#include <fstream>

#include "panels/film_panel.h"
#include "ui/fixture_study.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// The film panel on the fixture study.
struct Stage {
  FixtureStudy fixture;
  StudyController controller{{}};
  FilmPanel panel{controller};
  PictureView& view = widgetIn<PictureView>(panel, "filmPicture");

  explicit Stage(bool loads = true) {
    panel.show();
    if (loads) load();
  }
  void load() {
    controller.setLoaded(fixture.loaded());
    settle();
  }
  void settle() { QTRY_VERIFY(panel.isSettled()); }
  void go(double timeSec) {
    controller.setTime(timeSec);
    settle();
  }
  QString textOf(const char* name) { return widgetIn<QLabel>(panel, name).text(); }
  std::filesystem::path file(const char* name) const { return fixture.study.path(name); }
  /// The decoder's answer to a question of long ago.
  void answerLate(const std::filesystem::path& film) {
    QImage image(4, 4, QImage::Format_RGB32);
    image.fill(Qt::red);
    emit panel.findChild<FilmDecoder*>()->decoded({film, 3, 3, image, {}});
  }
};

}  // namespace

class TestFilmPanel : public QObject {
  Q_OBJECT

 private slots:
  void showsThePictureOfTheMoment();
  void lateAnswersForAnotherFilmAreDropped();
  void noPictureBelowAnotherFilmsCredit();
  void anotherStudysFilmReplacesThePicture();
  void soundAloneIsSaid();
  void filmsThatCannotBeReadAreSaid_data();
  void filmsThatCannotBeReadAreSaid();
};

void TestFilmPanel::showsThePictureOfTheMoment() {
  Stage stage;
  QCOMPARE(secondShown(stage.view), 0);
  for (const double timeSec : {7.5, 39.99, 2.0, 45.2}) {
    stage.go(timeSec);
    const double filmSec = stage.controller.moment().filmSec;
    QCOMPARE(secondShown(stage.view), static_cast<int>(filmSec));
    QCOMPARE(stage.panel.shownFilmSec(), filmSec);
  }
  QCOMPARE(stage.textOf("filmTitle"), QString("Film B"));
  QCOMPARE(stage.textOf("filmCredit"), QString("Film B by another author, CC-BY 4.0"));
  QVERIFY(stage.textOf("filmTimes").contains("run-03 (held-out)"));
  QVERIFY(stage.textOf("filmTimes").contains("film 0:05.2"));
}

void TestFilmPanel::lateAnswersForAnotherFilmAreDropped() {
  Stage stage;
  stage.go(45);
  stage.answerLate(stage.file("a.mkv"));
  QCOMPARE(secondShown(stage.view), 5);
  QCOMPARE(stage.panel.shownFilmSec(), 5.0);
  stage.answerLate(stage.file("b.mkv"));
  QCOMPARE(stage.view.picture().size(), QSize(4, 4));
}

void TestFilmPanel::noPictureBelowAnotherFilmsCredit() {
  Stage stage;
  stage.go(3);
  stage.controller.setTime(45);  // its picture comes with the next events
  QCOMPARE(stage.textOf("filmTitle"), QString("Film B"));
  QVERIFY(stage.view.picture().isNull());
  QVERIFY(stage.view.sentence().startsWith("Loading"));
  stage.answerLate(stage.file("a.mkv"));
  QVERIFY(stage.view.picture().isNull());
  stage.settle();
  QCOMPARE(secondShown(stage.view), 5);
}

void TestFilmPanel::anotherStudysFilmReplacesThePicture() {
  Stage stage;
  stage.go(3);
  FixtureStudy other;
  other.study.stimuli[0].title = "Another film";
  stage.controller.setTime(4);  // its answer is on the way while the study changes
  stage.controller.setLoaded(other.loaded());
  QVERIFY(stage.view.picture().isNull());
  stage.answerLate(stage.file("a.mkv"));
  QVERIFY(stage.view.picture().isNull());
  stage.settle();
  QCOMPARE(stage.textOf("filmTitle"), QString("Another film"));
  QCOMPARE(secondShown(stage.view), static_cast<int>(stage.controller.moment().filmSec));
}

void TestFilmPanel::soundAloneIsSaid() {
  Stage stage(false);
  writeFloatWav(stage.fixture.folder() / "sound.wav", 8000, 1, std::vector<float>(8000, 0.1f));
  stage.fixture.study.stimuli[0].file = "sound.wav";
  stage.load();
  QVERIFY(stage.view.sentence().startsWith("Sound only"));
  QVERIFY(stage.view.toolTip().isEmpty());
}

void TestFilmPanel::filmsThatCannotBeReadAreSaid_data() {
  QTest::addColumn<QString>("file");
  QTest::addColumn<QString>("reason");
  QTest::newRow("not there") << "nowhere.mkv"
                             << "nowhere.mkv";
  QTest::newRow("no film") << "text.mkv"
                           << "text.mkv";
}

void TestFilmPanel::filmsThatCannotBeReadAreSaid() {
  QFETCH(QString, file);
  QFETCH(QString, reason);
  Stage stage(false);
  std::ofstream(stage.fixture.folder() / "text.mkv") << "no film at all";
  stage.fixture.study.stimuli[0].file = file.toStdString();
  stage.load();
  QVERIFY(stage.view.sentence().startsWith("The film cannot be shown."));
  QVERIFY2(stage.view.sentence().contains(reason), qPrintable(stage.view.sentence()));
  QVERIFY(stage.view.toolTip().contains(reason));
  stage.go(45);  // the other film is well
  QCOMPARE(secondShown(stage.view), 5);
  QVERIFY(stage.view.toolTip().isEmpty());
}

int main(int argc, char** argv) {
  TestFilmPanel test;
  return runWindowTest(test, argc, argv);
}
#include "tst_film_panel.moc"
