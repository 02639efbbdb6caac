// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableWidget>

#include "study/labels/label_look.h"

namespace cortexscope {

/// The columns of a label table, which of them are attached, and what is known of each in the study.
class LabelColumns : public QTableWidget {
  Q_OBJECT

 public:
  explicit LabelColumns(QWidget* parent = nullptr);

  /// Columns that can be attached are checked: those of numbers, or those of text if words are wanted.
  void setLook(const LabelLook& look, bool words);
  /// Ranges and counts of those that were checked when it was made; null: unknown.
  void setSummary(const LabelSummary* summary);
  std::vector<std::string> checkedItems() const;

 signals:
  void itemsChanged();

 private:
  enum Column { Name, Holds, Training, HeldOut, Range, ColumnCount };
  std::vector<std::string> m_names;
};

}  // namespace cortexscope
