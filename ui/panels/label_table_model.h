#pragma once

#include <QAbstractTableModel>
#include <vector>

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

  /// The labels must live until the next call.
  void setLabels(const std::vector<LabelEstimates>* labels);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  QString cellText(const LabelEstimates& label, int column) const;
  QVariant cellValue(const LabelEstimates& label, int column) const;

  const std::vector<LabelEstimates>* m_labels = nullptr;
};

/// Why a study shows no estimates, and what to do about it.
QString whyNoEstimates(const Study& study);

/// Mean of the finite numbers; NaN if there are none.
double finiteMean(const std::vector<double>& values);

}  // namespace cortexscope
