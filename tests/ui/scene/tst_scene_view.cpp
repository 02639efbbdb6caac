// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/surfaces/surface_files.h"
#include "scene_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

class TestSceneView : public QObject {
  Q_OBJECT

 private slots:
  void pickFindsTheVertexOfThePixel_data() {
    QTest::addColumn<int>("view");
    QTest::addColumn<int>("shown");
    QTest::addColumn<float>("inflation");
    QTest::newRow("lateral, both") << 0 << 0 << 0.0f;
    QTest::newRow("medial, both, inflated") << 1 << 0 << 1.0f;
    QTest::newRow("dorsal, both, half inflated") << 2 << 0 << 0.5f;
    QTest::newRow("ventral, left") << 3 << 1 << 0.0f;
    QTest::newRow("anterior, right, inflated") << 4 << 2 << 1.0f;
  }

  void pickFindsTheVertexOfThePixel() {
    QFETCH(int, view);
    QFETCH(int, shown);
    QFETCH(float, inflation);
    Stage stage({"a", "b", "c", "d", "e"});
    stage.scene.setShownHemispheres(static_cast<ShownHemispheres>(shown));
    stage.scene.setView(static_cast<View>(view));
    stage.scene.setInflation(inflation);
    stage.scene.rotate(12, -7);
    stage.scene.zoom(1.3f);
    stage.scene.pan(5, -3);
    int found = 0, visible = 0;
    for (Index vertex = 0; vertex < stage.scene.vertexCount(); vertex += 11) {
      for (int brain = 0; brain < 5; ++brain) {
        const auto pixel = stage.scene.pixelOf({brain, vertex});
        if (!pixel) continue;
        const auto spot = stage.scene.pick((*pixel)[0], (*pixel)[1]);
        if (!spot) continue;  // beside the cell
        QCOMPARE(spot->brain, brain);
        ++visible;
        found += spot->vertex == vertex;
      }
    }
    // The other half of the vertices is on the back, where the one in front of it is found instead.
    QVERIFY2(visible > 300, qPrintable(QString::number(visible)));
    QVERIFY2(found > 0.42 * visible && found < 0.6 * visible,
             qPrintable(QString("%1 of %2").arg(found).arg(visible)));
  }

  void pickFindsEveryFacingVertex() {
    Stage stage;
    const Surface& left = stage.shape.anatomical.left;
    for (Index vertex = 0; vertex < left.vertexCount(); ++vertex) {
      if (left.points(vertex, 0) > -36 - 12) continue;  // clearly on the near side
      for (const int brain : {0, 1}) {
        const auto [x, y] = stage.scene.pixelOf({brain, vertex}).value();
        const auto spot = stage.scene.pick(x, y);
        QVERIFY(spot.has_value());
        QCOMPARE(*spot, (BrainSpot{brain, vertex}));
      }
    }
  }

  void pickOnARealFoldedCortex() {
    if (sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    const std::filesystem::path folder = sharedData() / "fsaverage5";
    CortexShape real;
    real.anatomical = {readSurface(folder / "pial_left.gii.gz"), readSurface(folder / "pial_right.gii.gz"),
                       "fsaverage5"};
    real.inflated = Cortex{readSurface(folder / "infl_left.gii.gz"),
                           readSurface(folder / "infl_right.gii.gz"), "fsaverage5"};
    Stage stage;
    stage.scene.setCortex(real);
    for (const float inflation : {0.0f, 1.0f}) {
      stage.scene.setInflation(inflation);
      stage.scene.rotate(20, 10);
      std::array<int, 2> hits{};
      for (int y = 3; y < kSize.heightPx; y += 7)
        for (int x = 3; x < kSize.widthPx; x += 7) {
          const auto spot = stage.scene.pick(x, y);
          if (!spot) continue;
          ++hits[static_cast<std::size_t>(spot->brain)];
          const auto back = stage.scene.pixelOf(*spot);
          // The nearest corner is at most half an edge (5 mm here) away.
          QVERIFY(!back || std::hypot((*back)[0] - x, (*back)[1] - y) < 6);
        }
      QVERIFY(hits[0] > 300 && std::abs(hits[0] - hits[1]) < hits[0] / 20);
    }
    stage.setAll(stage.constant(0.7f));
    QVERIFY(isRed(stage.at(stage.draw(), stage.scene.pick(100, 250).value())));
  }

  void pickBesideBrainsFindsNothing() {
    Stage stage;
    QVERIFY(!stage.scene.pick(1, 1).has_value());
    QVERIFY(!stage.scene.pick(-50, 1e6).has_value());
    QVERIFY(!stage.scene.pick(kSize.widthPx - 20, kSize.heightPx / 2).has_value());  // the legend
  }

  void picturesOfHemispheresDoNotTouch_data() {
    QTest::addColumn<int>("view");
    for (int view = 0; view < 2; ++view) QTest::addRow("view %d", view) << view;
  }

  void picturesOfHemispheresDoNotTouch() {
    QFETCH(int, view);
    Stage stage({"one"});
    stage.scene.setInflation(1);
    stage.scene.setView(static_cast<View>(view));
    stage.scene.rotate(25, 40);
    std::vector<float> values = stage.constant(1);
    std::fill(values.begin() + stage.shape.anatomical.left.vertexCount(), values.end(), -1.0f);
    stage.scene.setLegendShown(false);
    stage.setAll(values);
    const RgbImage image = stage.draw();
    int lastRed = 0, firstBlue = image.width;
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) {
        if (isRed(image.at(x, y))) lastRed = std::max(lastRed, x);
        if (isBlue(image.at(x, y))) firstBlue = std::min(firstBlue, x);
      }
    QVERIFY2(lastRed > 100 && firstBlue < image.width - 100, "both are in the picture");
    QVERIFY2(firstBlue > lastRed + 3, qPrintable(QString("%1 %2").arg(lastRed).arg(firstBlue)));
  }

