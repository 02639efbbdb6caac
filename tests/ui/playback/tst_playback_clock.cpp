// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QtTest>

#include "playback/playback_clock.h"

using namespace cortexscope;

/// A clock whose wall time the test moves.
struct Stage {
  double wallSec = 100;
  PlaybackClock clock{nullptr, [this] { return wallSec; }};

  explicit Stage(double durationSec = 60) { clock.reset(durationSec); }
  void pass(double sec) {
    wallSec += sec;
    clock.tick();
  }
};

class TestPlaybackClock : public QObject {
  Q_OBJECT

 private slots:
  void playsByTheWallClock();
  void slowDrawingNeverDrifts();
  void pauseHoldsTime();
  void speed_data();
  void speed();
  void changingSpeedKeepsTheTimeSoFar();
  void seekIsBounded();
  void seekWhilePlayingStartsFromThere();
  void stopsAtTheEndAndStartsAgain();
  void loopGoesBackWithTheRemainder();
  void seekingBehindALoopPlaysOn();
  void badLoopsAreRefused();
  void followsTheSound();
  void jumpsToTheSoundIfFarApart();
  void waitsForComingSound();
  void waitsForASilentDeviceOnlyForAMoment();
  void waitsAgainAfterAJump_data();
  void waitsAgainAfterAJump();
  void emptyStudyDoesNotPlay();
};

void TestPlaybackClock::playsByTheWallClock() {
  Stage stage;
  QSignalSpy changed(&stage.clock, &PlaybackClock::timeChanged);
  stage.clock.setPlaying(true);
  stage.pass(0.5);
  QCOMPARE(stage.clock.timeSec(), 0.5);
  QCOMPARE(changed.count(), 1);
}

void TestPlaybackClock::slowDrawingNeverDrifts() {
  Stage stage;
  stage.clock.setPlaying(true);
  double total = 0;
  for (int i = 0; i < 500; ++i) {
    const double frameSec = 0.001 + 0.0777 * (i % 3);  // frames of very different cost
    stage.pass(frameSec);
    total += frameSec;
  }
  QVERIFY(std::abs(stage.clock.timeSec() - total) < 1e-9);
}

void TestPlaybackClock::pauseHoldsTime() {
  Stage stage;
  stage.clock.setPlaying(true);
  stage.pass(1);
  stage.clock.setPlaying(false);
  stage.pass(5);
  QCOMPARE(stage.clock.timeSec(), 1.0);
  stage.clock.setPlaying(true);
  stage.pass(1);
  QCOMPARE(stage.clock.timeSec(), 2.0);
}

void TestPlaybackClock::speed_data() {
  QTest::addColumn<double>("asked");
  QTest::addColumn<double>("used");
  QTest::newRow("half") << 0.5 << 0.5;
  QTest::newRow("double") << 2.0 << 2.0;
  QTest::newRow("too slow") << 0.01 << 0.25;
  QTest::newRow("too fast") << 100.0 << 4.0;
  QTest::newRow("no number") << std::nan("") << 1.0;
}

void TestPlaybackClock::speed() {
  QFETCH(double, asked);
  QFETCH(double, used);
  Stage stage;
  stage.clock.setSpeed(asked);
  stage.clock.setPlaying(true);
  stage.pass(3);
  QCOMPARE(stage.clock.timeSec(), 3 * used);
}

void TestPlaybackClock::changingSpeedKeepsTheTimeSoFar() {
  Stage stage;
  stage.clock.setPlaying(true);
  stage.wallSec += 2;  // no tick yet
  stage.clock.setSpeed(4);
  stage.pass(1);
  QCOMPARE(stage.clock.timeSec(), 6.0);
}

void TestPlaybackClock::seekIsBounded() {
  Stage stage;
  stage.clock.seek(1000);
  QCOMPARE(stage.clock.timeSec(), 60.0);
  stage.clock.seek(-3);
  QCOMPARE(stage.clock.timeSec(), 0.0);
  stage.clock.seek(std::nan(""));
  QCOMPARE(stage.clock.timeSec(), 0.0);
}

void TestPlaybackClock::seekWhilePlayingStartsFromThere() {
  Stage stage;
  stage.clock.setPlaying(true);
  stage.wallSec += 7;
  stage.clock.seek(20);
  stage.pass(1);
  QCOMPARE(stage.clock.timeSec(), 21.0);
}

void TestPlaybackClock::stopsAtTheEndAndStartsAgain() {
  Stage stage(10);
  stage.clock.seek(9);
  stage.clock.setPlaying(true);
  stage.pass(3);
  QCOMPARE(stage.clock.timeSec(), 10.0);
  QVERIFY(!stage.clock.isPlaying());
  stage.clock.setPlaying(true);
  stage.pass(1);
  QCOMPARE(stage.clock.timeSec(), 1.0);
}

