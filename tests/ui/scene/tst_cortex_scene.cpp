// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

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

  void maskedVerticesShowTheUnderlay() {
    Stage stage;
    const Rgb grey = stage.at(stage.draw(), {0, stage.leftFront});
    stage.setAll(stage.constant(1));
    const Rgb red = stage.at(stage.draw(), {0, stage.leftFront});
    const std::vector<float> patch = stage.patch(stage.leftFront, 20, 0, 1);
    const std::vector<std::uint8_t> shown(patch.begin(), patch.end());
    stage.scene.setMask(0, shown);
    const RgbImage masked = stage.draw();
    QVERIFY(difference(stage.at(masked, {0, stage.leftFront}), grey) <= 1);
    QVERIFY(isRed(stage.at(masked, {0, stage.leftBack})));
    QVERIFY(difference(stage.at(masked, {1, stage.leftFront}), red) <=
            1);                        // each person has a mask of their own
    stage.setAll(stage.constant(-1));  // new values do not lift it
    QVERIFY(difference(stage.at(stage.draw(), {0, stage.leftFront}), grey) <= 1);
    stage.scene.setMask(0, {});
    QVERIFY(isBlue(stage.at(stage.draw(), {0, stage.leftFront})));
    const std::vector<std::uint8_t> few(7, 1);
    EXPECT_ERROR(ErrorCode::BadShape, stage.scene.setMask(1, few), "mask of brain 1", "7");
    EXPECT_ERROR(ErrorCode::BadValue, stage.scene.setMask(2, {}), "brain 2");
  }

  void noteIsPartOfTheLegend() {
    Stage stage;
    stage.scene.setColorScale({.name = "Response", .unit = "z"});
    const RgbImage without = stage.draw();
    stage.scene.setColorScale({.name = "Response", .unit = "z", .note = "only q < 0.05"});
    QVERIFY(differingPixels(stage.draw(), without) > 30);
    stage.scene.setColorScale({.name = "Response", .unit = "z"});
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
    const std::string count = textOf(stage.scene.vertexCount());
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
};

QTEST_GUILESS_MAIN(TestCortexScene)
#include "base/text.h"
#include "tst_cortex_scene.moc"
