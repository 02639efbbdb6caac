// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDialog>
#include <QHash>
#include <QTimer>
#include <vector>

#include "import/plan/import_plan.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QModelIndex;
class QPushButton;
class QSortFilterProxyModel;
class QStandardItem;
class QStandardItemModel;
class QTreeView;

namespace cortexscope {

/// The groups and data sets of files that hold several, to choose those that are responses. What is in a file
/// was told by the plan; no file is opened here.
class ArrayDialog : public QDialog {
  Q_OBJECT

 public:
  ArrayDialog(std::vector<ImportArrayFile> files, QWidget* parent);

  /// Choices as they are after this one: what was chosen for the shown file before is forgotten.
  std::vector<ArrayChoice> choicesAfter(std::vector<ArrayChoice> before) const;

 private:
  enum Column { Name, Sizes, Type, Meaning, ColumnCount };
  void makeTree();
  QWidget* makeButtons();
  void showFile();
  void addArray(const FileFacts::Dataset& array, bool taken);
  QStandardItem* groupFor(const std::vector<std::string>& parts);
  QSize rowSize() const;
  void search();
  void showChoice();
  std::vector<std::string> selected() const;
  const ImportArrayFile& file() const;

  const std::vector<ImportArrayFile> m_files;
  QComboBox* m_file;
  QLineEdit* m_search;
  QTimer m_wait;
  QStandardItemModel* m_arrays;
  QHash<QByteArray, QStandardItem*> m_groups;  // by path
  QSortFilterProxyModel* m_found;
  QTreeView* m_tree;
  QLabel* m_what;
  QCheckBox* m_alone;
  QPushButton* m_use;
};

}  // namespace cortexscope
