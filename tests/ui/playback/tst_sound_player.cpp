// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "playback/sound_player.h"
#include "ui/playback/test_card.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

using State = SoundTime::State;

/// Stands for a decoder: each sample is its own film time in seconds. Reading waits while the gate is shut.
class Gate {
 public:
  SoundReading reading() {
    return [this](const std::filesystem::path& file, double startSec, double durationSec) {
      pass(file, startSec);
      if (file == "broken.mkv") throw Error(ErrorCode::BadFile, "broken.mkv: broken");
      std::vector<float> samples;
      if (file == "silent.mkv") return samples;
      const auto count = std::llround(durationSec * kSoundRateHz);
      for (std::int64_t i = 0; i < count; ++i)
        samples.push_back(static_cast<float>(startSec + static_cast<double>(i) / kSoundRateHz));
      return samples;
    };
  }
  void shut() { set(false); }
  void open() { set(true); }
  bool isOpen() const {
    const std::lock_guard lock(m_guard);
    return m_open;
  }
  bool isReading() const {
    const std::lock_guard lock(m_guard);
    return m_reading;
  }
  std::vector<std::string> files() const {
    const std::lock_guard lock(m_guard);
    return m_files;
  }

 private:
  void set(bool isOpen) {
    const std::lock_guard lock(m_guard);
    m_open = isOpen;
    m_opened.notify_all();
  }
  void pass(const std::filesystem::path& file, double) {
    std::unique_lock lock(m_guard);
    m_files.push_back(file.string());
    m_reading = true;
    m_opened.wait(lock, [this] { return m_open; });
    m_reading = false;
  }

  mutable std::mutex m_guard;
  std::condition_variable m_opened;
  bool m_open = true, m_reading = false;
  std::vector<std::string> m_files;
};

struct Stage {
  double wallSec = 100, filmSec = 10;
  Gate gate;
  TestCard* card;
  std::unique_ptr<SoundPlayer> player;

  Stage() {
    auto owned = std::make_unique<TestCard>();
    card = owned.get();
    player = std::make_unique<SoundPlayer>(std::move(owned), gate.reading(), [this] { return wallSec; });
  }
  ~Stage() { gate.open(); }  // else the player would wait for ever

  void play(const char* file = "film.mkv") {
    player->play(file, [this] { return filmSec; });
  }
  void settle() {
    do {
      while (!player->isSettled()) QTest::qWait(1);
      QCoreApplication::processEvents();
    } while (!player->isSettled());
  }
  /// Time goes by; decoding keeps up unless the gate is shut.
  void pass(double sec) {
    for (double left = sec; left > 1e-9; left -= 0.01) {
      wallSec += 0.01;
      card->pass(0.01);
      if (gate.isOpen()) settle();
    }
  }
};

/// Largest difference between the film time that is said and the one that is heard.
double worstLie(Stage& stage, double sec) {
  double worst = 0;
  for (double left = sec; left > 1e-9; left -= 0.01) {
    stage.pass(0.01);
    const SoundTime said = stage.player->soundTime();
    if (said.state == State::Heard && stage.card->now() != 0)
      worst = std::max(worst, std::abs(said.timeSec - static_cast<double>(stage.card->now())));
  }
  return worst;
}

}  // namespace

class TestSoundPlayer : public QObject {
  Q_OBJECT

 private slots:
  void nothingIsPlayedBeforeItIsDecoded();
  void saysWhatIsHeard_data();
  void saysWhatIsHeard();
  void lateDecodingDoesNotShiftTheSound();
  void soundJoinsAFilmThatDidNotWait();
  void stoppingNeverWaitsForTheDecoder();
  void anotherFilmIsPlayedWhileTheDecoderIsBusy();
  void filmsWithoutSoundAreSilent_data();
  void filmsWithoutSoundAreSilent();
  void preparingOpensTheFilmAndPlaysNothing();
  void aStuckCardIsNotFollowed();
  void aBrokenCardIsNotFollowed();
  void withoutACardNothingIsDecoded();
};

void TestSoundPlayer::nothingIsPlayedBeforeItIsDecoded() {
  Stage stage;
  stage.gate.shut();
  stage.play();
  QTRY_VERIFY(stage.gate.isReading());
  stage.pass(0.5);
  QVERIFY(!stage.card->runs());
  QCOMPARE(stage.player->soundTime().state, State::Coming);
  stage.gate.open();
  stage.settle();
  QVERIFY(stage.card->runs());
  stage.pass(0.2);
  const auto& heard = stage.card->heard;
  const auto first = std::find_if(heard.begin(), heard.end(), [](float sample) { return sample != 0; });
  QCOMPARE(*first, 10.0f);
}

void TestSoundPlayer::saysWhatIsHeard_data() {
  QTest::addColumn<double>("bufferSec");
  QTest::addColumn<double>("stepSec");
  QTest::newRow("small buffer") << 0.02 << 0.0;
  QTest::newRow("large buffer") << 0.4 << 0.0;
  QTest::newRow("tells in steps") << 0.1 << 0.05;
}

void TestSoundPlayer::saysWhatIsHeard() {
  QFETCH(double, bufferSec);
  QFETCH(double, stepSec);
  Stage stage;
  stage.card->bufferSec = bufferSec;
  stage.card->stepSec = stepSec;
  stage.play();
  stage.settle();
  const double worst = worstLie(stage, 3);
  QVERIFY2(worst < 0.015, qPrintable(QString::number(worst)));
  QVERIFY(stage.card->now() > 12.9f);
}

