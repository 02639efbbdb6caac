// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "control/study_controller.h"

class QLabel;
class QPushButton;

namespace cortexscope {

/// Says that people or labels are not trained yet, or that the results on screen were computed from other
/// inputs or options than the study has now, and offers to train. Hidden while all is up to date, and once it
/// was closed.
class NoticePanel : public QFrame {
  Q_OBJECT

 public:
  explicit NoticePanel(StudyController& controller, QWidget* parent = nullptr);

 private:
  void showStudy();

  StudyController& m_controller;
  QLabel* m_text;
  QPushButton* m_train;
};

/// "encoder of P01, label estimates and 3 more".
QString shownList(const std::vector<std::string>& names, std::size_t most);

}  // namespace cortexscope
