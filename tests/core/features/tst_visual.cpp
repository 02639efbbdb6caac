// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <atomic>

#include "core/networks/plain_network.h"
#include "core/networks/small_onnx.h"
#include "features/picture_input.h"
#include "features/visual.h"
#include "support/expect.h"
#include "support/make_media.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

VideoFrame pictureOf(int width, int height, const std::function<int(int x, int y, int channel)>& pixel) {
  VideoFrame frame{width, height, 0, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int channel = 0; channel < 3; ++channel)
        frame.rgb.push_back(static_cast<std::uint8_t>(pixel(x, y, channel)));
  return frame;
}

/// All of a film's samples in one piece.
std::vector<LayerFeatures> visualFeatures(VideoReader& film, const TimeAxis& times, Network& network,
                                          const VisualOptions& options, const Job& job) {
  std::vector<LayerFeatures> whole;
  cortexscope::visualFeatures(
      film, times, network, options,
      [&](const std::vector<LayerFeatures>& piece) {
        if (whole.empty()) whole.resize(piece.size());
        for (std::size_t i = 0; i < piece.size(); ++i) {
          MatrixF& values = whole[i].values;
          whole[i].layer = piece[i].layer;
          values.conservativeResize(values.rows() + piece[i].values.rows(), piece[i].values.cols());
          values.bottomRows(piece[i].values.rows()) = piece[i].values;
        }
      },
      job);
  return whole;
}

}  // namespace

class TestVisual : public QObject {
  Q_OBJECT

 private slots:
  void gridMeansCountEveryValueOnce();
  void gridSideStaysBelowTheLimit_data();
  void gridSideStaysBelowTheLimit();
  void picturesKeepTheirSizeOrAreMeans();
  void enlargedPicturesAreBilinear();
  void channelsMeanAndScaleAreApplied();
  void badPicturesAreRefused();
  void featuresOfAFilmAreThoseComputedByHand();
  void samplesAverageTheirPictures();
  void threadsDoNotChangeTheBits();
  void wrongOptionsAreRefused();
  void infinitiesNameLayerAndTime();
  void workCanBeCancelled();

 private:
  std::filesystem::path file(const std::string& name) const {
    return m_folder.path().toStdString() + "/" + name;
  }
  /// Film of `seconds` pictures a second apart that shows four coloured fields.
  std::filesystem::path quadrants(int seconds);
  std::filesystem::path numbers(int pictures);
  Network network(int side, const std::function<void(OnnxModel&, NetworkInfo&)>& change = {});
  QTemporaryDir m_folder;
};

std::filesystem::path TestVisual::quadrants(int seconds) {
  FilmSpec spec;
  spec.codec = "ffv1";
  spec.pictures = FilmSpec::Pictures::Quadrants;
  spec.width = 64;
  spec.height = 32;
  spec.times = evenTimes(seconds, 1000);
  writeFilm(file("quadrants.mkv"), spec);
  return file("quadrants.mkv");
}

std::filesystem::path TestVisual::numbers(int pictures) {
  FilmSpec spec;
  spec.codec = "ffv1";
  spec.times = evenTimes(pictures, 500);
  writeFilm(file("numbers.mkv"), spec);
  return file("numbers.mkv");
}

Network TestVisual::network(int side, const std::function<void(OnnxModel&, NetworkInfo&)>& change) {
  OnnxModel model = smallPictureModel(side);
  NetworkInfo info = smallPictureInfo(side);
  if (change) change(model, info);
  writeOnnx(file("network.onnx"), described(std::move(model), info));
  return Network(file("network.onnx"));
}

void TestVisual::gridMeansCountEveryValueOnce() {
  // 1 channel of 5 x 4: rows 0-1 and 2-4 make the cells.
  std::vector<float> map(20);
  for (std::size_t i = 0; i < 20; ++i) map[i] = static_cast<float>(i);
  QCOMPARE(gridMeans(map, {1, 5, 4}, 2), (std::vector<float>{2.5f, 4.5f, 12.5f, 14.5f}));
  QCOMPARE(gridMeans(map, {1, 5, 4}, 1), std::vector<float>{9.5f});
  QCOMPARE(gridMeans(map, {1, 5, 4}, 9), map);
  QCOMPARE(gridMeans(map, {5, 2, 2}, 1), (std::vector<float>{1.5f, 5.5f, 9.5f, 13.5f, 17.5f}));
  QCOMPARE(gridMeans(map, {20}, 1), map);
}