void TestSoundPlayer::lateDecodingDoesNotShiftTheSound() {
  Stage stage;
  stage.play();
  stage.settle();
  stage.pass(1);
  stage.gate.shut();
  stage.pass(2.5);  // a second lies ready, then nothing comes
  QCOMPARE(stage.card->now(), 0.0f);
  const SoundTime said = stage.player->soundTime();
  QCOMPARE(said.state, State::Heard);
  QVERIFY(std::abs(said.timeSec - (10 + 3.5 - stage.card->startDelaySec)) < 0.015);
  stage.gate.open();
  stage.settle();
  stage.pass(0.3);
  QVERIFY2(std::abs(static_cast<double>(stage.card->now()) - (10 + 3.8 - stage.card->startDelaySec)) < 0.015,
           qPrintable(QString::number(stage.card->now())));
  QVERIFY(worstLie(stage, 2) < 0.015);
}

void TestSoundPlayer::soundJoinsAFilmThatDidNotWait() {
  Stage stage;
  stage.gate.shut();
  stage.play();
  QTRY_VERIFY(stage.gate.isReading());
  stage.filmSec += 5;
  stage.gate.open();
  stage.settle();
  QVERIFY(stage.card->runs());
  stage.pass(0.1);
  QVERIFY(stage.card->now() > 15.0f && stage.card->now() < 15.1f);
}

void TestSoundPlayer::stoppingNeverWaitsForTheDecoder() {
  Stage stage;
  stage.gate.shut();
  stage.play();
  QTRY_VERIFY(stage.gate.isReading());
  stage.player->stop();  // would wait for ever if it waited: only this test opens the gate
  QVERIFY(stage.gate.isReading());
  QCOMPARE(stage.player->soundTime().state, State::Silent);
  stage.gate.open();
  stage.settle();
  QVERIFY(!stage.card->runs());
}

void TestSoundPlayer::anotherFilmIsPlayedWhileTheDecoderIsBusy() {
  Stage stage;
  stage.gate.shut();
  stage.play("old.mkv");
  QTRY_VERIFY(stage.gate.isReading());
  stage.filmSec = 30;
  stage.play("new.mkv");
  stage.gate.open();
  stage.settle();
  QVERIFY(stage.card->runs());
  stage.pass(0.1);
  QVERIFY(stage.card->now() >= 30.0f && stage.card->now() < 30.1f);
  const std::vector<std::string> files = stage.gate.files();
  QCOMPARE(std::count(files.begin(), files.end(), "old.mkv"), 1);
}

void TestSoundPlayer::filmsWithoutSoundAreSilent_data() {
  QTest::addColumn<QString>("file");
  QTest::newRow("no sound") << "silent.mkv";
  QTest::newRow("cannot be read") << "broken.mkv";
}

void TestSoundPlayer::filmsWithoutSoundAreSilent() {
  QFETCH(QString, file);
  Stage stage;
  stage.play(qPrintable(file));
  QCOMPARE(stage.player->soundTime().state, State::Coming);
  stage.settle();
  QCOMPARE(stage.player->soundTime().state, State::Silent);
  QVERIFY(!stage.card->runs());
  stage.play();
  stage.settle();
  QVERIFY(stage.card->runs());
}

void TestSoundPlayer::preparingOpensTheFilmAndPlaysNothing() {
  Stage stage;
  stage.player->prepare("film.mkv");
  stage.settle();
  QCOMPARE(stage.gate.files(), std::vector<std::string>{"film.mkv"});
  QVERIFY(!stage.card->runs());
  QCOMPARE(stage.player->soundTime().state, State::Silent);
  stage.play();
  stage.settle();
  stage.player->prepare("other.mkv");  // must not disturb what plays
  stage.pass(1);
  QVERIFY(stage.card->now() > 10.9f);
  const std::vector<std::string> files = stage.gate.files();
  QCOMPARE(std::count(files.begin(), files.end(), "other.mkv"), 0);
}

void TestSoundPlayer::aStuckCardIsNotFollowed() {
  Stage stage;
  stage.play();
  stage.settle();
  stage.pass(1);
  QCOMPARE(stage.player->soundTime().state, State::Heard);
  stage.wallSec += 0.2;
  QCOMPARE(stage.player->soundTime().state, State::Heard);
  stage.wallSec += 0.2;
  QCOMPARE(stage.player->soundTime().state, State::Silent);
  stage.pass(0.02);
  QCOMPARE(stage.player->soundTime().state, State::Heard);
}

void TestSoundPlayer::aBrokenCardIsNotFollowed() {
  Stage stage;
  stage.play();
  stage.settle();
  stage.pass(1);
  stage.card->broken = true;
  QCOMPARE(stage.player->soundTime().state, State::Silent);
}

void TestSoundPlayer::withoutACardNothingIsDecoded() {
  Stage stage;
  stage.card->available = false;
  QVERIFY(!stage.player->isAvailable());
  stage.player->prepare("film.mkv");
  stage.play();
  QCOMPARE(stage.player->soundTime().state, State::Silent);
  QVERIFY(stage.player->isSettled());
  QVERIFY(stage.gate.files().empty());
}

QTEST_GUILESS_MAIN(TestSoundPlayer)
#include "tst_sound_player.moc"