void TestPlaybackClock::loopGoesBackWithTheRemainder() {
  Stage stage;
  QSignalSpy jumped(&stage.clock, &PlaybackClock::jumped);
  stage.clock.setLoop(TimeSpan{10, 14});
  stage.clock.seek(13);
  stage.clock.setPlaying(true);
  stage.pass(1.5);
  QCOMPARE(stage.clock.timeSec(), 10.5);
  QCOMPARE(jumped.count(), 2);
  stage.pass(9);  // two whole loops and a second
  QCOMPARE(stage.clock.timeSec(), 11.5);
  QVERIFY(stage.clock.isPlaying());
}

void TestPlaybackClock::seekingBehindALoopPlaysOn() {
  Stage stage;
  stage.clock.setLoop(TimeSpan{10, 14});
  stage.clock.seek(30);
  stage.clock.setPlaying(true);
  stage.pass(1);
  QCOMPARE(stage.clock.timeSec(), 31.0);
}

void TestPlaybackClock::badLoopsAreRefused() {
  Stage stage;
  stage.clock.setLoop(TimeSpan{5, 5});
  QVERIFY(!stage.clock.loop());
  stage.clock.setLoop(TimeSpan{70, 90});
  QVERIFY(!stage.clock.loop());
  stage.clock.setLoop(TimeSpan{50, 90});
  QCOMPARE(stage.clock.loop()->endSec, 60.0);
}

void TestPlaybackClock::followsTheSound() {
  Stage stage;
  double soundSec = 0;
  stage.clock.setReference([&] { return SoundTime{SoundTime::State::Heard, soundSec}; });
  stage.clock.setPlaying(true);
  for (int i = 0; i < 200; ++i) {
    soundSec += 0.0999;  // the device runs 0.1 % slower than the wall clock
    stage.pass(0.1);
  }
  QVERIFY2(std::abs(stage.clock.timeSec() - soundSec) < 1e-3,
           qPrintable(QString::number(stage.clock.timeSec() - soundSec)));
}

void TestPlaybackClock::jumpsToTheSoundIfFarApart() {
  Stage stage;
  stage.clock.setReference([] { return SoundTime{SoundTime::State::Heard, 5.0}; });
  stage.clock.setPlaying(true);
  stage.pass(1);
  QCOMPARE(stage.clock.timeSec(), 5.0);
}

void TestPlaybackClock::waitsForComingSound() {
  Stage stage;
  SoundTime sound{SoundTime::State::Coming, 0};
  stage.clock.setReference([&] { return sound; });
  stage.clock.seek(7);
  stage.clock.setPlaying(true);
  for (int i = 0; i < 20; ++i) stage.pass(0.016);
  QCOMPARE(stage.clock.timeSec(), 7.0);
  sound = {SoundTime::State::Heard, 7.01};
  stage.pass(0.016);
  QVERIFY(std::abs(stage.clock.timeSec() - 7.01) < 0.01);
}

void TestPlaybackClock::waitsForASilentDeviceOnlyForAMoment() {
  Stage stage;
  stage.clock.setReference([] { return SoundTime{SoundTime::State::Coming, 0}; });
  stage.clock.setPlaying(true);
  for (int i = 0; i < 20; ++i) stage.pass(0.1);
  QVERIFY(std::abs(stage.clock.timeSec() - 1.5) < 0.11);
}

void TestPlaybackClock::waitsAgainAfterAJump_data() {
  QTest::addColumn<int>("how");
  QTest::newRow("seek") << 0;
  QTest::newRow("pause") << 1;
  QTest::newRow("speed") << 2;
  QTest::newRow("loop") << 3;
}

void TestPlaybackClock::waitsAgainAfterAJump() {
  QFETCH(int, how);
  Stage stage;
  stage.clock.setReference([] { return SoundTime{SoundTime::State::Coming, 0}; });
  stage.clock.setPlaying(true);
  for (int i = 0; i < 20; ++i) stage.pass(0.1);
  if (how == 0) stage.clock.seek(30);
  if (how == 1) stage.clock.setPlaying(false);
  if (how == 1) stage.clock.setPlaying(true);
  if (how == 2) stage.clock.setSpeed(2);
  if (how == 3) {
    stage.clock.setLoop(TimeSpan{1, stage.clock.timeSec() + 0.05});
    stage.pass(0.1);
  }
  const double timeSec = stage.clock.timeSec();
  stage.pass(0.2);
  QCOMPARE(stage.clock.timeSec(), timeSec);
}

void TestPlaybackClock::emptyStudyDoesNotPlay() {
  Stage stage(0);
  stage.clock.setPlaying(true);
  QVERIFY(!stage.clock.isPlaying());
}

QTEST_GUILESS_MAIN(TestPlaybackClock)
#include "tst_playback_clock.moc"
