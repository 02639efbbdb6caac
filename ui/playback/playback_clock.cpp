// SPDX-License-Identifier: GPL-3.0-or-later
#include "playback/playback_clock.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace cortexscope {

namespace {

constexpr int kTickMs = 16;
constexpr double kShortestLoopSec = 0.01;
constexpr double kJumpBeyondSec = 0.06;  // further apart than this, sound and clock are put together at once
constexpr double kPullPerSec = 0.1;  // nearer, the clock runs up to 10 % faster or slower, which nobody sees

constexpr double kLongestWaitSec = 0.5;  // for sound that does not come

double steadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

PlaybackClock::PlaybackClock(QObject* parent, WallClock wallClock)
    : QObject(parent), m_wallClock(wallClock ? std::move(wallClock) : WallClock(steadySeconds)) {
  m_timer.setTimerType(Qt::PreciseTimer);
  m_timer.setInterval(kTickMs);
  connect(&m_timer, &QTimer::timeout, this, &PlaybackClock::tick);
}

void PlaybackClock::reset(double durationSec) {
  setPlaying(false);
  m_loop.reset();
  m_durationSec = std::max(0.0, durationSec);
  m_timeSec = 0;
  emit jumped(0);
  emit timeChanged(0);
}

void PlaybackClock::setPlaying(bool playing) {
  playing = playing && m_durationSec > 0;
  if (playing == m_playing) return;
  if (playing && m_timeSec >= m_durationSec) seek(m_loop ? m_loop->startSec : 0);
  m_playing = playing;
  m_waitedSec = 0;
  m_lastWallSec = m_wallClock();
  if (playing)
    m_timer.start();
  else
    m_timer.stop();
  emit playingChanged(playing);
}

void PlaybackClock::seek(double timeSec) {
  if (!std::isfinite(timeSec)) return;
  const double target = std::clamp(timeSec, 0.0, m_durationSec);
  m_lastWallSec = m_wallClock();
  if (target == m_timeSec) return;
  m_timeSec = target;
  m_waitedSec = 0;
  emit jumped(target);
  emit timeChanged(target);
}

void PlaybackClock::setSpeed(double speed) {
  const double bounded = std::clamp(std::isfinite(speed) ? speed : 1.0, kSlowest, kFastest);
  if (bounded == m_speed) return;
  if (m_playing) tick();  // the time until now went by at the old speed
  m_speed = bounded;
  m_waitedSec = 0;
  emit speedChanged(bounded);
}

void PlaybackClock::setLoop(std::optional<TimeSpan> loop) {
  if (loop) {
    loop->startSec = std::clamp(loop->startSec, 0.0, m_durationSec);
    loop->endSec = std::clamp(loop->endSec, 0.0, m_durationSec);
    if (loop->endSec - loop->startSec < kShortestLoopSec) loop.reset();
  }
  m_loop = loop;
}

double PlaybackClock::followed(double timeSec, double elapsedSec, const SoundTime& sound) const {
  if (sound.state != SoundTime::State::Heard) return timeSec;
  const double behind = sound.timeSec - timeSec;
  if (std::abs(behind) > kJumpBeyondSec) return sound.timeSec;
  const double pull = kPullPerSec * elapsedSec;
  return timeSec + std::clamp(behind, -pull, pull);
}

void PlaybackClock::tick() {
  if (!m_playing) return;
  const double wallSec = m_wallClock();
  const double elapsedSec = std::max(0.0, wallSec - m_lastWallSec);
  m_lastWallSec = wallSec;
  const SoundTime sound = m_reference ? m_reference() : SoundTime();
  if (sound.state == SoundTime::State::Coming && m_waitedSec < kLongestWaitSec) {
    m_waitedSec += elapsedSec;
    return;
  }
  if (sound.state == SoundTime::State::Heard) m_waitedSec = 0;
  moveTo(followed(m_timeSec + elapsedSec * m_speed, elapsedSec, sound));
}

void PlaybackClock::moveTo(double timeSec) {
  const double before = m_timeSec;
  // A loop is left alone by someone who seeked behind it: only running over its end goes back.
  if (m_loop && before < m_loop->endSec && timeSec >= m_loop->endSec) {
    const double length = m_loop->endSec - m_loop->startSec;
    m_timeSec = m_loop->startSec + std::fmod(timeSec - m_loop->endSec, length);
    m_waitedSec = 0;
    emit jumped(m_timeSec);
  } else {
    m_timeSec = std::clamp(timeSec, 0.0, m_durationSec);
  }
  if (m_timeSec != before) emit timeChanged(m_timeSec);
  if (m_timeSec >= m_durationSec) setPlaying(false);
}

}  // namespace cortexscope
