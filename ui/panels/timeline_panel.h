// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "control/film_sound.h"
#include "control/study_controller.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace cortexscope {

/// Play, step, speed, loop and sound, above the timeline.
class TimelinePanel : public QFrame {
  Q_OBJECT

 public:
  TimelinePanel(StudyController& controller, FilmSound& sound, QWidget* parent = nullptr);

 private:
  QHBoxLayout* makeTransport();
  void makeChoices(QHBoxLayout* row);
  QToolButton* makeButton(const char* name, const QString& tip);
  QWidget* makeHeldOutKey();
  void showStudy();
  void showTime();
  void showPlaying(bool playing);
  void showSpeed(double speed);
  void showLoop();
  void showSound();

  StudyController& m_controller;
  FilmSound& m_sound;
  QToolButton* m_play = nullptr;
  QToolButton* m_mute = nullptr;
  QComboBox* m_speed = nullptr;
  QComboBox* m_loop = nullptr;
  QLabel* m_time = nullptr;
  QLabel* m_sample = nullptr;
  QLabel* m_soundNote = nullptr;
  QWidget* m_heldOutKey = nullptr;
};

}  // namespace cortexscope
