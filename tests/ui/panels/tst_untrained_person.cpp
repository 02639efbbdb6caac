// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QtTest>
#include <atomic>

// After Qt's headers: it draws in a namespace of its own.
#include <qcustomplot.h>

#include "panels/brains_panel.h"
#include "panels/distance_matrix.h"
#include "surface_view/surface_view.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

const double kNan = std::nan("");

/// The fixture, whose third person was added after the others were trained.
LoadedStudy withUntrained(const FixtureStudy& fixture) {
  LoadedStudy loaded = fixture.loaded();
  PersonResults& person = loaded.results.people[2];
  person.predicted = nullptr;
  person.heldOutR = person.q = {};
  for (LabelEstimates& label : loaded.results.labels) {
    label.btl.row(2).setConstant(kNan);
    label.tl.row(2).setConstant(kNan);
    label.btlR[2] = label.tlR[2] = kNan;
    for (MatrixD* distances : {&label.measuredDistance, &label.predictedDistance}) {
      distances->row(2).setConstant(kNan);
      distances->col(2).setConstant(kNan);
    }
  }
  loaded.limits = layerLimits(loaded.results);
  return loaded;
}

QStringList legendOf(const QCustomPlot& plot) {
  QStringList names;
  for (int i = 0; i < plot.graphCount(); ++i) names.append(plot.graph(i)->name());
  return names;
}

}  // namespace

class TestUntrainedPerson : public QObject {
  Q_OBJECT

 private slots:
  void brainsSayIt();
  void tracesLeaveItOut();
  void vertexShowsWhatIsMeasured();
  void distancesAreOpen();
  void trainIsOffered();
  void playingAndChoosingGoOn();
  void responsesMayBeMissing();
  void theFirstPersonMayBeUntrained();
};

void TestUntrainedPerson::brainsSayIt() {
  WindowStage stage;
  stage.controller().setLoaded(withUntrained(stage.fixture));
  SurfaceView& view = stage.window.brains().view();
  QVERIFY2(view.canDraw(), "this test needs OpenGL");
  QCOMPARE(stage.window.brains().brainName(0), std::string("P01"));
  QCOMPARE(stage.window.brains().brainName(2), std::string("P03 (not trained yet)"));
  QVERIFY(stage.find<QToolButton>("person2").toolTip().contains("not trained yet"));
  QVERIFY(!stage.find<QToolButton>("person1").toolTip().contains("not trained yet"));
  // Its brain has no colours, the others' have; of measured responses all have.
  const auto colouredThird = [&](int brain) {
    const QImage image = view.picture({900, 300, 1, 1});
    int count = 0;
    for (int x = brain * 250; x < (brain + 1) * 250; ++x)
      for (int y = 0; y < image.height(); ++y) count += image.pixelColor(x, y).saturation() > 60;
    return count;
  };
  stage.window.brains().view().scene().setLegendShown(false);
  QVERIFY(colouredThird(0) > 200);
  QCOMPARE(stage.controller().isLayerAvailable(Layer::Predicted), true);
  const BrainFrame frame = stage.controller().brainFrame();
  LayerScratch scratch;
  QVERIFY(layerRows(stage.controller().results().people[2], Layer::Predicted, frame, scratch).now == nullptr);
  QVERIFY(layerRows(stage.controller().results().people[2], Layer::Measured, frame, scratch).now != nullptr);
}

void TestUntrainedPerson::tracesLeaveItOut() {
  WindowStage stage;
  stage.controller().setLoaded(withUntrained(stage.fixture));
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  QCOMPARE(legendOf(plot),
           (QStringList{"P01  r 0.40", "P02  r 0.50", "P03  no estimates yet", "TL  r 0.30", "truth"}));
  QVERIFY(std::isfinite(plot.yAxis->range().lower) && std::isfinite(plot.yAxis->range().upper));
  QVERIFY(plot.yAxis->range().contains(FixtureStudy::btl(0, 1, 0)));
  stage.click("person2");
  QCOMPARE(stage.textOf("traceValues"), QString("truth 1.50  ·  P03 BTL –  ·  TL –"));
  QVERIFY(legendOf(plot).contains("TL  r 0.30"));  // the same for all who were trained
  const auto& table = stage.find<QTableView>("labelTable");
  QCOMPARE(table.model()->index(0, 1).data().toString(), QString("0.45"));  // mean of the two
}

void TestUntrainedPerson::vertexShowsWhatIsMeasured() {
  WindowStage stage;
  stage.controller().setLoaded(withUntrained(stage.fixture));
  stage.controller().setVertex(2, 33);
  for (const char* fact : {"vertexValue", "vertexR", "vertexQ"}) QCOMPARE(stage.textOf(fact), QString("–"));
  QVERIFY(stage.textOf("predictedKey").contains("not trained yet"));
  QVERIFY(stage.textOf("measuredKey").contains("measured"));
  auto& plot = stage.find<QCustomPlot>("vertexPlot");
  QCOMPARE(plot.graph(0)->dataCount(), 20);
  QCOMPARE(plot.graph(1)->dataCount(), 0);
  stage.choose("layerChoice", layerInfo(Layer::Measured).title);
  const BrainFrame frame = stage.controller().brainFrame();
  const float measured = FixtureStudy::measured(2, frame.sample, 33) * (1 - frame.mix) +
                         FixtureStudy::measured(2, frame.next, 33) * frame.mix;
  QCOMPARE(stage.textOf("vertexValue"), shownNumber(static_cast<double>(measured), 3));
  stage.controller().setVertex(1, 33);
  QVERIFY(!stage.textOf("predictedKey").contains("not trained yet"));
  QVERIFY(stage.textOf("vertexR") != QString("–"));
}

