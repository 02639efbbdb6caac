// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

#include "control/job_runner.h"

namespace cortexscope {

/// The application with a last net: what a handler of an event throws ends that event and not the program.
/// Handlers that know what can fail catch it themselves, for they know what to say and what to put back.
class WindowApplication : public QApplication {
  Q_OBJECT

 public:
  using QApplication::QApplication;

  bool notify(QObject* receiver, QEvent* event) override;

 signals:
  /// Comes by an event of its own, after the one that failed.
  void caught(const cortexscope::Failure& failure);

 private:
  bool m_isTelling = false;
};

}  // namespace cortexscope
