// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "control/job_runner.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace cortexscope {

/// What is being worked on, how far it is and how long it will take. Hidden while nothing runs.
class JobBar : public QFrame {
  Q_OBJECT

 public:
  explicit JobBar(JobRunner& jobs, QWidget* parent = nullptr);

 private:
  void showStart(const QString& title);
  void showProgress(double fraction, const QString& stage, double secondsLeft);

  JobRunner& m_jobs;
  QLabel *m_title, *m_stage, *m_left;
  QProgressBar* m_progress;
  QPushButton* m_cancel;
};

/// "about 3 min left" from seconds; empty for a negative number.
QString shownTimeLeft(double secondsLeft);

}  // namespace cortexscope
