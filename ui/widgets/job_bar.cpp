// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/job_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <cmath>

#include "widgets/look.h"

namespace cortexscope {

QString shownTimeLeft(double secondsLeft) {
  if (secondsLeft < 0) return {};
  if (secondsLeft < 10) return JobBar::tr("a few seconds left");
  if (secondsLeft < 90) return JobBar::tr("about %1 s left").arg(std::lround(secondsLeft / 10) * 10);
  if (secondsLeft < 5400) return JobBar::tr("about %1 min left").arg(std::lround(secondsLeft / 60));
  return JobBar::tr("about %1 h left").arg(secondsLeft / 3600, 0, 'f', 1);
}

JobBar::JobBar(JobRunner& jobs, QWidget* parent)
    : QFrame(parent),
      m_jobs(jobs),
      m_title(look::heading({}, this)),
      m_stage(look::note({}, this)),
      m_left(look::note({}, this)),
      m_progress(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)) {
  setObjectName(QStringLiteral("jobBar"));
  setProperty("card", true);
  m_stage->setObjectName(QStringLiteral("jobStage"));
  m_left->setObjectName(QStringLiteral("jobTimeLeft"));
  m_progress->setObjectName(QStringLiteral("jobProgress"));
  m_progress->setAccessibleName(tr("Progress"));
  m_progress->setRange(0, 1000);
  m_progress->setFixedWidth(220);
  m_cancel->setObjectName(QStringLiteral("jobCancel"));
  m_cancel->setToolTip(tr("Stop the work; finished steps are kept and need not be done again"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 5, 8, 5);
  row->setSpacing(12);
  row->addWidget(m_title);
  row->addWidget(m_stage, 1);
  row->addWidget(m_left);
  row->addWidget(m_progress);
  row->addWidget(m_cancel);
  connect(m_cancel, &QPushButton::clicked, this, [this] {
    m_cancel->setEnabled(false);
    m_stage->setText(tr("stopping …"));
    m_jobs.cancel();
  });
  connect(&jobs, &JobRunner::started, this, &JobBar::showStart);
  connect(&jobs, &JobRunner::progressed, this, &JobBar::showProgress);
  connect(&jobs, &JobRunner::finished, this, &QWidget::hide);
  connect(&jobs, &JobRunner::cancelled, this, &QWidget::hide);
  connect(&jobs, &JobRunner::failed, this, &QWidget::hide);
  hide();
}

void JobBar::showStart(const QString& title) {
  m_title->setText(title);
  m_stage->clear();
  m_left->clear();
  m_progress->setValue(0);
  m_cancel->setEnabled(true);
  show();
}

void JobBar::showProgress(double fraction, const QString& stage, double secondsLeft) {
  if (m_jobs.isCancelling()) return;
  m_progress->setValue(static_cast<int>(std::lround(1000 * fraction)));
  m_stage->setText(stage);
  m_left->setText(shownTimeLeft(secondsLeft));
}

}  // namespace cortexscope
