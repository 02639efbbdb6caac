// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWheelEvent>

#include "widgets/number_box.h"

namespace cortexscope {

/// A number, or nothing said: the least value, which is shown in words. From nothing a step leads to `first`,
/// and a wheel that passes by changes nothing.
class OptionalNumber : public NumberBox {
 public:
  OptionalNumber(double first, QWidget* parent) : NumberBox(parent), m_first(first) {}

  void stepBy(int steps) override {
    if (value() == minimum()) return setValue(m_first);
    NumberBox::stepBy(steps);
  }

 protected:
  void wheelEvent(QWheelEvent* event) override {
    if (hasFocus())
      NumberBox::wheelEvent(event);
    else
      event->ignore();
  }

 private:
  double m_first;
};

}  // namespace cortexscope
