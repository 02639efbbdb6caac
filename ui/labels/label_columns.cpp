// SPDX-License-Identifier: GPL-3.0-or-later
#include "labels/label_columns.h"

#include <QHeaderView>
#include <QSignalBlocker>
#include <cmath>

#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

const QColor kOdd(0x8A, 0x5A, 0x00);

struct ColumnState {
  QString holds, why;  ///< why it cannot be attached; empty if it can
};

ColumnState stateOf(const LabelLook::Column& column, bool words) {
  if (column.saysWhen)
    return {LabelColumns::tr("when"), LabelColumns::tr("Says when a row holds, or in which film")};
  if (column.numbers)
    return {LabelColumns::tr("numbers"),
            words ? LabelColumns::tr("With an embedding columns hold words") : QString()};
  return {LabelColumns::tr("text"),
          words ? QString() : LabelColumns::tr("Text is estimated as words, which need an embedding")};
}

QString knownText(const CountRange& known, std::size_t of) {
  return LabelColumns::tr("%1 of %2").arg(QString::fromStdString(textOf(known))).arg(of);
}

}  // namespace

LabelColumns::LabelColumns(QWidget* parent) : QTableWidget(0, ColumnCount, parent) {
  setObjectName(QStringLiteral("labelColumns"));
  setAccessibleName(tr("Columns of the table"));
  setHorizontalHeaderLabels(
      {tr("Column"), tr("Holds"), tr("Known, training"), tr("Known, held out"), tr("Range")});
  horizontalHeaderItem(Training)->setToolTip(
      tr("Training samples whose label is known; the others are not learned from"));
  horizontalHeaderItem(HeldOut)->setToolTip(
      tr("Held-out samples whose label is known; the others are not scored"));
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  horizontalHeader()->setSectionResizeMode(Name, QHeaderView::Stretch);
  const int wide[] = {0, 80, 130, 130, 150};
  for (const Column column : {Holds, Training, HeldOut, Range}) setColumnWidth(column, wide[column]);
  connect(this, &QTableWidget::itemChanged, this, [this](const QTableWidgetItem* item) {
    if (item->column() == Name) emit itemsChanged();
  });
}

void LabelColumns::setLook(const LabelLook& look, bool words) {
  const QSignalBlocker filling(this);
  m_names.clear();
  setRowCount(static_cast<int>(look.columns.size()));
  for (int row = 0; row < rowCount(); ++row) {
    const LabelLook::Column& column = look.columns[static_cast<std::size_t>(row)];
    const ColumnState state = stateOf(column, words);
    m_names.push_back(column.name);
    const bool can = state.why.isEmpty();
    auto* name = new QTableWidgetItem(shownName(column.name));
    name->setFlags(can ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
                       : Qt::ItemIsSelectable);
    name->setCheckState(can ? Qt::Checked : Qt::Unchecked);
    name->setToolTip(can ? tr("Uncheck to leave this column out") : state.why);
    setItem(row, Name, name);
    for (const Column other : {Holds, Training, HeldOut, Range}) {
      auto* cell = new QTableWidgetItem(other == Holds ? state.holds : QString());
      cell->setFlags(can ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::ItemIsSelectable);
      cell->setToolTip(can ? QString() : state.why);
      setItem(row, other, cell);
    }
  }
  horizontalHeader()->viewport()->update();
  viewport()->update();
}

void LabelColumns::setSummary(const LabelSummary* summary) {
  const QSignalBlocker filling(this);
  for (int row = 0; row < rowCount(); ++row) {
    for (const Column column : {Training, HeldOut, Range}) item(row, column)->setText({});
    if (summary == nullptr) continue;
    for (const LabelItemSummary& known : summary->items) {
      if (known.name != m_names[static_cast<std::size_t>(row)]) continue;
      item(row, Training)->setText(knownText(known.training, summary->trainingSamples));
      item(row, HeldOut)->setText(knownText(known.heldOut, summary->heldOutSamples));
      item(row, HeldOut)->setForeground(known.heldOut.fewest == 0 ? QBrush(kOdd) : palette().text());
      if (std::isfinite(known.least))
        item(row, Range)->setText(tr("%1 to %2").arg(known.least).arg(known.most));
    }
  }
  viewport()->update();
}

std::vector<std::string> LabelColumns::checkedItems() const {
  std::vector<std::string> names;
  for (int row = 0; row < rowCount(); ++row)
    if (item(row, Name)->checkState() == Qt::Checked) names.push_back(m_names[static_cast<std::size_t>(row)]);
  return names;
}

}  // namespace cortexscope
