// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/window_application.h"

#include <cstdio>

namespace cortexscope {

bool WindowApplication::notify(QObject* receiver, QEvent* event) {
  try {
    return QApplication::notify(receiver, event);
  } catch (...) {
    const Failure failure = failureOfCurrentException();
    std::fprintf(stderr, "cortexscope: %s\n", qPrintable(failure.message));
    // Whoever shows it may fail as well: that must not be told again and again.
    if (m_isTelling) return true;
    QMetaObject::invokeMethod(
        this,
        [this, failure] {
          m_isTelling = true;
          try {
            emit caught(failure);
          } catch (...) {
            std::fprintf(stderr, "cortexscope: %s\n", qPrintable(failureOfCurrentException().message));
          }
          m_isTelling = false;
        },
        Qt::QueuedConnection);
  }
  return true;
}

}  // namespace cortexscope
