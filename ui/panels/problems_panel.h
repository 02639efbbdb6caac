// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "control/study_controller.h"

class QLabel;

namespace cortexscope {

class FindingsTable;

/// What is known to be wrong or odd in the study's files.
class ProblemsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ProblemsPanel(StudyController& controller, QWidget* parent = nullptr);

 private:
  void showStudy();

  StudyController& m_controller;
  QLabel* m_summary;
  FindingsTable* m_table;
};

}  // namespace cortexscope