  void allBrainsShareOneCamera() {
    Stage stage({"", ""});
    stage.scene.setLegendShown(false);
    stage.setAll(stage.patch(stage.leftFront, 25, 1, -0.3f));
    stage.scene.rotate(30, 10);
    stage.scene.zoom(1.5f);
    stage.scene.pan(6, 4);
    const RgbImage image = stage.draw();
    const Index side = stage.vertex(Hemisphere::Left, {-1, 0, 0});
    const auto a = stage.scene.pixelOf({0, side}).value(), b = stage.scene.pixelOf({1, side}).value();
    const int dx = static_cast<int>(std::lround(b[0] - a[0])),
              dy = static_cast<int>(std::lround(a[1] - b[1]));
    QVERIFY(dx != 0 || dy != 0);
    int different = 0, brainPixels = 0;
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) {
        const auto spot = stage.scene.pick(x + 0.5, image.height - y - 0.5);
        if (!spot || spot->brain != 0) continue;
        ++brainPixels;
        different += difference(image.at(x, y), image.at(x + dx, y + dy)) > 2;
      }
    QVERIFY2(brainPixels > 5000, qPrintable(QString::number(brainPixels)));
    QVERIFY2(different < brainPixels / 100, qPrintable(QString("%1 of %2").arg(different).arg(brainPixels)));
  }

  void resetUndoesAllMoves() {
    Stage stage;
    const RgbImage before = stage.draw();
    stage.scene.rotate(40, 20, Hemisphere::Right);
    stage.scene.zoom(2);
    stage.scene.pan(10, 10);
    QVERIFY(differingPixels(before, stage.draw()) > 1000);
    stage.scene.resetCamera();
    QCOMPARE(largestDifference(before, stage.draw()), 0);
  }

  void brainsStayInTheirCellsWhileTurned() {
    Stage stage({"one"});
    stage.scene.rotate(0, 90);
    for (Index vertex = 0; vertex < stage.scene.vertexCount(); ++vertex) {
      QVERIFY(stage.scene.pixelOf({0, vertex}).has_value());
    }
  }

  void markerIsOnEveryBrain() {
    Stage stage;
    const RgbImage without = stage.draw();
    stage.scene.setMarker(stage.rightFront);
    const RgbImage with = stage.draw();
    for (const int brain : {0, 1}) {
      const auto [x, y] = stage.scene.pixelOf({brain, stage.rightFront}).value();
      int changed = 0;
      for (int dy = -9; dy <= 9; ++dy)
        for (int dx = -9; dx <= 9; ++dx) {
          const int px = static_cast<int>(x) + dx, py = with.height - 1 - static_cast<int>(y) + dy;
          changed += difference(with.at(px, py), without.at(px, py)) > 30;
        }
      QVERIFY2(changed > 60, qPrintable(QString::number(changed)));
    }
    const int all = differingPixels(with, without);
    QVERIFY2(all < 500, qPrintable(QString::number(all)));
    stage.scene.setMarker(std::nullopt);
    QCOMPARE(largestDifference(stage.draw(), without), 0);
  }

  void markerOnTheFarSideIsHidden() {
    Stage stage;
    const RgbImage without = stage.draw();
    stage.scene.setMarker(stage.vertex(Hemisphere::Left, Vector3f(1, 0, 0)));
    QCOMPARE(largestDifference(stage.draw(), without), 0);
  }

  void bordersAreThinLines() {
    Stage stage;
    Parcellation regions;
    regions.regions = {{1, "front"}, {2, "back"}};
    for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right})
      for (Index i = 0; i < stage.shape.anatomical.hemisphere(side).vertexCount(); ++i)
        regions.keys.push_back(stage.shape.anatomical.hemisphere(side).points(i, 1) > 0 ? 1 : 2);
    const RgbImage without = stage.draw();
    stage.scene.setRegions(regions);
    QCOMPARE(largestDifference(stage.draw(), without), 0);
    stage.scene.setBorders(Borders::AllRegions);
    const RgbImage with = stage.draw();
    const int changed = differingPixels(with, without);
    QVERIFY2(changed > 150 && changed < 2500, qPrintable(QString::number(changed)));
    stage.scene.setBorders(Borders::OneRegion, "front");
    QVERIFY(differingPixels(stage.draw(), with) < 20);
    stage.scene.setBorders(Borders::OneRegion, "no such region");
    QCOMPARE(largestDifference(stage.draw(), without), 0);
  }

  void sceneCanMoveToAnotherWindow() {
    Stage stage;
    stage.setAll(stage.patch(stage.leftFront, 25, 1, -0.3f));
    const RgbImage first = stage.draw();
    stage.window.reset();
    stage.window = std::make_unique<OffscreenWindow>(stage.scene);
    QCOMPARE(largestDifference(stage.draw(), first), 0);
    stage.setAll(stage.constant(-1));
    QVERIFY(isBlue(stage.at(stage.draw(), {1, stage.leftFront})));
  }
};

QTEST_GUILESS_MAIN(TestSceneView)
#include "tst_scene_view.moc"
