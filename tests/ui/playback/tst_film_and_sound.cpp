// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "control/film_sound.h"
#include "panels/film_panel.h"
#include "ui/fixture_study.h"
#include "ui/playback/test_card.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

constexpr double kPictureSec = 0.04;
constexpr int kPictures = 40 * 25;

// Each sample of these films says its own time, and its sign the film: film a is positive.
double spoken(double filmSec) {
  return 0.1 + filmSec / 100;
}
double understood(float sample) {
  return 100 * (std::abs(static_cast<double>(sample)) - 0.1);
}

/// Pictures that show their number beside sound that says its time, or beeps: `sound` is at film time.
void makeFilm(const std::filesystem::path& file, const std::string& soundCodec,
              std::function<double(double)> sound) {
  FilmSpec spec;
  spec.times = evenTimes(kPictures, 40);
  spec.soundCodec = soundCodec;
  spec.soundRateHz = kSoundRateHz;
  spec.soundSec = kPictures * kPictureSec;
  spec.sound = [sound](double timeSec, int) { return sound(timeSec); };
  writeFilm(file, spec);
}

/// The fixture's runs (film a 0-20 s, film a 20-40 s, film b 0-20 s), film panel and sound on a clock and a
/// card whose time the test moves. Decoding takes no time on them.
struct Stage {
  double wallSec = 100;
  FixtureStudy fixture{false};
  StudyController controller{{}, nullptr, [this] { return wallSec; }};
  TestCard* card;
  std::unique_ptr<FilmSound> sound;
  FilmPanel panel{controller};

  explicit Stage(const QString& films) {
    auto owned = std::make_unique<TestCard>();
    card = owned.get();
    sound = std::make_unique<FilmSound>(controller, std::move(owned), filmSoundReading());
    for (Stimulus& stimulus : fixture.study.stimuli)
      stimulus.file = (films + "/" + QString::fromStdString(stimulus.file)).toStdString();
    controller.setLoaded(fixture.loaded());
    panel.show();
    settle();
  }

  void settle() {
    do {
      while (!panel.isSettled() || !sound->isSettled()) QTest::qWait(1);
      QCoreApplication::processEvents();
    } while (!panel.isSettled() || !sound->isSettled());
  }
  void pass(double sec) {
    for (double left = sec; left > 1e-9; left -= 0.01) {
      wallSec += 0.01;
      card->pass(0.01);
      controller.clock().tick();
      settle();
    }
  }
  int shownPicture() { return secondShown(*panel.findChild<PictureView*>("filmPicture")); }
  bool isHeard() const { return card->now() != 0; }
};

/// Plays for `sec` and compares at each moment the picture that is seen with the sound that is heard.
struct Comparison {
  double worstSec = 0;  ///< between the time that is heard and the time during which the picture is due
  int compared = 0;
  bool sameFilm = true;

  Comparison(Stage& stage, double sec) {
    for (double left = sec; left > 1e-9; left -= 0.01) {
      stage.pass(0.01);
      if (!stage.isHeard()) continue;
      const double shownFrom = stage.shownPicture() * kPictureSec;
      const double heardSec = understood(stage.card->now());
      worstSec = std::max({worstSec, shownFrom - heardSec, heardSec - (shownFrom + kPictureSec)});
      const bool filmA = stage.controller.moment().run < 2;
      sameFilm = sameFilm && (stage.card->now() > 0) == filmA;
      ++compared;
    }
  }
  bool isGood(int least) const { return sameFilm && worstSec < kPictureSec && compared >= least; }
  QByteArray text() const {
    return QByteArray::number(1000 * worstSec) + " ms apart at most in " + QByteArray::number(compared) +
           (sameFilm ? " moments" : " moments, of different films");
  }
};

}  // namespace

class TestFilmAndSound : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void together_data();
  void together();
  void afterAJumpWhilePlaying();
  void afterAPause();
  void afterAnotherSpeed();
  void acrossRunsOfOneFilm();
  void acrossRunsOfTwoFilms();
  void afterALoop();
  void afterTheCardStopsForAWhile();
  void thePictureWaitsForTheSound();
  void filmsWithoutSoundStart();
  void beepsComeWithTheirPicture_data();
  void beepsComeWithTheirPicture();
  void otherStudiesStopTheSound();

 private:
  QTemporaryDir m_films;
};

