// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "control/study_controller.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace cortexscope {

/// The one place where errors are shown: what failed, the kind of error, details on request, and the file.
class ProblemPanel : public QFrame {
  Q_OBJECT

 public:
  explicit ProblemPanel(StudyController& controller, QWidget* parent = nullptr);

 private:
  void showProblem(const Problem& problem);

  QLabel *m_headline, *m_reason, *m_file;
  QPlainTextEdit* m_details;
  QPushButton *m_more, *m_close;
};

}  // namespace cortexscope
