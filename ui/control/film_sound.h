// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "control/study_controller.h"
#include "playback/sound_player.h"

namespace cortexscope {

/// Plays the sound of the film at the clock's time, at natural speed only, and lets the clock follow what is
/// heard.
class FilmSound : public QObject {
  Q_OBJECT

 public:
  explicit FilmSound(StudyController& controller, QObject* parent = nullptr);
  FilmSound(StudyController& controller, std::unique_ptr<SoundDevice> device, SoundReading reading,
            QObject* parent = nullptr);
  ~FilmSound() override;

  bool isAvailable() const { return m_player.isAvailable(); }
  bool isMuted() const { return m_muted; }
  void setMuted(bool muted);
  /// All that will soon be heard is decoded.
  bool isSettled() const { return m_player.isSettled(); }

 signals:
  void mutedChanged(bool muted);

 private:
  void update();
  void restart();
  void prepare();
  std::filesystem::path fileOf(std::size_t run) const;
  bool goesOnInto(std::size_t run) const;
  SoundTime soundTime();

  StudyController& m_controller;
  SoundPlayer m_player;
  bool m_muted = false;
  bool m_sounding = false;
  std::size_t m_run = 0;
  std::filesystem::path m_prepared;
};

}  // namespace cortexscope
