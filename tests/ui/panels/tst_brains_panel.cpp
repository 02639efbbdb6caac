// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QTabWidget>
#include <QtTest>

// After Qt's headers: it draws in a namespace of its own.
#include <qcustomplot.h>

#include "panels/brains_panel.h"
#include "panels/film_panel.h"
#include "support/expect.h"
#include "surface_view/surface_view.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

class TestBrainsPanel : public QObject {
  Q_OBJECT

 private slots:
  void vertexClickFillsThePanel();
  void layerChangesScaleAndReadout();
  void lagMovesBrainsAndNotTheFilm();
  void thresholdAndLimitReachTheScene();
  void insignificantVerticesAreMasked();
  void maskNeedsSignificance();
  void manyPeopleAreShownPageByPage();
  void keptVoxelsAreShownAsMeans();
};

void TestBrainsPanel::vertexClickFillsThePanel() {
  WindowStage stage;
  stage.showFixture();
  SurfaceView& view = stage.window.brains().view();
  QVERIFY2(view.canDraw(), "this test needs OpenGL");
  QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
  QCOMPARE(stage.find("vertexHint").isVisibleTo(&stage.find("vertexPanel")), true);
  const Index vertex = vertexTowards(stage.fixture.results.anatomical.left, {-1, 0, 0});
  std::optional<std::array<double, 2>> pixel;
  QTRY_VERIFY((pixel = view.scene().pixelOf({1, vertex})) && view.scene().pick((*pixel)[0], (*pixel)[1]));
  const double ratio = view.devicePixelRatioF();
  const QPointF place((*pixel)[0] / ratio, view.height() - (*pixel)[1] / ratio);
  const BrainSpot spot = *view.scene().pick((*pixel)[0], (*pixel)[1]);
  QTest::mouseClick(&view, Qt::LeftButton, {}, place.toPoint());
  QCOMPARE(stage.controller().person(), 1);
  const Index v = stage.controller().vertex();
  QVERIFY(v >= 0);
  QCOMPARE(v, spot.vertex);
  QVERIFY(stage.textOf("vertexWhere").contains(v % 2 == 0 ? "visual" : "auditory"));
  QVERIFY(stage.textOf("vertexWhere").contains(QStringLiteral("vertex %1").arg(v)));
  QCOMPARE(stage.textOf("vertexR"),
           shownNumber(static_cast<double>(stage.fixture.results.people[1].heldOutR[v])));
  QVERIFY(stage.textOf("vertexQ").startsWith(QString::number(stage.fixture.results.people[1].q[v], 'f', 3)));
  QCOMPARE(stage.textOf("vertexCeiling"), QString("0.90"));
  auto& plot = stage.find<QCustomPlot>("vertexPlot");
  QCOMPARE(plot.graph(0)->dataCount(), 20);
  QCOMPARE(static_cast<float>(plot.graph(0)->data()->at(4)->value), FixtureStudy::measured(1, 4, v));
  QCOMPARE(static_cast<float>(plot.graph(1)->data()->at(4)->value), FixtureStudy::predicted(1, 4, v));
  QCOMPARE(stage.find<QTabWidget>("detailTabs").currentIndex(), 1);
}

void TestBrainsPanel::layerChangesScaleAndReadout() {
  WindowStage stage;
  stage.showFixture();
  stage.controller().setVertex(0, 10);
  auto& layer = stage.find<QComboBox>("layerChoice");
  QCOMPARE(layer.count(), 4);
  const CortexScene& scene = stage.window.brains().view().scene();
  const int difference = layer.findText(layerInfo(Layer::Difference).title);
  layer.setCurrentIndex(difference);
  emit layer.activated(difference);
  const Index sample = stage.controller().brainFrame().sample;
  const float mix = stage.controller().brainFrame().mix;
  const float expected =
      (1 - mix) * FixtureStudy::predicted(0, sample, 10) + mix * FixtureStudy::predicted(0, sample + 1, 10);
  QCOMPARE(stage.textOf("vertexValue"),
           shownNumber(static_cast<double>(expected), 3));  // measured is twice predicted
  QCOMPARE(scene.colorScale().low, -scene.colorScale().high);
  const int heldOut = layer.findText(layerInfo(Layer::HeldOutR).title);
  layer.setCurrentIndex(heldOut);
  emit layer.activated(heldOut);
  QCOMPARE(scene.colorScale().map, ColorMap::Inferno);
  QCOMPARE(scene.colorScale().low, 0.0f);
  QCOMPARE(stage.textOf("vertexValue"),
           shownNumber(static_cast<double>(stage.fixture.results.people[0].heldOutR[10]), 3));
}

