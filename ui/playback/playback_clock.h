// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>

namespace cortexscope {

/// A stretch of study time, seconds.
struct TimeSpan {
  double startSec = 0;
  double endSec = 0;
  bool operator==(const TimeSpan&) const = default;
};

/// What the sound says of the time, for the clock to follow.
struct SoundTime {
  enum class State {
    Silent,  ///< there is nothing to follow
    Coming,  ///< sound will be heard shortly, from where the clock stands
    Heard
  };
  State state = State::Silent;
  double timeSec = 0;  ///< that is heard now, if any is
};

/// The one clock of the window: study time from 0 to the end of the last run.
///
/// Time follows a wall clock, so slow drawing drops pictures and never makes the clock late. While sound
/// plays, a reference (the sound's own position) pulls the clock along, because ears notice a shift and eyes
/// do not. Before sound is heard the clock stands still for a moment, so that film and sound start together.
class PlaybackClock : public QObject {
  Q_OBJECT

 public:
  using WallClock = std::function<double()>;     ///< seconds, never going back
  using Reference = std::function<SoundTime()>;  ///< study time of the sound

  static constexpr double kSlowest = 0.25;
  static constexpr double kFastest = 4.0;

  explicit PlaybackClock(QObject* parent = nullptr, WallClock wallClock = {});

  /// Stops and goes back to 0.
  void reset(double durationSec);
  void setReference(Reference reference) { m_reference = std::move(reference); }

  double wallSec() const { return m_wallClock(); }
  double durationSec() const { return m_durationSec; }
  double timeSec() const { return m_timeSec; }
  bool isPlaying() const { return m_playing; }
  double speed() const { return m_speed; }
  const std::optional<TimeSpan>& loop() const { return m_loop; }

  void setPlaying(bool playing);
  /// Jumps; times outside the study are moved to its ends.
  void seek(double timeSec);
  /// Bounded to kSlowest .. kFastest.
  void setSpeed(double speed);
  /// Spans shorter than a hundredth of a second, and those outside the study, are refused (no loop).
  void setLoop(std::optional<TimeSpan> loop);

  /// Moves on by the wall clock; called by a timer while playing.
  void tick();

 signals:
  void timeChanged(double timeSec);
  void playingChanged(bool playing);
  void speedChanged(double speed);
  /// Time did not flow but jump: by seek, or at the end of a loop.
  void jumped(double timeSec);

 private:
  double followed(double timeSec, double elapsedSec, const SoundTime& sound) const;
  void moveTo(double timeSec);

  WallClock m_wallClock;
  Reference m_reference;
  QTimer m_timer;
  double m_lastWallSec = 0;
  double m_durationSec = 0;
  double m_timeSec = 0;
  double m_speed = 1;
  double m_waitedSec = 0;  // for sound, since it was last heard or asked for
  bool m_playing = false;
  std::optional<TimeSpan> m_loop;
};

}  // namespace cortexscope