void TestFilmAndSound::initTestCase() {
  const std::filesystem::path folder = m_films.path().toStdString();
  makeFilm(folder / "a.mkv", "pcm_s16le", [](double sec) { return spoken(sec); });
  makeFilm(folder / "b.mkv", "pcm_s16le", [](double sec) { return -spoken(sec); });
}

void TestFilmAndSound::together_data() {
  QTest::addColumn<double>("fromSec");
  QTest::addColumn<double>("delaySec");
  QTest::addColumn<double>("bufferSec");
  QTest::addColumn<double>("stepSec");
  QTest::newRow("start") << 0.0 << 0.04 << 0.06 << 0.0;
  QTest::newRow("middle") << 11.37 << 0.04 << 0.06 << 0.0;
  QTest::newRow("second run") << 31.0 << 0.04 << 0.06 << 0.0;
  QTest::newRow("other film") << 47.77 << 0.04 << 0.06 << 0.0;
  QTest::newRow("card with a long way") << 5.0 << 0.25 << 0.3 << 0.0;
  QTest::newRow("card that tells in steps") << 5.0 << 0.1 << 0.1 << 0.05;
}

void TestFilmAndSound::together() {
  QFETCH(double, fromSec);
  Stage stage(m_films.path());
  QFETCH(double, delaySec);
  stage.card->startDelaySec = delaySec;
  QFETCH(double, bufferSec);
  stage.card->bufferSec = bufferSec;
  QFETCH(double, stepSec);
  stage.card->stepSec = stepSec;
  stage.controller.setTime(fromSec);
  stage.settle();
  stage.controller.togglePlaying();
  stage.settle();
  const Comparison found(stage, 3);
  QVERIFY2(found.isGood(260), found.text());
  const double played = stage.controller.timeSec() - fromSec;
  QVERIFY2(played > 2.6 && played < 3, QByteArray::number(played));
}

void TestFilmAndSound::afterAJumpWhilePlaying() {
  Stage stage(m_films.path());
  stage.controller.togglePlaying();
  stage.pass(1);
  for (const double toSec : {33.3, 2.0, 50.5, 2.5}) {
    stage.controller.setTime(toSec);
    stage.settle();
    const Comparison found(stage, 1);
    QVERIFY2(found.isGood(90), found.text());
    QVERIFY(stage.controller.timeSec() > toSec + 0.9);
  }
}

void TestFilmAndSound::afterAPause() {
  Stage stage(m_films.path());
  stage.controller.togglePlaying();
  stage.pass(2);
  stage.controller.togglePlaying();
  const double pausedSec = stage.controller.timeSec();
  stage.pass(1);
  QVERIFY(!stage.isHeard());
  QCOMPARE(stage.controller.timeSec(), pausedSec);
  stage.controller.togglePlaying();
  stage.settle();
  const Comparison found(stage, 1);
  QVERIFY2(found.isGood(90), found.text());
}

void TestFilmAndSound::afterAnotherSpeed() {
  Stage stage(m_films.path());
  stage.controller.togglePlaying();
  stage.pass(2);
  stage.controller.clock().setSpeed(2);
  stage.pass(1);
  QVERIFY(!stage.isHeard());
  QVERIFY(std::abs(stage.controller.timeSec() - 4) < 0.1);
  stage.controller.clock().setSpeed(1);
  stage.settle();
  const Comparison found(stage, 1);
  QVERIFY2(found.isGood(90), found.text());
}

void TestFilmAndSound::acrossRunsOfOneFilm() {
  Stage stage(m_films.path());
  stage.controller.setTime(19);
  stage.controller.togglePlaying();
  stage.settle();
  const Comparison found(stage, 2);
  QVERIFY2(found.isGood(190), found.text());
  QCOMPARE(stage.controller.moment().run, std::size_t{1});
  QCOMPARE(stage.card->starts, 1);  // no gap where the film goes on
}

void TestFilmAndSound::acrossRunsOfTwoFilms() {
  Stage stage(m_films.path());
  stage.controller.setTime(39);
  stage.controller.togglePlaying();
  stage.settle();
  const Comparison found(stage, 2);
  QVERIFY2(found.isGood(180), found.text());
  QCOMPARE(stage.controller.moment().run, std::size_t{2});
}