void TestBrainsPanel::lagMovesBrainsAndNotTheFilm() {
  WindowStage stage;
  stage.showFixture();
  stage.controller().setTime(4.5);
  auto& lag = stage.find<QDoubleSpinBox>("lagControl");
  QCOMPARE(lag.value(), 5.0);
  lag.setValue(2);
  QCOMPARE(stage.window.brains().shownFrame().sample, Index(6));
  QTRY_VERIFY(stage.window.isSettled());
  QCOMPARE(secondShown(stage.find<PictureView>("filmPicture")), 4);
}

void TestBrainsPanel::thresholdAndLimitReachTheScene() {
  WindowStage stage;
  stage.showFixture();
  const CortexScene& scene = stage.window.brains().view().scene();
  stage.find<QDoubleSpinBox>("limitControl").setValue(2.5);
  QCOMPARE(scene.colorScale().high, 2.5f);
  QCOMPARE(scene.colorScale().threshold, 1.0f);  // two fifths of the limit, unless a number is chosen
  QCOMPARE(scene.colorScale().belowThreshold, BelowThreshold::Fade);
  stage.find<QDoubleSpinBox>("thresholdControl").setValue(0.3);
  QCOMPARE(scene.colorScale().threshold, 0.3f);
  stage.choose("weakChoice", "Hide");
  QCOMPARE(scene.colorScale().belowThreshold, BelowThreshold::Hide);
  stage.choose("weakChoice", "Show");
  QCOMPARE(scene.colorScale().threshold, 0.0f);
  QVERIFY(!stage.find("thresholdControl").isEnabled());
  stage.find<QDoubleSpinBox>("limitControl").setValue(0);
  const auto limits = stage.controller().limits();
  QCOMPARE(scene.colorScale().high, limits[2][0]);  // person 3 has the largest values
}

void TestBrainsPanel::insignificantVerticesAreMasked() {
  WindowStage stage;
  stage.showFixture();
  auto& mask = stage.find<QCheckBox>("maskControl");
  const CortexScene& scene = stage.window.brains().view().scene();
  QVERIFY(mask.isChecked());
  QCOMPARE(mask.text(), QString("Only q < 0.05"));
  QVERIFY(QString::fromStdString(scene.colorScale().note).startsWith("only q < 0.05 · fading below "));
  const QImage masked = stage.window.brains().view().grab().toImage();
  stage.controller().setVertex(0, 0);  // q = 0.9: what is hidden keeps its number
  const BrainFrame frame = stage.controller().brainFrame();
  QCOMPARE(stage.textOf("vertexValue"), shownNumber(static_cast<double>(mixed(0, frame, 0)), 3));
  QVERIFY(stage.textOf("vertexQCaption").contains("masked"));
  mask.click();
  QVERIFY(!QString::fromStdString(scene.colorScale().note).contains("q <"));
  QVERIFY(!stage.textOf("vertexQCaption").contains("masked"));
  QTRY_VERIFY(stage.window.brains().view().grab().toImage() != masked);
  stage.choose("layerChoice", layerInfo(Layer::HeldOutR).title);
  QVERIFY(!mask.isChecked());  // scores are for looking at all of them
  stage.choose("layerChoice", layerInfo(Layer::Measured).title);
  QVERIFY(mask.isChecked());
}

void TestBrainsPanel::maskNeedsSignificance() {
  WindowStage stage;
  LoadedStudy loaded = stage.fixture.loaded();
  for (PersonResults& person : loaded.results.people) person.q = {};
  stage.controller().setLoaded(std::move(loaded));
  QVERIFY(!stage.find("maskControl").isEnabled());
  QVERIFY(!stage.find<QCheckBox>("maskControl").isChecked());
  const std::string note = stage.window.brains().view().scene().colorScale().note;
  QVERIFY(!QString::fromStdString(note).contains("q <"));
}

