#include <cmath>
#include <limits>
#include <numeric>

#include "ellipsoid_cortex.h"
#include "io/surface_files.h"
#include "scene/snapshot.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;
using Eigen::Vector3f;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr ImageSize kSize{600, 400, 1.0, 1};
using Rgb = std::array<std::uint8_t, 3>;

bool isRed(const Rgb& c) {
  return c[0] > c[1] + 60 && c[0] > c[2] + 60;
}
bool isBlue(const Rgb& c) {
  return c[2] > c[0] + 50;
}
bool isGrey(const Rgb& c) {
  return std::abs(c[0] - c[1]) <= 2 && std::abs(c[1] - c[2]) <= 2 && c[0] > 40 && c[0] < 235;
}
int difference(const Rgb& a, const Rgb& b) {
  return std::max({std::abs(a[0] - b[0]), std::abs(a[1] - b[1]), std::abs(a[2] - b[2])});
}
int largestDifference(const RgbImage& a, const RgbImage& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}
int differingPixels(const RgbImage& a, const RgbImage& b) {
  int count = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) count += difference(a.at(x, y), b.at(x, y)) > 8;
  return count;
}
QByteArray words(const Rgb& c) {
  return QString("%1 %2 %3").arg(c[0]).arg(c[1]).arg(c[2]).toLatin1();
}

/// A scene of two ellipsoid brains in an invisible window.
struct Stage {
  explicit Stage(std::vector<std::string> names = {"sub-01", "sub-02"}) {
    scene.setCortex(shape);
    scene.setBrains(names);
    scene.setSmoothEdges(false);
    scene.resize(kSize.widthPx, kSize.heightPx, 1.0);
    window = std::make_unique<OffscreenWindow>(scene);
  }
  RgbImage draw() { return window->draw(kSize); }
  void setAll(const std::vector<float>& values) {
    for (int brain = 0; brain < scene.brainCount(); ++brain) scene.setValues(brain, values);
  }
  /// Colour drawn at a vertex.
  Rgb at(const RgbImage& image, BrainSpot spot) const {
    const auto [x, y] = scene.pixelOf(spot).value();
    return image.at(static_cast<int>(x), image.height - 1 - static_cast<int>(y));
  }
  Index vertex(Hemisphere side, const Vector3f& direction) const {
    return shape.anatomical.firstVertex(side) + vertexTowards(shape.anatomical.hemisphere(side), direction);
  }
  std::vector<float> constant(float value) const {
    return std::vector<float>(static_cast<std::size_t>(scene.vertexCount()), value);
  }
  /// Value of every vertex within `radiusMm` of one, `otherwise` elsewhere.
  std::vector<float> patch(Index centre, float radiusMm, float value, float otherwise) const {
    std::vector<float> values = constant(otherwise);
    const Hemisphere side = shape.anatomical.sideOf(centre);
    const Points& points = shape.anatomical.hemisphere(side).points;
    const Index first = shape.anatomical.firstVertex(side);
    for (Index i = 0; i < points.rows(); ++i)
      if ((points.row(i) - points.row(centre - first)).norm() <= radiusMm)
        values[static_cast<std::size_t>(first + i)] = value;
    return values;
  }

  CortexShape shape = ellipsoidCortex();
  CortexScene scene;
  std::unique_ptr<OffscreenWindow> window;
  Index leftFront = vertex(Hemisphere::Left, {-1, 0.5f, 0.3f});
  Index rightFront = vertex(Hemisphere::Right, {1, 0.5f, 0.3f});
  Index leftBack = vertex(Hemisphere::Left, {-1, -0.5f, 0.3f});
};

}  // namespace

class TestCortexScene : public QObject {
  Q_OBJECT

 private slots:
  void signsHaveTheirColorsAndSides() {
    Stage stage;
    std::vector<float> values = stage.patch(stage.leftFront, 15, 1, 0);
    const std::vector<float> right = stage.patch(stage.rightFront, 15, -1, 0);
    std::transform(values.begin(), values.end(), right.begin(), values.begin(), std::plus<>());
    stage.scene.setValues(0, values);
    for (float& value : values) value = -value;
    stage.scene.setValues(1, values);
    const RgbImage image = stage.draw();
    for (const int brain : {0, 1}) {
      const Rgb left = stage.at(image, {brain, stage.leftFront}),
                mirror = stage.at(image, {brain, stage.rightFront});
      QVERIFY2(brain == 0 ? isRed(left) : isBlue(left), words(left));
      QVERIFY2(brain == 0 ? isBlue(mirror) : isRed(mirror), words(mirror));
    }
    // Lateral: the noses point outwards, away from the other hemisphere.
    QVERIFY(stage.scene.pixelOf({0, stage.leftFront})->at(0) <
            stage.scene.pixelOf({0, stage.leftBack})->at(0));
    QVERIFY(stage.scene.pixelOf({0, stage.leftBack})->at(0) <
            stage.scene.pixelOf({0, stage.rightFront})->at(0));
  }

