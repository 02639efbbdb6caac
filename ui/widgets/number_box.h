// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDoubleSpinBox>

namespace cortexscope {

/// A number as the rest of the window writes numbers, with a point, whatever the desktop's language. A typed comma
/// is a point too: a German desktop would otherwise read "2.5" as twenty-five. Thousands are not grouped.
class NumberBox : public QDoubleSpinBox {
 public:
  explicit NumberBox(QWidget* parent = nullptr);

  [[nodiscard]] double valueFromText(const QString& text) const override;
  [[nodiscard]] QValidator::State validate(QString& text, int& cursor) const override;
};

}  // namespace cortexscope
