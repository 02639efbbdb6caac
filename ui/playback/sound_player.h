// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <filesystem>
#include <functional>
#include <memory>

#include "playback/sound_device.h"
#include "playback/sound_queue.h"
#include "playback_clock.h"

namespace cortexscope {

/// Plays the sound of a film on a device. Without a device, or for a film without sound, it stays silent;
/// that is no error.
class SoundPlayer : public QObject {
  Q_OBJECT

 public:
  using FilmTime = std::function<double()>;

  /// `wallSec`: seconds, never going back
  SoundPlayer(std::unique_ptr<SoundDevice> device, SoundReading reading, PlaybackClock::WallClock wallSec,
              QObject* parent = nullptr);
  ~SoundPlayer() override;

  bool isAvailable() const { return m_device->isAvailable(); }
  /// Opens the film if none is played, so that play() need not wait for that.
  void prepare(const std::filesystem::path& file);
  /// Plays on from the time that `filmSec` says once the first sound is decoded. It must stay callable until
  /// stop() or the next play().
  void play(const std::filesystem::path& file, FilmTime filmSec);
  /// At once, whatever is being decoded.
  void stop();
  /// Film time that is heard now.
  SoundTime soundTime();
  /// All that will soon be heard is decoded.
  bool isSettled() const { return m_queue.isIdle(); }

 private:
  enum class Stage { Silent, Decoding, Playing };

  void begin(std::uint64_t number, bool hasSound);

  std::unique_ptr<SoundDevice> m_device;
  PlaybackClock::WallClock m_wallSec;
  Stage m_stage = Stage::Silent;
  FilmTime m_filmSec;
  std::uint64_t m_number = 0;
  double m_startSec = 0;     // film time of the first sample that the device pulled
  std::int64_t m_heard = 0;  // samples, as the device said last
  double m_heardAtSec = 0;   // wall time at which it said so first
  SoundQueue m_queue;        // last: its thread calls this
};

}  // namespace cortexscope
