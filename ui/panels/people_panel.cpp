// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/people_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "panels/label_table_model.h"
#include "panels/notice_panel.h"
#include "widgets/look.h"

namespace cortexscope {

PeoplePanel::PeoplePanel(StudyController& controller, QWidget* parent)
    : QWidget(parent), m_controller(controller), m_empty(look::note({}, this)), m_content(new QWidget(this)) {
  setObjectName(QStringLiteral("peoplePanel"));
  m_matrix = new DistanceMatrix(controller, m_content);
  const auto button = [this](const char* name, const QString& text, bool predicted) {
    auto* made = new QPushButton(text, m_content);
    made->setObjectName(QString::fromLatin1(name));
    made->setCheckable(true);
    made->setFocusPolicy(Qt::TabFocus);
    connect(made, &QPushButton::clicked, this, [this, predicted] { choose(predicted); });
    return made;
  };
  m_predicted = button("predictedDistances", tr("Predicted"), true);
  m_measured = button("measuredDistances", tr("Measured"), false);
  m_predicted->setToolTip(tr("Distances of estimates made through predicted responses"));
  m_measured->setToolTip(tr("Distances of estimates made from measured responses"));
  m_agreement = look::note({}, m_content);
  m_agreement->setObjectName(QStringLiteral("agreement"));
  m_agreement->setToolTip(
      tr("Do people who differ in the measured estimates differ in the predicted ones as well? "
         "Spearman's rank correlation of the two matrices, and Mantel's one-sided p."));
  auto* row = new QHBoxLayout;
  row->addWidget(m_predicted);
  row->addWidget(m_measured);
  row->addStretch(1);
  auto* inner = new QVBoxLayout(m_content);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->setSpacing(4);
  inner->addLayout(row);
  inner->addWidget(m_matrix, 1);
  inner->addWidget(m_agreement);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 6, 4, 4);
  m_empty->setAlignment(Qt::AlignCenter);
  layout->addWidget(m_empty, 1);
  layout->addWidget(m_content, 1);
  connect(&controller, &StudyController::studyChanged, this, &PeoplePanel::showLabel);
  connect(&controller, &StudyController::labelChanged, this, &PeoplePanel::showLabel);
  choose(true);
  showLabel();
}

void PeoplePanel::choose(bool predicted) {
  m_predicted->setChecked(predicted);
  m_measured->setChecked(!predicted);
  m_matrix->setPredicted(predicted);
}

void PeoplePanel::showLabel() {
  const LabelEstimates* label = m_controller.labelEstimates();
  const bool shown = label != nullptr && label->predictedDistance.size() > 0;
  m_empty->setText(whyNoEstimates(m_controller.study()));
  m_empty->setVisible(!shown);
  m_content->setVisible(shown);
  if (!shown) return;
  const QString p =
      label->individualP < 0.001 ? tr("p < 0.001") : tr("p = %1").arg(shownNumber(label->individualP, 3));
  QString text =
      tr("measured against predicted: ρ = %1, Mantel %2").arg(shownNumber(label->individualRho), p);
  std::vector<std::string> without;
  for (Index i = 0; i < label->btl.rows(); ++i)
    if (!hasEstimates(*label, i))
      without.push_back(m_controller.personName(static_cast<int>(i)).toStdString());
  if (!without.empty()) text += tr("; no estimates yet: %1").arg(shownList(without, without.size()));
  m_agreement->setText(text);
}

}  // namespace cortexscope
