// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

struct LabelEstimates;
struct Study;

/// Labels of a study with their scores: label, mean BTL r, mean TL r, p of their difference. Sorting reads
/// Qt::UserRole.
class LabelTableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Name, BtlR, TlR, P, ColumnCount };

  explicit LabelTableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

  void setLabels(const std::vector<LabelEstimates>& labels);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  /// What is shown of a label: the labels themselves go with their study, before the model is told.
  struct Row {
    QString name, about;
    double btlR, tlR, p;
  };
  QString cellText(const Row& row, int column) const;
  QVariant cellValue(const Row& row, int column) const;

  std::vector<Row> m_rows;
};

/// Why a study shows no estimates, and what to do about it.
QString whyNoEstimates(const Study& study);

/// False for a person who was not trained for this label, a row of NaN.
bool hasEstimates(const LabelEstimates& label, Index person);

/// Mean of the finite numbers; NaN if there are none.
double finiteMean(const std::vector<double>& values);

}  // namespace cortexscope