void TestFilmAndSound::afterALoop() {
  Stage stage(m_films.path());
  stage.controller.setLoopRange({10, 11});
  stage.controller.setTime(10);
  stage.controller.togglePlaying();
  stage.settle();
  const Comparison found(stage, 5);
  QVERIFY2(found.isGood(440), found.text());
  QVERIFY(stage.controller.timeSec() < 11);
}

void TestFilmAndSound::afterTheCardStopsForAWhile() {
  Stage stage(m_films.path());
  stage.controller.togglePlaying();
  stage.pass(1);
  for (int tick = 0; tick < 20; ++tick) {  // nothing is pulled, the clock goes on
    stage.wallSec += 0.01;
    stage.controller.clock().tick();
  }
  stage.pass(0.3);
  const Comparison found(stage, 1);
  QVERIFY2(found.isGood(100), found.text());
}

void TestFilmAndSound::thePictureWaitsForTheSound() {
  Stage stage(m_films.path());
  stage.controller.setTime(5);
  stage.card->startDelaySec = 0.2;
  stage.controller.togglePlaying();
  stage.settle();
  stage.pass(0.19);
  QCOMPARE(stage.controller.timeSec(), 5.0);
  stage.pass(0.1);
  QVERIFY(stage.controller.timeSec() > 5.05);
  stage.controller.setTime(8);
  stage.card->startDelaySec = 1e6;  // sound that never comes
  stage.settle();
  stage.pass(2);
  QVERIFY(stage.controller.timeSec() > 9.4);
}

void TestFilmAndSound::filmsWithoutSoundStart() {
  FixtureStudy withoutSound;
  Stage stage(QString::fromStdString(withoutSound.folder().string()));
  stage.controller.togglePlaying();
  stage.settle();
  stage.pass(1);
  QVERIFY(std::abs(stage.controller.timeSec() - 1) < 1e-6);
  QCOMPARE(stage.card->starts, 0);
}

void TestFilmAndSound::beepsComeWithTheirPicture_data() {
  QTest::addColumn<QString>("codec");
  QTest::addColumn<double>("fromSec");
  for (const QString& codec : {QString("aac"), QString("libmp3lame")})
    for (const double fromSec : {0.3, 17.5, 33.7})
      QTest::newRow(qPrintable(QString("%1 from %2 s").arg(codec).arg(fromSec))) << codec << fromSec;
}

/// A beep at each full second, as a camera and a bell would record it.
void TestFilmAndSound::beepsComeWithTheirPicture() {
  QFETCH(QString, codec);
  QFETCH(double, fromSec);
  QTemporaryDir films;
  const auto folder = std::filesystem::path(films.path().toStdString());
  makeFilm(folder / "a.mkv", codec.toStdString(), [](double sec) {
    return sec - std::floor(sec) < 0.1 ? 0.8 * std::sin(2 * M_PI * 1000 * sec) : 0.0;
  });
  std::filesystem::copy(folder / "a.mkv", folder / "b.mkv");
  Stage stage(films.path());
  stage.controller.setTime(fromSec);
  stage.controller.togglePlaying();
  stage.settle();
  int beeps = 0;
  bool wasLoud = false;
  for (int step = 0; step < 300; ++step) {
    stage.pass(0.01);
    const std::vector<float>& heard = stage.card->heard;
    const bool loud = std::any_of(heard.end() - kSoundRateHz / 100, heard.end(),
                                  [](float sample) { return std::abs(sample) > 0.3f; });
    if (loud && !wasLoud) {
      ++beeps;
      const int picture = stage.shownPicture(), nearest = (picture + 12) / 25 * 25;
      QVERIFY2(std::abs(picture - nearest) <= 1, QByteArray::number(picture));
    }
    wasLoud = loud;
  }
  QVERIFY2(beeps == 2 || beeps == 3, QByteArray::number(beeps));
}

void TestFilmAndSound::otherStudiesStopTheSound() {
  Stage stage(m_films.path());
  stage.controller.togglePlaying();
  stage.pass(1);
  QVERIFY(stage.isHeard());
  FixtureStudy other;
  other.study.runs.pop_back();
  stage.controller.setLoaded(other.loaded());
  stage.settle();
  QVERIFY(!stage.controller.clock().isPlaying());
  stage.pass(0.1);
  QVERIFY(!stage.isHeard());
  QVERIFY(!stage.card->runs());
}

int main(int argc, char** argv) {
  TestFilmAndSound test;
  return runWindowTest(test, argc, argv);
}
#include "tst_film_and_sound.moc"