void TestVisual::gridSideStaysBelowTheLimit_data() {
  QTest::addColumn<int>("channels");
  QTest::addColumn<int>("most");
  QTest::addColumn<int>("side");
  QTest::newRow("64 channels") << 64 << 12544 << 14;
  QTest::newRow("256 channels") << 256 << 12544 << 7;
  QTest::newRow("1024 channels") << 1024 << 12544 << 3;
  QTest::newRow("exact") << 4 << 16 << 2;
  QTest::newRow("one short") << 4 << 15 << 1;
  QTest::newRow("more channels than values") << 100 << 10 << 1;
}

void TestVisual::gridSideStaysBelowTheLimit() {
  QFETCH(int, channels);
  QFETCH(int, most);
  QTEST(gridSide(channels, most), "side");
}

void TestVisual::picturesKeepTheirSizeOrAreMeans() {
  NetworkInfo info = smallPictureInfo(4);
  const auto pattern = [](int x, int y, int channel) { return 10 * y + x + 50 * channel; };
  const std::vector<float> same = pictureInput(pictureOf(4, 4, pattern), info);
  for (int channel = 0; channel < 3; ++channel)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 4; ++x)
        QCOMPARE(same[static_cast<std::size_t>((channel * 4 + y) * 4 + x)], float(pattern(x, y, channel)));
  // Halved: each target pixel sees four columns with weights 1, 3, 3, 1 (of 8); a ramp stays a ramp inside.
  info = smallPictureInfo(4);
  const std::vector<float> half = pictureInput(pictureOf(8, 8, [](int x, int, int) { return 10 * x; }), info);
  QVERIFY(std::abs(half[1] - 25) < 1e-4f);
  QVERIFY(std::abs(half[2] - 45) < 1e-4f);
  // At the rim the missing column's share goes to the others: (3 * 0 + 3 * 10 + 1 * 20) / 7.
  QVERIFY(std::abs(half[0] - 50.0f / 7) < 1e-4f);
  // A film twice as wide as high is squeezed, nothing is cut off: every column counts.
  const VideoFrame wide = pictureOf(16, 4, [](int x, int, int) { return x == 0 ? 255 : 0; });
  QVERIFY(pictureInput(wide, info)[0] > 20);
}

void TestVisual::enlargedPicturesAreBilinear() {
  const NetworkInfo info = smallPictureInfo(4);
  const std::vector<float> input =
      pictureInput(pictureOf(2, 1, [](int x, int, int) { return 100 * x; }), info);
  const std::vector<float> row{0, 25, 75, 100};
  for (std::size_t i = 0; i < 16; ++i) QVERIFY(std::abs(input[i] - row[i % 4]) < 1e-4f);
}

void TestVisual::channelsMeanAndScaleAreApplied() {
  NetworkInfo info = smallPictureInfo(1);
  info.channelOrder = "BGR";
  info.mean = {1, 2, 3};
  info.scale = {10, 100, 1000};
  const VideoFrame picture =
      pictureOf(1, 1, [](int, int, int channel) { return 40 + channel; });  // R 40, G 41, B 42
  QCOMPARE(pictureInput(picture, info), (std::vector<float>{410, 3900, 37000}));
}

void TestVisual::badPicturesAreRefused() {
  const NetworkInfo info = smallPictureInfo(4);
  EXPECT_ERROR(ErrorCode::BadShape, pictureInput(VideoFrame{2, 2, 0, std::vector<std::uint8_t>(11)}, info),
               "2 x 2", "11");
  EXPECT_ERROR(ErrorCode::BadShape, pictureInput(VideoFrame{}, info), "0 x 0");
  NetworkInfo speech = info;
  speech.kind = "speech";
  EXPECT_ERROR(ErrorCode::BadValue, pictureInput(pictureOf(1, 1, [](int, int, int) { return 0; }), speech),
               "no pictures");
}

