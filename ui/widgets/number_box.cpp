// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/number_box.h"

namespace cortexscope {
namespace {

QString withPoint(QString text) {
  return text.replace(QLatin1Char(','), QLatin1Char('.'));
}

}  // namespace

NumberBox::NumberBox(QWidget* parent) : QDoubleSpinBox(parent) {
  QLocale numbers(QLocale::English);
  numbers.setNumberOptions(QLocale::OmitGroupSeparator | QLocale::RejectGroupSeparator);
  setLocale(numbers);
}

double NumberBox::valueFromText(const QString& text) const {
  return QDoubleSpinBox::valueFromText(withPoint(text));
}

QValidator::State NumberBox::validate(QString& text, int& cursor) const {
  text = withPoint(text);
  return QDoubleSpinBox::validate(text, cursor);
}

}  // namespace cortexscope
