// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/plan_table.h"

#include <QHeaderView>
#include <QLocale>
#include <QSignalBlocker>

namespace cortexscope {

namespace {

const QColor kMissing(0x8A, 0x5A, 0x00), kUnusable(0xB3, 0x26, 0x1E);

QString shownShape(const std::vector<std::int64_t>& shape) {
  QStringList sizes;
  for (const std::int64_t size : shape) sizes.append(QLocale(QLocale::English).toString(qlonglong(size)));
  return sizes.join(QStringLiteral(" × "));
}

QString tipOf(const ImportCell& cell) {
  QStringList lines;
  for (const ImportFile& file : cell.files)
    lines.append(
        QStringLiteral("%1: %2%3")
            .arg(QString::fromStdString(nameOf(file.role)), QString::fromStdString(file.file.string()),
                 file.array.empty() ? QString()
                                    : QStringLiteral(" [%1]").arg(QString::fromStdString(file.array))));
  lines.append(cell.trSec ? PlanTable::tr("%1 s between samples").arg(*cell.trSec)
                          : PlanTable::tr("time between samples unknown"));
  if (cell.repeats > 1) lines.append(PlanTable::tr("%1 presentations").arg(cell.repeats));
  return lines.join('\n');
}

QTableWidgetItem* itemOf(const std::optional<ImportCell>& cell) {
  auto* item = new QTableWidgetItem;
  item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
  item->setTextAlignment(Qt::AlignCenter);
  if (!cell) {
    item->setText(PlanTable::tr("missing"));
    item->setForeground(kMissing);
    item->setToolTip(PlanTable::tr("Nothing was found for this person and run"));
  } else if (cell->shape.empty()) {
    item->setText(PlanTable::tr("unusable"));
    item->setForeground(kUnusable);
    item->setToolTip(PlanTable::tr("Its files cannot be used; see Findings\n%1").arg(tipOf(*cell)));
  } else {
    item->setText(shownShape(cell->shape));
    item->setToolTip(PlanTable::tr("Samples × values\n%1").arg(tipOf(*cell)));
  }
  return item;
}

}  // namespace

PlanTable::PlanTable(QWidget* parent) : QTableWidget(parent) {
  setObjectName(QStringLiteral("planTable"));
  setAccessibleName(tr("People and runs"));
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  connect(this, &QTableWidget::itemChanged, this, [this](const QTableWidgetItem* item) {
    if (item->column() == 0) emit peopleChanged();
  });
}

void PlanTable::setPlan(const ImportPlan& plan) {
  const QSignalBlocker filling(this);
  setRowCount(static_cast<int>(plan.people.size()));
  setColumnCount(static_cast<int>(plan.runs.size()) + 1);
  QStringList titles{tr("Person")};
  for (const ImportRun& run : plan.runs) titles.append(QString::fromStdString(run.id));
  setHorizontalHeaderLabels(titles);
  for (int row = 0; row < rowCount(); ++row) {
    const auto person = static_cast<std::size_t>(row);
    auto* name = new QTableWidgetItem(QString::fromStdString(plan.people[person]));
    name->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsSelectable);
    name->setCheckState(Qt::Checked);
    name->setToolTip(tr("Uncheck to leave this person out"));
    setItem(row, 0, name);
    for (std::size_t run = 0; run < plan.runs.size(); ++run)
      setItem(row, static_cast<int>(run) + 1, itemOf(plan.cells[person][run]));
  }
}

std::vector<std::string> PlanTable::peopleLeftOut() const {
  std::vector<std::string> names;
  for (int row = 0; row < rowCount(); ++row)
    if (item(row, 0)->checkState() == Qt::Unchecked) names.push_back(item(row, 0)->text().toStdString());
  return names;
}

}  // namespace cortexscope
