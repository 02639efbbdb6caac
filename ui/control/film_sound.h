#pragma once

#include <QObject>

#include "playback/sound_player.h"
#include "control/study_controller.h"

namespace cortexscope {

/// Plays the sound of the film at the clock's time, at natural speed only, and lets the clock follow what is
/// heard.
class FilmSound : public QObject {
  Q_OBJECT

 public:
  explicit FilmSound(StudyController& controller, QObject* parent = nullptr);
  ~FilmSound() override;

  bool isAvailable() const { return m_player.isAvailable(); }
  bool isMuted() const { return m_muted; }
  void setMuted(bool muted);

 signals:
  void mutedChanged(bool muted);

 private:
  void update();
  void restart();
  std::optional<double> studySec() const;

  StudyController& m_controller;
  SoundPlayer m_player;
  bool m_muted = false;
  bool m_sounding = false;
  std::size_t m_run = 0;
};

}  // namespace cortexscope
