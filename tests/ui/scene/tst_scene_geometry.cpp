// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Geometry>
#include <cmath>

#include "ellipsoid_cortex.h"
#include "scene/grid_layout.h"
#include "scene/region_borders.h"
#include "scene/view_pose.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;
using Eigen::Vector3f;

class TestSceneGeometry : public QObject {
  Q_OBJECT

 private slots:
  void viewsLookFromTheRightSide_data() {
    QTest::addColumn<int>("view");
    QTest::addColumn<Vector3f>("facing");   // brain direction that points to the viewer, left hemisphere
    QTest::addColumn<Vector3f>("upwards");  // brain direction that points up on screen
    const auto row = [](const char* name, View view, const Vector3f& facing, const Vector3f& up) {
      QTest::newRow(name) << static_cast<int>(view) << facing << up;
    };
    const Vector3f right = Vector3f::UnitX(), front = Vector3f::UnitY(), top = Vector3f::UnitZ();
    row("lateral", View::Lateral, -right, top);
    row("medial", View::Medial, right, top);
    row("dorsal", View::Dorsal, top, front);
    row("ventral", View::Ventral, -top, front);
    row("anterior", View::Anterior, front, top);
    row("posterior", View::Posterior, -front, top);
  }
  void viewsLookFromTheRightSide() {
    QFETCH(int, view);
    QFETCH(Vector3f, facing);
    QFETCH(Vector3f, upwards);
    const Eigen::Matrix3f rotation = rotationFor(static_cast<View>(view));
    QVERIFY((rotation * facing - Vector3f::UnitZ()).norm() < 1e-6f);
    QVERIFY((rotation * upwards - Vector3f::UnitY()).norm() < 1e-6f);
    QVERIFY2(std::abs(rotation.determinant() - 1) < 1e-6f, "left and right must not be swapped");
    const Eigen::Matrix3f other = mirrored(rotation);
    QVERIFY(std::abs(other.determinant() - 1) < 1e-6f);
    QVERIFY((other * Vector3f(-facing.x(), facing.y(), facing.z()) - Vector3f::UnitZ()).norm() < 1e-6f);
  }

  void turnFollowsTheMouse() {
    const Vector3f front = Vector3f::UnitZ();
    QVERIFY((screenTurn(10, 0) * front).x() > 0.1f);
    QVERIFY((screenTurn(0, 10) * front).y() > 0.1f);
    QVERIFY(std::abs((screenTurn(90, 0) * front).x() - 1) < 1e-6f);
  }

