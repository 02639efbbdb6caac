// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>

namespace cortexscope::test {

/// A Python that has nibabel, or an empty text. The distribution's own is asked too where another comes
/// first.
inline QString pythonWithNibabel() {
  const QString find = "import importlib.util as u, sys; sys.exit(not u.find_spec('nibabel'))";
  for (const QString& python : {QString("/usr/bin/python3"), QString("python3")})
    if (QProcess::execute(python, {"-c", find}) == 0) return python;
  return {};
}

}  // namespace cortexscope::test