void TestBrainsPanel::manyPeopleAreShownPageByPage() {
  WindowStage stage;
  LoadedStudy loaded = stage.fixture.loaded();
  for (int i = 3; i < 40; ++i) {
    loaded.results.people.push_back(loaded.results.people[static_cast<std::size_t>(i % 3)]);
    loaded.results.people.back().id = "P" + textOf(i + 1);
  }
  loaded.results.labels.clear();
  loaded.limits = layerLimits(loaded.results);
  stage.controller().setLoaded(std::move(loaded));
  CortexScene& scene = stage.window.brains().view().scene();
  QCOMPARE(scene.brainCount(), CortexScene::kMostBrains);
  stage.controller().setPerson(37);
  QCOMPARE(scene.brainCount(), 8);
  emit stage.window.brains().view().vertexPicked(3, 5);
  QCOMPARE(stage.controller().person(), 35);
  QCOMPARE(stage.controller().vertex(), Index(5));
}

void TestBrainsPanel::keptVoxelsAreShownAsMeans() {
  WindowStage stage;
  const Index vertices = stage.fixture.vertexCount();
  // The second person has five voxels: vertex v is 0.75 of voxel v mod 5 and 0.25 of the next one, the last
  // two are bare.
  MatrixF weights = MatrixF::Zero(vertices, 5);
  for (Index v = 0; v + 2 < vertices; ++v) weights(v, v % 5) = 0.75f, weights(v, (v + 1) % 5) = 0.25f;
  KeptVoxels kept;
  kept.means = weights.sparseView();
  const CortexView view(kept);
  const MatrixF voxels = gaussian(FixtureStudy::kSamples, 5, 1);
  const std::filesystem::path file = stage.fixture.folder() / "voxels.npy";
  writeNpy(file, voxels);
  LoadedStudy loaded = stage.fixture.loaded();
  PersonResults& person = loaded.results.people[1];
  person.view = view;
  person.measured = person.predicted = std::make_shared<CortexSeries>(MappedMatrix(file), view);
  VectorF r(5), q(5);
  r << 0.1f, 0.2f, 0.3f, 0.4f, 0.5f;
  q << 0.01f, 0.9f, 0.02f, 0.9f, 0.9f;
  person.heldOutR = view.onCortex(r);
  person.q = view.ofHeaviest(q);
  loaded.limits = layerLimits(loaded.results);
  stage.controller().setLoaded(std::move(loaded));

  QVERIFY(stage.window.brains().view().scene().colorScale().note.starts_with("means of voxels"));
  stage.choose("layerChoice", layerInfo(Layer::HeldOutR).title);
  stage.controller().setVertex(1, 6);
  QVERIFY2(stage.textOf("vertexWhere").endsWith("vertex 6 (2 voxels)"),
           qPrintable(stage.textOf("vertexWhere")));
  QCOMPARE(stage.textOf("vertexR"), shownNumber(0.75 * 0.2 + 0.25 * 0.3));
  QCOMPARE(stage.textOf("vertexQ"), QString("0.900"));
  QCOMPARE(stage.controller().significant(1)[5], std::uint8_t(1));
  QCOMPARE(stage.controller().significant(1)[6], std::uint8_t(0));
  auto& plot = stage.find<QCustomPlot>("vertexPlot");
  QVERIFY(std::abs(plot.graph(0)->data()->at(4)->value -
                   double(0.75f * voxels(4, 1) + 0.25f * voxels(4, 2))) < 1e-5);
  stage.controller().setVertex(1, vertices - 1);
  QVERIFY(stage.textOf("vertexWhere").endsWith("(no voxel)"));
  QCOMPARE(stage.textOf("vertexR"), QString("–"));
  QCOMPARE(stage.textOf("vertexValue"), QString("–"));
  QVERIFY(!stage.window.picture().isNull());
  stage.controller().setVertex(0, 6);
  QVERIFY(!stage.textOf("vertexWhere").contains("voxel"));
}

int main(int argc, char** argv) {
  TestBrainsPanel test;
  return runWindowTest(test, argc, argv);
}
#include "tst_brains_panel.moc"
