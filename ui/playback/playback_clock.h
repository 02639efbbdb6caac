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

/// The one clock of the window: study time from 0 to the end of the last run.
///
/// Time follows a wall clock, so slow drawing drops pictures and never makes the clock late. While sound
/// plays, a reference (the sound's own position) pulls the clock along, because ears notice a shift and eyes
/// do not.
class PlaybackClock : public QObject {
  Q_OBJECT

 public:
  using WallClock = std::function<double()>;                 ///< seconds, never going back
  using Reference = std::function<std::optional<double>()>;  ///< study time of the sound, if any plays

  static constexpr double kSlowest = 0.25;
  static constexpr double kFastest = 4.0;

  explicit PlaybackClock(QObject* parent = nullptr, WallClock wallClock = {});

  /// Stops and goes back to 0.
  void reset(double durationSec);
  void setReference(Reference reference) { m_reference = std::move(reference); }

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
  double followed(double timeSec, double elapsedSec) const;
  void moveTo(double timeSec);

  WallClock m_wallClock;
  Reference m_reference;
  QTimer m_timer;
  double m_lastWallSec = 0;
  double m_durationSec = 0;
  double m_timeSec = 0;
  double m_speed = 1;
  bool m_playing = false;
  std::optional<TimeSpan> m_loop;
};

}  // namespace cortexscope
