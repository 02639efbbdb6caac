// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "control/study_controller.h"
#include "scene/view_pose.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;

namespace cortexscope {

/// What the brains are coloured by and how: layer, surface, view and borders, then lag, mask, weak values and
/// limit.
class BrainControls : public QWidget {
  Q_OBJECT

 public:
  explicit BrainControls(StudyController& controller, QWidget* parent = nullptr);

  /// A sentence at the end of the second row.
  void setReadout(const QString& text);

 signals:
  void viewChosen(View view);
  void sidesChosen(ShownHemispheres shown);

 private:
  void makeWhatRow(QHBoxLayout* row);
  void makeHowRow(QHBoxLayout* row);
  void makeLagControl(QHBoxLayout* row);
  void makeMaskControl(QHBoxLayout* row);
  void makeWeakControls(QHBoxLayout* row);
  void makeLimitControl(QHBoxLayout* row);
  QComboBox* addChoice(QHBoxLayout* row, const QString& caption, const char* name, const QString& tip);
  QDoubleSpinBox* addNumber(QHBoxLayout* row, const QString& caption, const char* name, const QString& tip);
  template <class Change>
  void change(Change what);
  void showStudy();
  void showDisplay();

  StudyController& m_controller;
  QComboBox *m_layer = nullptr, *m_surface = nullptr, *m_direction = nullptr, *m_sides = nullptr,
            *m_borders = nullptr, *m_weak = nullptr;
  QCheckBox* m_mask = nullptr;
  QDoubleSpinBox *m_lag = nullptr, *m_threshold = nullptr, *m_limit = nullptr;
  QLabel* m_readout = nullptr;
};

}  // namespace cortexscope
