// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/label_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include "widgets/look.h"

namespace cortexscope {

LabelPanel::LabelPanel(StudyController& controller, QWidget* parent)
    : QFrame(parent),
      m_controller(controller),
      m_sorted(new QSortFilterProxyModel(this)),
      m_search(new QLineEdit(this)),
      m_table(new QTableView(this)),
      m_empty(look::note({}, this)),
      m_add(new QPushButton(tr("Add labels …"), this)) {
  setObjectName(QStringLiteral("labelPanel"));
  setProperty("card", true);
  m_search->setObjectName(QStringLiteral("labelSearch"));
  m_search->setPlaceholderText(tr("Search labels"));
  m_search->setAccessibleName(tr("Search labels"));
  m_search->setClearButtonEnabled(true);
  makeTable();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->setSpacing(6);
  layout->addWidget(m_search);
  layout->addWidget(m_table, 1);
  m_empty->setAlignment(Qt::AlignHCenter | Qt::AlignBottom);
  m_empty->setWordWrap(true);
  layout->addWidget(m_empty, 1);
  m_add->setObjectName(QStringLiteral("labelPanelAdd"));
  m_add->setToolTip(tr("Attach a table of what is to be estimated (Ctrl+L)"));
  layout->addWidget(m_add, 0, Qt::AlignHCenter);
  m_below = new QWidget(this);
  layout->addWidget(m_below, 1);
  connect(m_add, &QPushButton::clicked, this, &LabelPanel::labelsAsked);
  connect(m_search, &QLineEdit::textChanged, this, &LabelPanel::search);
  connect(&controller, &StudyController::studyChanged, this, &LabelPanel::showStudy);
  connect(&controller, &StudyController::labelChanged, this, &LabelPanel::showLabel);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &LabelPanel::choose);
}

void LabelPanel::makeTable() {
  m_sorted->setSourceModel(&m_model);
  m_sorted->setSortRole(Qt::UserRole);
  m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
  m_sorted->setFilterKeyColumn(LabelTableModel::Name);
  m_table->setObjectName(QStringLiteral("labelTable"));
  m_table->setAccessibleName(tr("Labels and how well they are estimated"));
  m_table->setModel(m_sorted);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(-1, Qt::AscendingOrder);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setAlternatingRowColors(true);
  m_table->setShowGrid(false);
  m_table->setTabKeyNavigation(false);
  m_table->setFocusPolicy(Qt::TabFocus);  // a click must not take Space and arrows from playing
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 8);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setSectionResizeMode(LabelTableModel::Name, QHeaderView::Stretch);
  m_table->setTextElideMode(Qt::ElideRight);
}

void LabelPanel::showStudy() {
  const std::vector<LabelEstimates>& labels = m_controller.results().labels;
  m_model.setLabels(labels);
  m_empty->setText(whyNoEstimates(m_controller.study()));
  m_empty->setVisible(labels.empty());
  m_below->setVisible(labels.empty());
  m_add->setVisible(labels.empty() && m_controller.study().labels.empty());
  m_table->setVisible(!labels.empty());
  m_search->setVisible(!labels.empty());
  showLabel();
}

/// When rows go, the table moves on to others by itself; nobody chose those.
void LabelPanel::search(const QString& words) {
  const QSignalBlocker quiet(m_table->selectionModel());
  m_sorted->setFilterFixedString(words);
  showLabel();
  m_table->viewport()->update();
}

/// Chosen in the table is the label that is shown, or none while a search hides it.
void LabelPanel::showLabel() {
  const QModelIndex index = m_sorted->mapFromSource(m_model.index(m_controller.label(), 0));
  if (!index.isValid())
    m_table->selectionModel()->clear();
  else if (index.row() != m_table->currentIndex().row())
    m_table->setCurrentIndex(index);
}

void LabelPanel::choose(const QModelIndex& current) {
  if (current.isValid()) m_controller.setLabel(m_sorted->mapToSource(current).row());
}

}  // namespace cortexscope