  void hemispheresNeverOverlap_data() {
    QTest::addColumn<int>("view");
    QTest::addColumn<bool>("inflated");
    QTest::addColumn<float>("turnedDeg");
    for (int view = 0; view < 6; ++view)
      for (const bool inflated : {false, true})
        for (const float turned : {0.0f, 37.0f, 200.0f})
          QTest::addRow("view %d %s turned %g", view, inflated ? "inflated" : "anatomical",
                        static_cast<double>(turned))
              << view << inflated << turned;
  }
  void hemispheresNeverOverlap() {
    QFETCH(int, view);
    QFETCH(bool, inflated);
    QFETCH(float, turnedDeg);
    const CortexShape shape = ellipsoidCortex(3);
    const Cortex& cortex = inflated ? *shape.inflated : shape.anatomical;
    const auto wanted = static_cast<View>(view);
    const Arrangement arrangement = arrangementOf(wanted, ShownHemispheres::Both);
    const Eigen::Matrix3f rotation = screenTurn(turnedDeg, turnedDeg / 2) * rotationFor(wanted);
    const BrainPose pose = poseBrain(cortex.left.points, cortex.right.points, rotation,
                                     ShownHemispheres::Both, arrangement, 8.0f);
    // Side by side: apart on screen. As one brain: apart along the axis from ear to ear, wherever it points.
    const Vector3f axis =
        arrangement == Arrangement::Mirrored ? Vector3f(Vector3f::UnitX()) : Vector3f(rotation.col(0));
    float leftMost = -1e9f, rightLeast = 1e9f, halfWidth = 0, halfHeight = 0, depth = 0;
    for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right})
      for (Index i = 0; i < cortex.hemisphere(side).vertexCount(); ++i) {
        const Vector3f place = (side == Hemisphere::Left ? pose.left : pose.right)
                                   .toView(cortex.hemisphere(side).points.row(i).transpose());
        if (side == Hemisphere::Left)
          leftMost = std::max(leftMost, place.dot(axis));
        else
          rightLeast = std::min(rightLeast, place.dot(axis));
        halfWidth = std::max(halfWidth, std::abs(place.x()));
        halfHeight = std::max(halfHeight, std::abs(place.y()));
        depth = std::max(depth, std::abs(place.z()));
      }
    QVERIFY2(rightLeast - leftMost > 1.9f, qPrintable(QString::number(rightLeast - leftMost)));
    QVERIFY(std::abs(2 * halfWidth - pose.widthMm) < 0.01f);
    QVERIFY(std::abs(2 * halfHeight - pose.heightMm) < 0.01f);
    QVERIFY(depth <= pose.depthMm);
  }

  void poseInvertsItself() {
    const Pose pose{screenTurn(20, 50), {3, -4, 5}};
    const Vector3f place(10, 20, 30);
    QVERIFY((pose.toBrain(pose.toView(place)) - place).norm() < 1e-4f);
  }

  void gridFillsTheWindow_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<double>("aspect");
    QTest::addColumn<bool>("compact");
    const std::array<std::array<int, 2>, 4> sizes{{{1280, 800}, {500, 900}, {300, 200}, {90, 70}}};
    for (const int count : {1, 2, 5, 8, 16})
      for (const auto& [width, height] : sizes)
        for (const double aspect : {0.7, 2.8})
          for (const bool compact : {true, false})
            QTest::addRow("%d in %dx%d, aspect %g, %s", count, width, height, aspect,
                          compact ? "compact" : "full")
                << count << width << height << aspect << compact;
  }
  void gridFillsTheWindow() {
    QFETCH(int, count);
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(double, aspect);
    QFETCH(bool, compact);
    const GridLayout layout = layOutGrid({count, width, height, 1.0, aspect, true, true, compact});
    QCOMPARE(std::ssize(layout.cells), static_cast<std::ptrdiff_t>(count));
    std::vector<PixelBox> boxes = layout.cells;
    boxes.insert(boxes.end(), layout.names.begin(), layout.names.end());
    boxes.push_back(layout.legend);
    for (const PixelBox& box : boxes) {
      QVERIFY(box.x >= 0 && box.y >= 0 && box.width >= 0 && box.height >= 0);
      QVERIFY(box.x + box.width <= width && box.y + box.height <= height);
    }
    for (std::size_t i = 0; i < boxes.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const bool apart =
            boxes[i].x + boxes[i].width <= boxes[j].x || boxes[j].x + boxes[j].width <= boxes[i].x ||
            boxes[i].y + boxes[i].height <= boxes[j].y || boxes[j].y + boxes[j].height <= boxes[i].y;
        QVERIFY2(apart, qPrintable(QString("boxes %1 and %2 overlap").arg(i).arg(j)));
      }
    QVERIFY(layout.cells.front().width > 0 && layout.cells.front().height > 0);
  }

  void gridIsTheLargestOne() {
    // Eight wide brains in a wide window: two columns beat all others; checked by trying each number of
    // columns.
    const GridLayout layout = layOutGrid({8, 1280, 800, 1.0, 2.8, false, false});
    const double chosen = std::min<double>(layout.cells[0].height, layout.cells[0].width / 2.8);
    for (int columns = 1; columns <= 8; ++columns) {
      const int rows = (8 + columns - 1) / columns;
      const double other = std::min(780.0 / rows, 1260.0 / columns / 2.8);
      QVERIFY2(chosen > 0.93 * other, qPrintable(QString("%1 columns are better").arg(columns)));
    }
  }

  void legendTakesAHoleThatIsThere() {
    // Three rows of three for eight brains: the ninth place is free, and the brains need not give way.
    const GridLayout layout = layOutGrid({8, 960, 420, 1.0, 2.4});
    QCOMPARE(layout.columns, 3);
    QCOMPARE(layout.legendSide, LegendSide::Hole);
    QCOMPARE(layout.legend.x, layout.cells[7].x + layout.cells[7].width);
    QVERIFY(layout.legend.width >= layout.cells[7].width);
    const GridLayout without = layOutGrid(
        {.brainCount = 8, .widthPx = 960, .heightPx = 420, .contentAspect = 2.4, .withLegend = false});
    QVERIFY(layout.cells[0].width >= without.cells[0].width);
    // Nine brains leave none.
    QVERIFY(layOutGrid({9, 960, 420, 1.0, 2.4}).legendSide != LegendSide::Hole);
  }

  void namesStayWithTheirBrains() {
    const GridLayout layout = layOutGrid({6, 900, 700, 1.0, 2.4});
    for (std::size_t i = 0; i < layout.cells.size(); ++i)
      QCOMPARE(layout.names[i].y + layout.names[i].height, layout.cells[i].y);
    // A row's names are nearer to it than to the next one.
    const int gap = layout.names[0].y - (layout.cells.back().y + layout.cells.back().height);
    QVERIFY(layout.rows < 2 || gap >= 0);
    const double brain = layout.cells[0].width / 2.4;
    QVERIFY2(layout.cells[0].height < 1.12 * brain, "no room between a brain and its name");
  }

  void borderOfOneRegionSurroundsIt() {
    const Surface sphere = icosphere(3);
    std::vector<std::int32_t> keys(static_cast<std::size_t>(sphere.vertexCount()));
    for (Index i = 0; i < sphere.vertexCount(); ++i)
      keys[static_cast<std::size_t>(i)] = sphere.points(i, 2) > 0.55f ? 7 : sphere.points(i, 0) > 0 ? 2 : 1;
    const std::vector<BorderLine> all = borderLines(sphere.triangles, keys);
    const std::vector<BorderLine> cap = borderLines(sphere.triangles, keys, 7);
    QVERIFY(cap.size() > 10 && all.size() > cap.size());
    double length = 0;
    for (const BorderLine& line : cap) {
      const Vector3f from = line.from.place(sphere.points), to = line.to.place(sphere.points);
      QVERIFY(std::abs(from.z() - 0.55f) < 0.15f);
      length += static_cast<double>((from - to).norm());
    }
    // A zigzag along the circle where z = 0.55: longer than it, and not by much.
    const double circle = 2 * M_PI * std::sqrt(1 - 0.55 * 0.55);
    QVERIFY2(length > 0.95 * circle && length < 1.5 * circle, qPrintable(QString::number(length / circle)));
    QVERIFY(borderLines(sphere.triangles, keys, 99).empty());
  }

  void threeRegionsMeetInTheMiddle() {
    Triangles triangle(1, 3);
    triangle << 0, 1, 2;
    Points points(3, 3);
    points << 0, 0, 0, 3, 0, 0, 0, 3, 0;
    const std::vector<std::int32_t> keys{1, 2, 3};
    const std::vector<BorderLine> lines = borderLines(triangle, keys);
    QCOMPARE(lines.size(), std::size_t{3});
    for (const BorderLine& line : lines) QVERIFY((line.to.place(points) - Vector3f(1, 1, 0)).norm() < 1e-6f);
  }
};

QTEST_APPLESS_MAIN(TestSceneGeometry)
#include "tst_scene_geometry.moc"
