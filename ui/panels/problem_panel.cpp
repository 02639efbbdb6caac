// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/problem_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/look.h"

namespace cortexscope {

ProblemPanel::ProblemPanel(StudyController& controller, QWidget* parent)
    : QFrame(parent),
      m_headline(look::heading({}, this)),
      m_reason(new QLabel(this)),
      m_file(look::note({}, this)),
      m_details(new QPlainTextEdit(this)),
      m_more(new QPushButton(tr("Details"), this)),
      m_close(new QPushButton(tr("Close"), this)) {
  setObjectName(QStringLiteral("problemPanel"));
  setProperty("card", true);
  setStyleSheet(QStringLiteral("QFrame#problemPanel { background: #FDECEA; border-color: #E3A7A1; }"));
  m_headline->setObjectName(QStringLiteral("problemHeadline"));
  m_reason->setTextFormat(Qt::PlainText);
  m_reason->setObjectName(QStringLiteral("problemReason"));
  m_file->setObjectName(QStringLiteral("problemFile"));
  m_file->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_details->setObjectName(QStringLiteral("problemDetails"));
  m_details->setAccessibleName(tr("Details of the error"));
  m_details->setReadOnly(true);
  m_details->setMaximumHeight(90);
  m_more->setObjectName(QStringLiteral("problemMore"));
  m_more->setCheckable(true);
  m_close->setObjectName(QStringLiteral("problemClose"));
  auto* row = new QHBoxLayout;
  row->addWidget(m_headline);
  row->addWidget(m_reason, 1);
  row->addWidget(m_more);
  row->addWidget(m_close);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 6, 8, 6);
  layout->setSpacing(3);
  layout->addLayout(row);
  layout->addWidget(m_file);
  layout->addWidget(m_details);
  connect(m_more, &QPushButton::toggled, m_details, &QWidget::setVisible);
  connect(m_close, &QPushButton::clicked, this, &QWidget::hide);
  connect(&controller, &StudyController::problem, this, &ProblemPanel::showProblem);
  connect(&controller, &StudyController::problemCleared, this, &QWidget::hide);
  hide();
}

void ProblemPanel::showProblem(const Problem& problem) {
  m_headline->setText(problem.headline);
  m_reason->setText(problem.reason);
  m_file->setText(problem.file);
  m_file->setVisible(!problem.file.isEmpty());
  m_details->setPlainText(problem.details);
  m_more->setChecked(false);
  m_details->hide();
  show();
}

}  // namespace cortexscope
