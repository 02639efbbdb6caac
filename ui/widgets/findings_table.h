// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableWidget>

#include "study/document/findings.h"

namespace cortexscope {

/// What is wrong or odd with files, where, and what to do about it; one row per finding, in their order.
/// Selected rows can be copied as text.
class FindingsTable : public QTableWidget {
  Q_OBJECT

 public:
  enum class Columns { All, Few };  ///< few: for narrow places, all of a finding below each other
  explicit FindingsTable(Columns columns = Columns::All, QWidget* parent = nullptr);

  void setFindings(const Findings& findings);

 private:
  enum Column { Grade, File, Place, What, Advice, ColumnCount };

  /// "what", then "file · place" and "→ advice" where there are any.
  static QString together(const QString (&texts)[ColumnCount]);
  void copySelected() const;

  Columns m_columns;
};

/// "2 errors, 1 warning", or "no problems"; notes do not count.
QString shownCounts(const Findings& findings);

}  // namespace cortexscope
