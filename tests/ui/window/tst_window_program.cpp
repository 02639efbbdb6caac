// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QProcess>
#include <QtTest>

#include "study/document/study_file.h"
#include "support/run_program.h"
#include "ui/fixture_study.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

ProgramOutcome run(const QStringList& arguments, const QStringList& withoutVariables = {}) {
  return runProgram("cortexscope", arguments, withoutVariables);
}

}  // namespace

class TestWindowProgram : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void versionNamesItsLibraries();
  void screenshotIsDrawn();
  void cortexAloneIsDrawn();
  void badUsage_data();
  void badUsage();
  void badInput_data();
  void badInput();
  void withoutADisplay();

 private:
  QString study() const { return QString::fromStdString(m_fixture->folder().string()); }
  QString picture() const { return study() + "/never.png"; }

  std::unique_ptr<FixtureStudy> m_fixture;
};

void TestWindowProgram::initTestCase() {
  m_fixture = std::make_unique<FixtureStudy>();
  m_fixture->writeCortexFiles();
  writeStudy(m_fixture->study);
}

void TestWindowProgram::versionNamesItsLibraries() {
  const ProgramOutcome outcome = run({"--version"}, {"DISPLAY", "WAYLAND_DISPLAY"});
  QCOMPARE(outcome.status, 0);
  const QStringList lines = outcome.said.trimmed().split('\n');
  QCOMPARE(lines.size(), 6);
  QCOMPARE(lines[0], QString("cortexscope " CORTEXSCOPE_VERSION));
  for (const char* library : {"Qt", "VTK", "OpenCV", "FFmpeg", "OpenBLAS"})
    QVERIFY2(lines.indexOf(QRegularExpression(QString("^%1 [0-9]+\\.[0-9]+[^ ]*$").arg(library))) > 0,
             qPrintable(outcome.said));
}

void TestWindowProgram::screenshotIsDrawn() {
  QTemporaryDir folder;
  const QString file = folder.filePath("window.png");
  const ProgramOutcome outcome =
      run({study(), "--screenshot", file, "--time", "24.5", "--size", "1300x820", "--layer", "measured"});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  const QImage image(file);
  QCOMPARE(image.size(), QSize(1300, 820) * image.devicePixelRatio());
  QVERIFY(image.text("Description").contains("Simulated"));
  // The film's fields are black and white, the brains' colours are neither: both must be there.
  int black = 0, coloured = 0;
  for (int y = 0; y < image.height(); y += 2) {
    for (int x = 0; x < image.width(); x += 2) {
      const QColor c = image.pixelColor(x, y);
      black += c.value() < 20;
      coloured += x > image.width() / 2 && y < image.height() / 2 && c.saturation() > 60;
    }
  }
  QVERIFY2(black > 1000, qPrintable(QString::number(black)));
  QVERIFY2(coloured > 1000, qPrintable(QString::number(coloured)));
}

/// Measured data often come with surfaces and nothing beside them.
void TestWindowProgram::cortexAloneIsDrawn() {
  FixtureStudy bare;
  bare.writeCortexFiles();
  CortexFiles& cortex = bare.study.cortex;
  for (auto* file : {&cortex.leftInflated, &cortex.rightInflated, &cortex.underlay, &cortex.leftRegions,
                     &cortex.rightRegions})
    file->clear();
  writeStudy(bare.study);
  QTemporaryDir folder;
  const QString file = folder.filePath("window.png");
  const ProgramOutcome outcome = run({QString::fromStdString(bare.folder().string()), "--screenshot", file,
                                      "--time", "24.5", "--layer", "measured"});
  QVERIFY2(outcome.status == 0, qPrintable(outcome.complaint));
  QVERIFY(QImage(file).width() > 0);
}

void TestWindowProgram::badUsage_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("word");
  QTest::newRow("unknown option") << QStringList{"--nonsense"} << "--nonsense";
  QTest::newRow("size") << QStringList{"s", "--screenshot", "x.png", "--size", "12by8"} << "12by8";
  QTest::newRow("size with a tail") << QStringList{"s", "--screenshot", "x.png", "--size", "1280x800x3"}
                                    << "1280x800x3";
  QTest::newRow("layer") << QStringList{"s", "--screenshot", "x.png", "--layer", "blood"} << "blood";
  QTest::newRow("time below 0") << QStringList{"s", "--screenshot", "x.png", "--time", "-1"} << "--time";
  QTest::newRow("time is no number") << QStringList{"s", "--screenshot", "x.png", "--time", "nan"}
                                     << "--time";
  QTest::newRow("time without screenshot") << QStringList{"s", "--time", "1"} << "--screenshot";
  QTest::newRow("screenshot without study") << QStringList{"--screenshot", "x.png"} << "STUDY";
}

void TestWindowProgram::badUsage() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, word);
  const ProgramOutcome outcome = run(arguments);
  QCOMPARE(outcome.status, 2);
  QVERIFY2(outcome.complaint.contains(word), qPrintable(outcome.complaint));
}

void TestWindowProgram::badInput_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("word");
  QTest::newRow("no study there") << QStringList{"/nowhere", "--screenshot", picture()} << "/nowhere";
  QTest::newRow("label") << QStringList{study(), "--screenshot", picture(), "--label", "smell"} << "smell";
  QTest::newRow("layer not computed")
      << QStringList{study(), "--screenshot", picture(), "--layer", "predicted"} << "predicted";
  QTest::newRow("time after the end")
      << QStringList{study(), "--screenshot", picture(), "--time", "61"} << "61";
  QTest::newRow("picture cannot be written")
      << QStringList{study(), "--screenshot", "/nowhere/x.png"} << "/nowhere/x.png";
}

void TestWindowProgram::badInput() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, word);
  const ProgramOutcome outcome = run(arguments);
  QCOMPARE(outcome.status, 3);
  QVERIFY2(outcome.complaint.contains(word), qPrintable(outcome.complaint));
  QCOMPARE(outcome.complaint.trimmed().count('\n'), 0);  // one sentence
}

void TestWindowProgram::withoutADisplay() {
  const ProgramOutcome outcome = run({study()}, {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"});
  QCOMPARE(outcome.status, 3);
  QVERIFY2(outcome.complaint.contains("display"), qPrintable(outcome.complaint));
}

QTEST_GUILESS_MAIN(TestWindowProgram)
#include "tst_window_program.moc"
