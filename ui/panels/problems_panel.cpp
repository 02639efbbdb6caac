// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/problems_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "widgets/findings_table.h"
#include "widgets/look.h"

namespace cortexscope {

ProblemsPanel::ProblemsPanel(StudyController& controller, QWidget* parent)
    : QWidget(parent),
      m_controller(controller),
      m_summary(look::note({}, this)),
      m_table(new FindingsTable(FindingsTable::Columns::Few, this)) {
  setObjectName(QStringLiteral("problemsPanel"));
  m_summary->setObjectName(QStringLiteral("problemsSummary"));
  m_summary->setWordWrap(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 6, 4, 4);
  layout->addWidget(m_summary);
  layout->addWidget(m_table, 1);
  connect(&controller, &StudyController::studyChanged, this, &ProblemsPanel::showStudy);
  showStudy();
}

void ProblemsPanel::showStudy() {
  const Findings& problems = m_controller.loaded().problems;
  m_table->setFindings(problems);
  m_table->setVisible(!problems.empty());
  if (problems.empty())
    m_summary->setText(tr("Nothing is known to be wrong with this study's files."));
  else if (hasErrors(m_controller.loaded().problems))
    m_summary->setText(tr("%1. Errors keep this study from training: put right what is named, or leave it "
                          "out and import again.")
                           .arg(shownCounts(problems)));
  else
    m_summary->setText(shownCounts(problems));
}

}  // namespace cortexscope