  void missingValuesShowTheUnderlay_data() {
    QTest::addColumn<float>("missing");
    QTest::newRow("NaN") << kNaN;
    QTest::newRow("infinity") << std::numeric_limits<float>::infinity();
    QTest::newRow("minus infinity") << -std::numeric_limits<float>::infinity();
  }
  void missingValuesShowTheUnderlay() {
    QFETCH(float, missing);
    Stage stage;
    for (const ColorMap map : {ColorMap::BlueWhiteRed, ColorMap::Inferno}) {
      stage.scene.setColorScale({.map = map});
      stage.setAll(stage.patch(stage.leftFront, 15, missing, 1));
      const RgbImage image = stage.draw();
      const Rgb hole = stage.at(image, {0, stage.leftFront}), beside = stage.at(image, {0, stage.leftBack});
      QVERIFY2(isGrey(hole), words(hole));
      QVERIFY2(!isGrey(beside), words(beside));
    }
  }

  void brainsWithoutValuesAreGrey() {
    Stage stage;
    const RgbImage image = stage.draw();
    QVERIFY2(isGrey(stage.at(image, {1, stage.leftFront})), words(stage.at(image, {1, stage.leftFront})));
  }

  void underlayShowsSulci() {
    Stage stage;
    stage.shape.sulcalDepth =
        Eigen::Map<const VectorF>(stage.patch(stage.leftFront, 20, 2, -1).data(), stage.scene.vertexCount());
    stage.scene.setCortex(stage.shape);
    const RgbImage image = stage.draw();
    const Rgb sulcus = stage.at(image, {0, stage.leftFront}), gyrus = stage.at(image, {0, stage.leftBack});
    QVERIFY2(isGrey(sulcus) && isGrey(gyrus) && sulcus[0] + 25 < gyrus[0],
             words(sulcus) + " and " + words(gyrus));
  }

