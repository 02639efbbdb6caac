// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/findings_table.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <algorithm>

#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

struct SeverityLook {
  QString text;
  QColor colour;
};

SeverityLook lookOf(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return {FindingsTable::tr("Error"), QColor(0xB3, 0x26, 0x1E)};
    case Severity::Warning:
      return {FindingsTable::tr("Warning"), QColor(0x8A, 0x5A, 0x00)};
    case Severity::Note:
      break;
  }
  return {FindingsTable::tr("Note"), QColor(0x5A, 0x69, 0x7A)};
}

}  // namespace

FindingsTable::FindingsTable(Columns columns, QWidget* parent)
    : QTableWidget(0, ColumnCount, parent), m_columns(columns) {
  setObjectName(QStringLiteral("findingsTable"));
  setAccessibleName(tr("What was found, and what to do about it"));
  setHorizontalHeaderLabels(
      {tr("Severity"), tr("File"), tr("Place"), tr("What was found"), tr("What to do")});
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setTabKeyNavigation(false);
  setWordWrap(true);
  setShowGrid(false);
  setAlternatingRowColors(true);
  verticalHeader()->hide();
  verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  horizontalHeader()->setSectionResizeMode(Grade, QHeaderView::ResizeToContents);
  setColumnWidth(File, 240);
  setColumnWidth(Place, 140);
  horizontalHeader()->setSectionResizeMode(What, QHeaderView::Stretch);
  horizontalHeader()->setSectionResizeMode(Advice, QHeaderView::Stretch);
  for (const Column column : {File, Place, Advice}) setColumnHidden(column, columns == Columns::Few);
  auto* copy = new QAction(tr("Copy"), this);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, &FindingsTable::copySelected);
  addAction(copy);
  setContextMenuPolicy(Qt::ActionsContextMenu);
}

QString FindingsTable::together(const QString (&texts)[ColumnCount]) {
  QStringList lines{texts[What]};
  QStringList where{texts[File], texts[Place]};
  where.removeAll(QString());
  if (!where.isEmpty()) lines.append(where.join(QStringLiteral(" · ")));
  if (!texts[Advice].isEmpty()) lines.append(QStringLiteral("→ ") + texts[Advice]);
  return lines.join('\n');
}

void FindingsTable::setFindings(const Findings& findings) {
  setRowCount(static_cast<int>(findings.size()));
  for (int row = 0; row < rowCount(); ++row) {
    const Finding& finding = findings[static_cast<std::size_t>(row)];
    const SeverityLook severity = lookOf(finding.severity);
    const QString texts[] = {severity.text, QString::fromStdString(finding.file),
                             QString::fromStdString(finding.place), QString::fromStdString(finding.what),
                             QString::fromStdString(finding.advice)};
    for (int column = 0; column < ColumnCount; ++column) {
      auto* item =
          new QTableWidgetItem(column == What && m_columns == Columns::Few ? together(texts) : texts[column]);
      item->setToolTip(plainTip(texts[column]));
      item->setTextAlignment(Qt::AlignLeft | Qt::AlignTop);
      if (column == Grade) item->setForeground(severity.colour);
      setItem(row, column, item);
    }
  }
}

void FindingsTable::copySelected() const {
  QStringList lines;
  QModelIndexList rows = selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end());  // they come as they were clicked
  for (const QModelIndex& row : rows) {
    QStringList cells;
    for (int column = 0; column < ColumnCount; ++column)
      if (!isColumnHidden(column))
        cells.append(item(row.row(), column)->text().replace('\n', QStringLiteral("; ")));
    lines.append(cells.join('\t'));
  }
  QGuiApplication::clipboard()->setText(lines.join('\n'));
}

QString shownCounts(const Findings& findings) {
  const std::size_t errors = countOf(findings, Severity::Error),
                    warnings = countOf(findings, Severity::Warning);
  QStringList parts;
  if (errors > 0)
    parts.append(errors == 1 ? FindingsTable::tr("1 error") : FindingsTable::tr("%1 errors").arg(errors));
  if (warnings > 0)
    parts.append(warnings == 1 ? FindingsTable::tr("1 warning")
                               : FindingsTable::tr("%1 warnings").arg(warnings));
  return parts.isEmpty() ? FindingsTable::tr("no problems") : parts.join(QStringLiteral(", "));
}

}  // namespace cortexscope