void TestVisual::featuresOfAFilmAreThoseComputedByHand() {
  VideoReader film(quadrants(4));
  Network net = network(8);
  const TimeAxis times{0, 2, 3};  // the last sample lies past the film's end
  VisualOptions options;
  options.maxValuesPerLayer = 8;  // 2 channels: a 2 x 2 grid
  const auto features = visualFeatures(film, times, net, options, Job{});
  QCOMPARE(features.size(), std::size_t{3});
  QCOMPARE(features[0].layer, std::string("sum"));
  QCOMPARE(features[0].values.rows(), Index{3});
  QCOMPARE(features[0].values.cols(), Index{8});
  QCOMPARE(features[1].values.cols(), Index{2});
  QCOMPARE(features[2].values.cols(), Index{3});

  // The same from the decoder's picture, with plain loops: the network is (R + 10 G + 100 B, 5 - R) cut at 0.
  const VideoFrame frame = film.frameAt(0);
  const Map input = mapFrom(8, 8, 3, pictureInput(frame, net.info()));
  for (int channel = 0; channel < 2; ++channel)
    for (int cell = 0; cell < 4; ++cell) {
      double mean = 0;
      for (int y = cell / 2 * 4; y < cell / 2 * 4 + 4; ++y)
        for (int x = cell % 2 * 4; x < cell % 2 * 4 + 4; ++x) {
          const double r = input.at(y, x, 0), g = input.at(y, x, 1), b = input.at(y, x, 2);
          mean += std::max(0.0, channel == 0 ? r + 10 * g + 100 * b : 5 - r) / 16;
        }
      for (Index sample = 0; sample < 3; ++sample) {
        const double found = features[0].values(sample, channel * 4 + cell);
        QVERIFY2(std::abs(found - mean) <= 1e-4 * std::max(1.0, mean), textOf(found).c_str());
      }
    }
  // Red, green, blue and white fields of about 255: R, 10 G, 100 B, 111 x 255, mixed a little at the borders.
  const auto sum = features[0].values.row(0);
  QVERIFY(sum(0) < sum(1) && sum(1) < sum(2) && sum(2) < sum(3));
  QVERIFY(std::abs(sum.head(4).mean() - 0.25 * (1 + 10 + 100 + 111) * 255) < 0.05 * 0.25 * 222 * 255);
  QVERIFY(std::abs(features[1].values(0, 0) - sum.head(4).mean()) < 1);
}

void TestVisual::samplesAverageTheirPictures() {
  VideoReader film(numbers(12));  // 2 pictures a second
  Network net = network(16);
  VisualOptions options;
  options.layers = {"pool"};
  const auto single = visualFeatures(film, {0, 0.5, 12}, net, {{"pool"}, 1, 12544, 1}, Job{});
  const auto pairs = visualFeatures(film, {1, 1, 4}, net, options, Job{});
  QVERIFY(test::largestDifference(single[0].values.row(2), single[0].values.row(3)) > 1);
  for (Index sample = 0; sample < 4; ++sample) {
    const VectorF mean =
        0.5f * (single[0].values.row(2 * sample + 2) + single[0].values.row(2 * sample + 3)).transpose();
    QVERIFY(test::largestDifference(pairs[0].values.row(sample).transpose(), mean) < 1e-2f);
  }
}

void TestVisual::threadsDoNotChangeTheBits() {
  VideoReader film(numbers(20));
  Network net = network(16);
  VisualOptions options;
  options.threadCount = 1;
  const auto one = visualFeatures(film, {0, 0.7, 11}, net, options, Job{});
  for (const int threads : {2, 3}) {
    options.threadCount = threads;
    const auto several = visualFeatures(film, {0, 0.7, 11}, net, options, Job{});
    for (std::size_t i = 0; i < one.size(); ++i) QVERIFY(one[i].values == several[i].values);
  }
}

void TestVisual::wrongOptionsAreRefused() {
  VideoReader film(quadrants(2));
  Network net = network(4);
  EXPECT_ERROR(ErrorCode::BadValue, visualFeatures(film, {0, 1, 1}, net, {{"fc9"}, 2, 100, 1}, Job{}), "fc9",
               "sum, pool, logits");
  EXPECT_ERROR(ErrorCode::BadValue, visualFeatures(film, {0, 1, 1}, net, {{}, 0, 100, 1}, Job{}), "pictures",
               "0");
  EXPECT_ERROR(ErrorCode::BadValue, visualFeatures(film, {0, 1, 1}, net, {{}, 1, 0, 1}, Job{}), "values",
               "0");
  EXPECT_ERROR(ErrorCode::BadValue, visualFeatures(film, {0, 0, 1}, net, {}, Job{}), "times");
  QVERIFY(visualFeatures(film, {0, 1, 0}, net, {}, Job{}).empty());
}

void TestVisual::infinitiesNameLayerAndTime() {
  VideoReader film(quadrants(2));
  Network net = network(4, [](OnnxModel& model, NetworkInfo&) {
    model.initializers[0].values = std::vector<float>{3e38f, 3e38f, 3e38f, 0, 0, 0};
  });
  EXPECT_ERROR(ErrorCode::BadValue, visualFeatures(film, {0, 1, 1}, net, {{}, 1, 100, 1}, Job{}), "\"sum\"",
               "0.5");
}

void TestVisual::workCanBeCancelled() {
  VideoReader film(quadrants(4));
  Network net = network(4);
  std::stop_source stop;
  std::atomic<int> reports = 0;
  const Job job(stop.get_token(), [&](double, std::string_view) {
    if (++reports == 5) stop.request_stop();
  });
  QVERIFY_THROWS_EXCEPTION(Cancelled, visualFeatures(film, {0, 0.1, 1000}, net, {}, job));
}

QTEST_GUILESS_MAIN(TestVisual)
#include "tst_visual.moc"