void TestUntrainedPerson::distancesAreOpen() {
  WindowStage stage;
  stage.controller().setLoaded(withUntrained(stage.fixture));
  QVERIFY(stage.textOf("agreement").endsWith("no estimates yet: P03"));
  auto& matrix = stage.find<DistanceMatrix>("distanceMatrix");
  QVERIFY(!matrix.grab().isNull());
  QTest::mouseClick(&matrix, Qt::LeftButton, {}, matrix.cell(2, 1).center().toPoint());
  QCOMPARE(stage.controller().person(), 2);
  QCOMPARE(stage.controller().otherPerson(), 1);
  QHelpEvent help(QEvent::ToolTip, matrix.cell(0, 2).center().toPoint(), {});
  QCoreApplication::sendEvent(&matrix, &help);
  QTRY_VERIFY(QToolTip::text().contains("P01 and P03"));
  QVERIFY(QToolTip::text().contains("predicted: –"));
}

void TestUntrainedPerson::trainIsOffered() {
  FixtureStudy fixture(false);
  std::atomic<bool> trained = false;
  StudyActions actions;
  actions.load = [&](const std::filesystem::path&, const Job&) {
    LoadedStudy loaded = trained ? fixture.loaded() : withUntrained(fixture);
    if (!trained) loaded.outdated = {"label estimates"};
    return loaded;
  };
  actions.train = [&](const Study&, const Job&) { trained = true; };
  WindowStage stage(actions);
  stage.controller().openStudy("somewhere");
  QTRY_VERIFY(stage.find("noticePanel").isVisible());
  QCOMPARE(stage.textOf("noticeText"), QString("Not trained yet: P03. Train learns what is missing."));
  QTRY_VERIFY(stage.window.findChild<QAction*>("trainAction")->isEnabled());
  stage.click("noticeTrain");
  QTRY_VERIFY(trained);
  QTRY_VERIFY(!stage.find("noticePanel").isVisible());
  QCOMPARE(stage.window.brains().brainName(2), std::string("P03"));
}

void TestUntrainedPerson::playingAndChoosingGoOn() {
  WindowStage stage;
  stage.controller().setLoaded(withUntrained(stage.fixture));
  stage.controller().setVertex(2, 5);
  for (const Layer layer : kLayers) {
    BrainDisplay display = stage.controller().display();
    display.layer = layer;
    display.significantOnly = layer != Layer::HeldOutR;
    stage.controller().setDisplay(display);
    for (const double sec : {0.0, 19.9, 45.0, 60.0}) stage.controller().setTime(sec);
    QVERIFY(!stage.window.picture().isNull());
  }
}

void TestUntrainedPerson::responsesMayBeMissing() {
  WindowStage stage;
  LoadedStudy loaded = withUntrained(stage.fixture);
  loaded.results.people[2].measured = nullptr;
  loaded.results.people[2].noiseCeiling = {};
  loaded.limits = layerLimits(loaded.results);
  stage.controller().setLoaded(loaded);
  QCOMPARE(stage.window.brains().brainName(2), std::string("P03 (responses missing)"));
  stage.controller().setVertex(2, 5);
  QVERIFY(stage.textOf("measuredKey").contains("responses missing"));
  QCOMPARE(stage.textOf("vertexCeiling"), QString("–"));
  for (const Layer layer : kLayers) {
    BrainDisplay display = stage.controller().display();
    display.layer = layer;
    stage.controller().setDisplay(display);
    QVERIFY(!stage.window.picture().isNull());
  }
  QVERIFY(!stage.find("noticePanel").isVisible());  // Train cannot help
}

void TestUntrainedPerson::theFirstPersonMayBeUntrained() {
  WindowStage stage;
  LoadedStudy loaded = withUntrained(stage.fixture);
  std::swap(loaded.results.people[0], loaded.results.people[2]);
  for (LabelEstimates& label : loaded.results.labels) {
    label.btl.row(0).swap(label.btl.row(2));
    label.tl.row(0).swap(label.tl.row(2));
    std::swap(label.btlR[0], label.btlR[2]);
    std::swap(label.tlR[0], label.tlR[2]);
  }
  loaded.limits = layerLimits(loaded.results);
  stage.controller().setLoaded(loaded);
  const QStringList legend = legendOf(stage.find<QCustomPlot>("tracesPlot"));
  QCOMPARE(legend.front(), QString("P03  no estimates yet"));
  QVERIFY2(legend.contains("TL  r 0.30"), qPrintable(legend.join('|')));
  QVERIFY(stage.controller().isLayerAvailable(Layer::Predicted));
  QVERIFY(!stage.window.picture().isNull());
}

int main(int argc, char** argv) {
  TestUntrainedPerson test;
  return runWindowTest(test, argc, argv);
}
#include "tst_untrained_person.moc"
