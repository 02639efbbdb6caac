// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/label_table_model.h"

#include <cmath>
#include <limits>

#include "control/study_controller.h"
#include "study/document/study.h"
#include "study/pipeline/results.h"
#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

double meanR(const VectorD& r) {
  return finiteMean(std::vector<double>(r.data(), r.data() + r.size()));
}

QString shownP(double p) {
  if (!std::isfinite(p)) return QStringLiteral("–");
  return p < 0.001 ? QStringLiteral("< 0.001") : QString::number(p, 'f', 3);
}

}  // namespace

QString whyNoEstimates(const Study& study) {
  return study.labels.empty()
             ? LabelTableModel::tr(
                   "This study has no labels yet.\nAdd a table of them: Labels, or drop it here.")
             : LabelTableModel::tr("No label estimates yet: press Train.");
}

double finiteMean(const std::vector<double>& values) {
  double sum = 0;
  int count = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

bool hasEstimates(const LabelEstimates& label, Index person) {
  return person >= 0 && person < label.btl.rows() && !label.btl.row(person).array().isNaN().all();
}

void LabelTableModel::setLabels(const std::vector<LabelEstimates>& labels) {
  beginResetModel();
  m_rows.clear();
  for (const LabelEstimates& label : labels)
    m_rows.push_back(
        {QString::fromStdString(label.item.title.empty() ? label.item.name : label.item.title),
         tr("kind: %1, unit: %2\n%3")
             .arg(QString::fromStdString(label.item.kind), QString::fromStdString(label.item.unit),
                  label.perPerson ? tr("each person's own ratings") : tr("the same truth for all people")),
         meanR(label.btlR), meanR(label.tlR), label.pBtlAgainstTl});
  endResetModel();
}

int LabelTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LabelTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QString LabelTableModel::cellText(const Row& row, int column) const {
  switch (column) {
    case Name:
      return row.name;
    case BtlR:
      return shownNumber(row.btlR);
    case TlR:
      return shownNumber(row.tlR);
    default:
      return shownP(row.p);
  }
}

QVariant LabelTableModel::cellValue(const Row& row, int column) const {
  switch (column) {
    case Name:
      return row.name;
    case BtlR:
      return row.btlR;
    case TlR:
      return row.tlR;
    default:
      return row.p;
  }
}

QVariant LabelTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Row& row = m_rows[static_cast<std::size_t>(index.row())];
  if (role == Qt::DisplayRole) return cellText(row, index.column());
  if (role == Qt::UserRole) return cellValue(row, index.column());
  if (role == Qt::TextAlignmentRole && index.column() != Name) return int(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole && index.column() == P) return headerData(P, Qt::Horizontal, role);
  if (role == Qt::ToolTipRole) return plainTip(QStringLiteral("%1\n%2").arg(row.name, row.about));
  return {};
}

QVariant LabelTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section >= ColumnCount) return {};
  static const QString titles[] = {tr("Label"), tr("BTL r"), tr("TL r"), tr("p")};
  static const QString tips[] = {
      tr("What is estimated"),
      tr("Mean over people of Pearson r between truth and the estimate through the predicted brain (BTL), "
         "held-out runs"),
      tr("The same for estimates straight from the features, without a brain (TL)"),
      tr("Is BTL's r different from TL's? The larger of two two-sided p: paired over people, and paired over "
         "blocks of time of the held-out runs. Both must be small, for one person's luck and one scene's "
         "luck "
         "alike would otherwise pass.")};
  if (role == Qt::DisplayRole) return titles[section];
  if (role == Qt::ToolTipRole) return tips[section];
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (section == Name ? Qt::AlignLeft : Qt::AlignRight));
  return {};
}

}  // namespace cortexscope
