// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolBar>

#include "core/import/measured_source.h"
#include "core/study/tiny_study.h"
#include "import_dialog/import_dialog.h"
#include "io/tables/table.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

constexpr int kPatienceMs = 120000;

/// The program's own actions; only its network is small.
StudyActions actionsWith(const std::filesystem::path& network) {
  StudyActions actions = programActions({});
  actions.importStudy = [make = actions.importStudy, network](const ImportPlan& plan,
                                                              const ImportChoices& choices, const Job& job) {
    ImportChoices own = choices;
    own.networks.own = network;
    return make(plan, own, job);
  };
  return actions;
}

void type(QWidget& parent, const char* name, const QString& text) {
  auto& field = widgetIn<QLineEdit>(parent, name);
  QTest::mouseClick(&field, Qt::LeftButton);
  field.selectAll();
  QTest::keyClicks(&field, text);
}

/// Mean of a person's values over the vertices that follow the film, or over the others.
double meanOver(const VectorF& values, bool followers) {
  const Surface sphere = measuredSurface(Hemisphere::Left, true, 2);
  double sum = 0;
  Index count = 0;
  for (Index v = 0; v < values.size(); ++v) {
    if ((sphere.points(v % sphere.vertexCount(), 1) > 2) != followers) continue;
    sum += double(values[v]);
    ++count;
  }
  return sum / double(count);
}

}  // namespace

/// From a folder of volumes to estimated labels, by clicks alone.
class TestImportWindow : public QObject {
  Q_OBJECT

 private slots:
  void aDroppedFolderBecomesEstimates();

 private:
  void importByClicks(ImportDialog& dialog);
  QString at(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
  std::filesystem::path file(const char* name) const { return at(name).toStdString(); }

  QTemporaryDir m_folder;
};

void TestImportWindow::importByClicks(ImportDialog& dialog) {
  QTRY_VERIFY(!dialog.isBusy());
  type(dialog, "importSurfaces", at("surfaces"));
  type(dialog, "importLabels", at("scene.tsv"));
  type(dialog, "importStudy", at("study"));
  for (int run = 0; run < int(kMeasuredRuns); ++run) {
    auto& start = widgetIn<QDoubleSpinBox>(dialog, "runFilmStart", run);
    start.selectAll();
    QTest::keyClicks(&start, QString::number(firstSecond(run)));
    QTest::keyClick(&start, Qt::Key_Tab);
  }
  auto& import = widgetIn<QPushButton>(dialog, "importStart");
  QVERIFY2(import.isEnabled(), qPrintable(widgetIn<QLabel>(dialog, "importWhy").text()));
  QTest::mouseClick(&import, Qt::LeftButton);
}

void TestImportWindow::aDroppedFolderBecomesEstimates() {
  writeMeasuredSurfaces(file("surfaces"), 2);
  writeTinyNetwork(file("network.onnx"));
  writeMeasuredFilm(file("source"));
  writeMeasuredVolumes(file("source"), {});
  MatrixD light(kMeasuredRuns * kMeasuredSamples, 1);
  for (Index t = 0; t < light.rows(); ++t) light(t, 0) = double(shownBit(t, 3));
  writeTsv(file("scene.tsv"), {"light"}, light);

  WindowStage stage(actionsWith(file("network.onnx")));
  stage.drop(at("source"));
  auto* dialog = stage.window.findChild<ImportDialog*>();
  QVERIFY(dialog != nullptr);
  importByClicks(*dialog);
  QTRY_VERIFY_WITH_TIMEOUT(stage.controller().hasStudy(), kPatienceMs);
  const Study& study = stage.controller().study();
  QVERIFY(!study.simulated);
  QCOMPARE(study.people.size(), std::size_t(3));

  auto* bar = stage.window.findChild<QToolBar*>("tools");
  QTest::mouseClick(bar->widgetForAction(stage.window.findChild<QAction*>("trainAction")), Qt::LeftButton);
  QVERIFY(stage.controller().jobs().isRunning());
  QTRY_VERIFY_WITH_TIMEOUT(!stage.controller().jobs().isRunning(), kPatienceMs);
  const Results& results = stage.controller().results();
  for (const PersonResults& person : results.people) {
    QVERIFY2(meanOver(person.heldOutR, true) > 0.4,
             qPrintable(QString::number(meanOver(person.heldOutR, true))));
    QVERIFY2(std::abs(meanOver(person.heldOutR, false)) < 0.15,
             qPrintable(QString::number(meanOver(person.heldOutR, false))));
  }
  QCOMPARE(results.labels.size(), std::size_t(1));
  QCOMPARE(results.labels[0].item.name, std::string("light"));
  QVERIFY2(results.labels[0].btlR.mean() > 0.3, qPrintable(QString::number(results.labels[0].btlR.mean())));
}

int main(int argc, char** argv) {
  TestImportWindow test;
  return runWindowTest(test, argc, argv);
}
#include "tst_import_window.moc"
