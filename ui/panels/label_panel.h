// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "control/study_controller.h"
#include "panels/label_table_model.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;

namespace cortexscope {

/// All labels with their scores; a click chooses, a word searches.
class LabelPanel : public QFrame {
  Q_OBJECT

 public:
  explicit LabelPanel(StudyController& controller, QWidget* parent = nullptr);

 signals:
  void labelsAsked();

 private:
  void makeTable();
  void showStudy();
  void search(const QString& words);
  void showLabel();
  void choose(const QModelIndex& current);

  StudyController& m_controller;
  LabelTableModel m_model;
  QSortFilterProxyModel* m_sorted;
  QLineEdit* m_search;
  QTableView* m_table;
  QLabel* m_empty;
  QPushButton* m_add;
  QWidget* m_below;  // keeps the button in the middle
};

}  // namespace cortexscope
