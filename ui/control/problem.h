// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "control/job_runner.h"

namespace cortexscope {

/// Something that went wrong, ready to be shown.
struct Problem {
  QString headline;  ///< one sentence: what could not be done
  QString reason;    ///< one sentence for the kind of error
  QString details;   ///< the whole message of the error
  QString file;      ///< file or folder it was about
};
Problem problemOf(const QString& action, const Failure& failure, const QString& file);

}  // namespace cortexscope
