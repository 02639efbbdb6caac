// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "import/plan/import_plan.h"

class QDoubleSpinBox;
class QLabel;

namespace cortexscope {

/// How many pictures of a folder were shown in a second, and how long the film is that they make.
class PicturesField : public QWidget {
  Q_OBJECT

 public:
  explicit PicturesField(QWidget* parent = nullptr);

  /// Keeps the rate. The field has a meaning only where the plan has folders of pictures.
  void setPlan(const ImportPlan& plan);
  void forget();
  bool hasPictures() const { return !m_folders.empty(); }
  std::optional<double> perSec() const;  ///< empty: pictures are no film

 signals:
  void rateChanged();

 private:
  void showLength();

  struct Folder {
    QString name;
    std::int64_t pictures = 0;
  };
  std::vector<Folder> m_folders;
  QDoubleSpinBox* m_rate;
  QLabel* m_length;
};

}  // namespace cortexscope
