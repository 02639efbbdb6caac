// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "control/study_controller.h"
#include "panels/distance_matrix.h"

class QLabel;
class QPushButton;

namespace cortexscope {

/// How far people's estimates of the chosen label are apart, from measured and from predicted responses, and
/// whether the two agree.
class PeoplePanel : public QWidget {
  Q_OBJECT

 public:
  explicit PeoplePanel(StudyController& controller, QWidget* parent = nullptr);

 private:
  void showLabel();
  void choose(bool predicted);

  StudyController& m_controller;
  DistanceMatrix* m_matrix;
  QLabel* m_empty;
  QWidget* m_content;
  QPushButton *m_predicted, *m_measured;
  QLabel* m_agreement;
};

}  // namespace cortexscope
