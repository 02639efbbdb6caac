// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QProcess>
#include <QStringList>

namespace cortexscope::test {

struct ProgramOutcome {
  int status = -1;    ///< -1 if the program crashed or did not end within four minutes
  QString complaint;  ///< its standard error
  QString said;       ///< its standard output
};

/// One of our programs: in the folder CORTEXSCOPE_PROGRAMS if that is set, else as it was built with the
/// tests.
inline QString programPath(const char* name) {
  return qEnvironmentVariable("CORTEXSCOPE_PROGRAMS", QCoreApplication::applicationDirPath() + "/../bin") +
         '/' + name;
}

/// Runs one of our programs, called `name`, to its end, in `folder` if one is named.
inline ProgramOutcome runProgram(const char* name, const QStringList& arguments,
                                 const QStringList& withoutVariables = {}, const QString& folder = {}) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const QString& variable : withoutVariables) environment.remove(variable);
  process.setProcessEnvironment(environment);
  process.setWorkingDirectory(folder);
  process.start(programPath(name), arguments);
  if (!process.waitForFinished(240000) || process.exitStatus() != QProcess::NormalExit) return {};
  return {process.exitCode(), QString::fromUtf8(process.readAllStandardError()),
          QString::fromUtf8(process.readAllStandardOutput())};
}

}  // namespace cortexscope::test
