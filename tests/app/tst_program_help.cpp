// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include "support/run_program.h"

using namespace cortexscope::test;

/// What programs say of themselves. The window's program is in tests/ui/tst_window_program.cpp.
class ProgramHelpTest : public QObject {
  Q_OBJECT

 private slots:
  void programsSayTheirVersion_data();
  void programsSayTheirVersion();
  void commandLineNamesItsLibraries();
  void helpNamesTheWordsOfAChoice_data();
  void helpNamesTheWordsOfAChoice();
  void helpIsPlain_data();
  void helpIsPlain();
  void numbersBehindWordsAreRefused();
};

void ProgramHelpTest::programsSayTheirVersion_data() {
  QTest::addColumn<QString>("program");
  for (const char* program : {"cortexscope-cli", "cortexscope-reader", "cortexscope-network-trial"})
    QTest::newRow(program) << program;
}

void ProgramHelpTest::programsSayTheirVersion() {
  QFETCH(QString, program);
  const ProgramOutcome outcome = runProgram(program.toUtf8(), {"--version"});
  QCOMPARE(outcome.status, 0);
  QCOMPARE(outcome.said.section('\n', 0, 0), program + " " CORTEXSCOPE_VERSION);
  QCOMPARE(outcome.complaint, QString());
}

void ProgramHelpTest::commandLineNamesItsLibraries() {
  const QStringList lines = runProgram("cortexscope-cli", {"--version"}).said.trimmed().split('\n');
  QCOMPARE(lines.size(), 4);
  for (const char* library : {"OpenCV", "FFmpeg", "OpenBLAS"})
    QVERIFY2(lines.indexOf(QRegularExpression(QString("^%1 [0-9]+\\.[0-9]+[^ ]*$").arg(library))) > 0,
             qPrintable(lines.join('\n')));
}

void ProgramHelpTest::helpNamesTheWordsOfAChoice_data() {
  QTest::addColumn<QString>("command");
  QTest::addColumn<QString>("words");
  QTest::newRow("run") << "run"
                       << "--until STEP:{features,encoders,activation,labels}";
  QTest::newRow("labels") << "labels"
                          << "--timing TIMING:{samples,seconds,scenes}";
  QTest::newRow("fit") << "fit"
                       << "--metric METRIC:{mse,r2,r}";
  QTest::newRow("banded") << "banded"
                          << "--metric METRIC:{mse,r2,r}";
}

void ProgramHelpTest::helpNamesTheWordsOfAChoice() {
  QFETCH(QString, command);
  QFETCH(QString, words);
  const ProgramOutcome outcome = runProgram("cortexscope-cli", {command, "--help"});
  QCOMPARE(outcome.status, 0);
  QVERIFY2(outcome.said.contains(words), qPrintable(outcome.said));
}

void ProgramHelpTest::helpIsPlain_data() {
  QTest::addColumn<QString>("command");
  // The commands that the program itself names: two blanks, the name, its sentence.
  static const QRegularExpression kCommand("^  ([a-z-]+) ", QRegularExpression::MultilineOption);
  const QString help = runProgram("cortexscope-cli", {"--help"}).said;
  auto found = kCommand.globalMatch(help.mid(help.indexOf("Subcommands:")));
  int commands = 0;
  for (; found.hasNext(); ++commands) {
    const QString command = found.next().captured(1);
    QTest::newRow(qPrintable(command)) << command;
  }
  QVERIFY2(commands >= 14, qPrintable(help));
}

void ProgramHelpTest::helpIsPlain() {
  QFETCH(QString, command);
  const ProgramOutcome outcome = runProgram("cortexscope-cli", {command, "--help"});
  QCOMPARE(outcome.status, 0);
  for (const char* artefact : {"->", " OR {", "value in"})
    QVERIFY2(!outcome.said.contains(artefact), qPrintable(outcome.said));
}

void ProgramHelpTest::numbersBehindWordsAreRefused() {
  for (const char* word : {"2", "everything"}) {
    const ProgramOutcome outcome = runProgram("cortexscope-cli", {"run", "study", "--until", word});
    QCOMPARE(outcome.status, 2);
    QVERIFY2(outcome.complaint.contains("{features,encoders,activation,labels}"),
             qPrintable(outcome.complaint));
  }
}

QTEST_GUILESS_MAIN(ProgramHelpTest)
#include "tst_program_help.moc"
