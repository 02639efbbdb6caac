#pragma once

#include <QProcess>
#include <QStringList>

namespace cortexscope::test {

struct ProgramOutcome {
  int status = -1;    ///< -1 if the program crashed or did not end within four minutes
  QString complaint;  ///< its standard error
  QString said;       ///< its standard output
};

/// Runs one of our programs to its end, in `folder` if one is named.
inline ProgramOutcome runProgram(const char* program, const QStringList& arguments,
                                 const QStringList& withoutVariables = {}, const QString& folder = {}) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const QString& name : withoutVariables) environment.remove(name);
  process.setProcessEnvironment(environment);
  process.setWorkingDirectory(folder);
  process.start(QString::fromLocal8Bit(program), arguments);
  if (!process.waitForFinished(240000) || process.exitStatus() != QProcess::NormalExit) return {};
  return {process.exitCode(), QString::fromUtf8(process.readAllStandardError()),
          QString::fromUtf8(process.readAllStandardOutput())};
}

}  // namespace cortexscope::test