  void legendIsDrawn() {
    Stage stage;
    stage.scene.setColorScale({.name = "Response", .unit = "z"});
    const RgbImage with = stage.draw();
    const auto colored = [](const RgbImage& image) {
      std::array<int, 2> count{};
      for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x) {
          count[0] += isRed(image.at(x, y));
          count[1] += isBlue(image.at(x, y));
        }
      return count;
    };
    // The brains have no values, so all colour is the legend's.
    QVERIFY(colored(with)[0] > 300 && colored(with)[1] > 300);
    stage.scene.setLegendShown(false);
    const RgbImage without = stage.draw();
    QCOMPARE(colored(without)[0] + colored(without)[1], 0);
    stage.scene.setLegendShown(true);
    QCOMPARE(largestDifference(stage.draw(), with), 0);
  }

  void namesAreDrawn() {
    Stage named({"sub-01", "sub-02"}), other({"sub-01", "sub-99"});
    const RgbImage a = named.draw(), b = other.draw();
    const int changed = differingPixels(a, b);
    QVERIFY2(changed > 10 && changed < 500, qPrintable(QString::number(changed)));
  }

  void directUploadEqualsRebuild() {
    Stage stage;
    stage.setAll(stage.patch(stage.leftFront, 15, 1, -0.2f));
    const RgbImage before = stage.draw();
    const std::vector<float> values = stage.patch(stage.rightFront, 20, 0.7f, kNaN);
    stage.setAll(values);
    const RgbImage direct = stage.draw();
    stage.scene.rebuild();
    const RgbImage rebuilt = stage.draw();
    Stage fresh;
    fresh.setAll(values);
    QVERIFY(differingPixels(before, direct) > 1000);
    QCOMPARE(largestDifference(direct, rebuilt), 0);
    QCOMPARE(largestDifference(direct, fresh.draw()), 0);
  }

  void directUploadOutlivesAMorph() {
    Stage stage;
    stage.draw();
    const std::vector<float> values = stage.patch(stage.leftFront, 15, 1, -0.2f);
    stage.setAll(values);
    stage.draw();
    stage.scene.setInflation(1);
    Stage fresh;
    fresh.setAll(values);
    fresh.scene.setInflation(1);
    QCOMPARE(largestDifference(stage.draw(), fresh.draw()), 0);
  }

  void blendIsAMeanOfValues() {
    Stage stage;
    const std::vector<float> now = stage.patch(stage.leftFront, 25, 1, -0.5f);
    const std::vector<float> next = stage.patch(stage.leftBack, 25, 0.8f, 0.1f);
    std::vector<float> half(now.size());
    for (std::size_t i = 0; i < half.size(); ++i) half[i] = 0.5f * (now[i] + next[i]);
    for (const int brain : {0, 1}) stage.scene.setValues(brain, now, next);
    const RgbImage start = stage.draw();
    stage.scene.setBlend(0.5f);
    const RgbImage blended = stage.draw();
    stage.scene.setBlend(1);
    const RgbImage end = stage.draw();
    stage.setAll(half);
    QVERIFY(largestDifference(stage.draw(), blended) <= 1);
    stage.setAll(now);
    QVERIFY(largestDifference(stage.draw(), start) <= 1);
    stage.setAll(next);
    QVERIFY(largestDifference(stage.draw(), end) <= 1);
    QVERIFY(differingPixels(start, blended) > 1000 && differingPixels(end, blended) > 1000);
  }

  void missingNextValueOnlyCountsBetween() {
    Stage stage;
    for (const int brain : {0, 1}) stage.scene.setValues(brain, stage.constant(1), stage.constant(kNaN));
    QVERIFY(isRed(stage.at(stage.draw(), {0, stage.leftFront})));
    stage.scene.setBlend(0.25f);
    QVERIFY(isGrey(stage.at(stage.draw(), {0, stage.leftFront})));
  }

  void thresholdFadesOrHides() {
    Stage stage;
    ColorScale scale{.threshold = 0.8f};
    const RgbImage underlay = stage.draw();
    stage.setAll(stage.constant(0.4f));
    stage.scene.setColorScale(scale);
    const Rgb grey = stage.at(underlay, {0, stage.leftFront}),
              faded = stage.at(stage.draw(), {0, stage.leftFront});
    scale.belowThreshold = BelowThreshold::Hide;
    stage.scene.setColorScale(scale);
    const Rgb hidden = stage.at(stage.draw(), {0, stage.leftFront});
    scale.threshold = 0.39f;
    stage.scene.setColorScale(scale);
    const Rgb full = stage.at(stage.draw(), {0, stage.leftFront});
    QVERIFY2(difference(hidden, grey) <= 1, words(hidden));
    const auto warmth = [](const Rgb& c) { return c[0] - c[2]; };
    QVERIFY2(warmth(faded) > 5 && warmth(faded) < warmth(full) - 15, words(faded) + " and " + words(full));
    scale.opacity = 0;
    stage.scene.setColorScale(scale);
    QVERIFY(difference(stage.at(stage.draw(), {0, stage.leftFront}), grey) <= 1);
  }

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

  void backgroundIsOpaquePaperOrBlack() {
    Stage stage;
    QCOMPARE(stage.draw().at(0, 0), (Rgb{255, 255, 255}));
    stage.scene.setBackground(Background::Black);
    const RgbImage image = stage.draw();
    QCOMPARE(image.at(0, 0), (Rgb{0, 0, 0}));
    int bright = 0;
    for (int y = image.height - 45; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) bright += image.at(x, y)[0] > 150;
    QVERIFY2(bright > 10, "words are bright on black");
  }

  void scaleEnlargesEverything() {
    Stage stage;
    stage.setAll(stage.patch(stage.leftFront, 25, 1, -0.3f));
    const RgbImage small = stage.window->draw({600, 400, 1.0, 2});
    const RgbImage large = stage.window->draw({600, 400, 2.0, 1});
    QCOMPARE(large.width, 1200);
    QCOMPARE(large.height, 800);
    double sum = 0;
    for (int y = 0; y < small.height; ++y)
      for (int x = 0; x < small.width; ++x)
        for (std::size_t c = 0; c < 3; ++c) {
          const int mean = (large.at(2 * x, 2 * y)[c] + large.at(2 * x + 1, 2 * y)[c] +
                            large.at(2 * x, 2 * y + 1)[c] + large.at(2 * x + 1, 2 * y + 1)[c] + 2) /
                           4;
          sum += std::abs(mean - small.at(x, y)[c]);
        }
    QCOMPARE(sum, 0.0);
  }

  void picturesLeaveTheSceneAsItWas() {
    Stage stage;
    const auto before = stage.scene.pixelOf({1, stage.leftFront}).value();
    stage.window->draw({333, 777, 1.5, 2});
    QCOMPARE(stage.scene.pixelOf({1, stage.leftFront}).value(), before);
  }

  void pngHoldsThePicture() {
    Stage stage;
    const RgbImage image = stage.draw();
    QTemporaryDir folder;
    const std::string file = folder.filePath("picture.png").toStdString();
    writePng(file, image);
    QFile written(QString::fromStdString(file));
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray head = written.read(24);
    QCOMPARE(head.mid(1, 3), QByteArray("PNG"));
    QCOMPARE(
        static_cast<int>(static_cast<unsigned char>(head[18])) * 256 + static_cast<unsigned char>(head[19]),
        600);
    EXPECT_ERROR(ErrorCode::BadShape, writePng(file, RgbImage{}), "picture.png", "empty");
  }

  void badInputIsRefused() {
    Stage stage;
    const std::vector<float> few(7, 0.0f);
    const std::string count = std::to_string(stage.scene.vertexCount());
    EXPECT_ERROR(ErrorCode::BadShape, stage.scene.setValues(1, few), "brain 1", count, "7");
    EXPECT_ERROR(ErrorCode::BadValue, stage.scene.setValues(2, stage.constant(0)), "brain 2", "among 2");
    EXPECT_ERROR(ErrorCode::BadValue, stage.scene.setBrains(std::vector<std::string>(17)), "16", "17");
    Parcellation regions;
    regions.keys.resize(3);
    EXPECT_ERROR(ErrorCode::BadShape, stage.scene.setRegions(regions), "3", count);
    CortexShape shape = stage.shape;
    shape.sulcalDepth = VectorF::Zero(5);
    EXPECT_ERROR(ErrorCode::BadShape, stage.scene.setCortex(shape), "sulcal depth", "5", count);
    shape = stage.shape;
    shape.inflated->right = icosphere(1);
    EXPECT_ERROR(ErrorCode::BadShape, stage.scene.setCortex(shape), "right inflated", "42", "2562");
    EXPECT_ERROR(ErrorCode::BadShape, CortexScene().setBrains({"a"}), "cortex");
    EXPECT_ERROR(ErrorCode::BadShape, CortexScene().setCortex({}), "no vertices");
    stage.draw();  // still whole
  }

  void impossiblePicturesAreRefused_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<double>("scale");
    QTest::addColumn<QString>("word");
    QTest::newRow("empty") << 0 << 1.0 << "empty";
    QTest::newRow("negative") << -5 << 1.0 << "empty";
    QTest::newRow("scale 0") << 100 << 0.0 << "empty";
    QTest::newRow("NaN scale") << 100 << static_cast<double>(kNaN) << "empty";
    QTest::newRow("too wide") << 20000 << 1.0 << "too large";
    QTest::newRow("scaled too wide") << 2000 << 1e9 << "too large";
  }
  void impossiblePicturesAreRefused() {
    QFETCH(int, width);
    QFETCH(double, scale);
    QFETCH(QString, word);
    Stage stage;
    EXPECT_ERROR(ErrorCode::BadValue, stage.window->draw({width, 100, scale, 1}), word.toStdString());
  }

  void withoutDisplayThereIsAnErrorAndNoCrash() {
    const QByteArray display = qgetenv("DISPLAY");
    CortexScene scene;
    qunsetenv("DISPLAY");
    EXPECT_ERROR(ErrorCode::Unsupported, OffscreenWindow{scene}, "X display", "DISPLAY is not set");
    qputenv("DISPLAY", ":4711");
    EXPECT_ERROR(ErrorCode::Unsupported, OffscreenWindow{scene}, "\":4711\" does not answer");
    qputenv("DISPLAY", display);
    QVERIFY(drawingProblem().empty());
  }

  void brainsCanBeReplaced() {
    Stage stage;
    stage.setAll(stage.constant(1));
    stage.draw();
    stage.scene.setBrains({"a", "b", "c"});
    QVERIFY(isGrey(stage.at(stage.draw(), {2, stage.leftFront})));
    stage.scene.setValues(2, stage.constant(1));
    QVERIFY(isRed(stage.at(stage.draw(), {2, stage.leftFront})));
    stage.scene.setBrains({});
    stage.draw();
    stage.shape = ellipsoidCortex(2);
    stage.scene.setBrains({"again"});
    stage.scene.setCortex(stage.shape);
    QCOMPARE(stage.scene.vertexCount(), Index{2 * 162});
    QCOMPARE(stage.scene.brainCount(), 1);
    stage.draw();
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

QTEST_GUILESS_MAIN(TestCortexScene)
#include "tst_cortex_scene.moc"
