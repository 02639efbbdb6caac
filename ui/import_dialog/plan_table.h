// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableWidget>

#include "import/plan/import_plan.h"

namespace cortexscope {

/// People x runs of a folder to import: how much there is, what is missing, what cannot be used. People can
/// be left out by their check boxes.
class PlanTable : public QTableWidget {
  Q_OBJECT

 public:
  explicit PlanTable(QWidget* parent = nullptr);

  void setPlan(const ImportPlan& plan);
  std::vector<std::string> peopleLeftOut() const;

 signals:
  void peopleChanged();
};

}  // namespace cortexscope
