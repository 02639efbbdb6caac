// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <fstream>
#include <opencv2/core/version.hpp>

#include "core/networks/small_networks.h"
#include "io/arrays/npy.h"
#include "networks/mel_matrix.h"
#include "networks/network.h"
#include "networks/network_import.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// Of float32 sums of some hundred terms; from 4.10 on OpenCV adds in another order (5.05e-5 was met).
constexpr double kLargestDifference = CV_VERSION_MAJOR > 4 || CV_VERSION_MINOR >= 10 ? 1e-4 : 5e-5;

std::vector<std::string> namesOf(const NetworkInfo& info) {
  std::vector<std::string> names;
  for (const NetworkLayer& layer : info.layers) names.push_back(layer.name);
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

class TestNetworkImport : public QObject {
  Q_OBJECT

 private slots:
  void layersModelMatchesPlainLoops();
  void graphModelMatchesPlainLoops();
  void foreignOnnxMatchesPlainLoops();
  void pixelScalingIsSaid_data();
  void pixelScalingIsSaid();
  void classNamesAreRead_data();
  void classNamesAreRead();
  void wrongClassCountIsRefused();
  void melMatrixIsExtracted();
  void importCanBeCancelled();

 private:
  std::filesystem::path folder(const std::string& name) const {
    return m_folder.path().toStdString() + "/" + name;
  }
  QTemporaryDir m_folder;
};

void TestNetworkImport::layersModelMatchesPlainLoops() {
  const SmallResidual truth;
  const TfjsFiles files = truth.files();
  const auto source = files.write(folder("residual"), files.layersModel("resnet_small"));
  importNetwork(source, folder("residual.onnx"), {"Small", "MIT", "made up", {}, {}}, Job{});
  Network network(folder("residual.onnx"));
  QCOMPARE(joined(namesOf(network.info())), std::string("conv1 stage2 stage3 pool fc5"));
  QCOMPARE(network.info().title, std::string("Small"));
  QCOMPARE(network.info().licence, std::string("MIT"));
  QCOMPARE(network.info().origin, std::string("made up"));
  QCOMPARE(network.info().inputShape, (std::vector<int>{3, 15, 12}));
  QCOMPARE(network.info().layers[1].shape, (std::vector<int>{8, 8, 6}));
  QCOMPARE(network.info().layers[3].shape, (std::vector<int>{8}));
  const std::vector<float> input = randomValues(3 * 15 * 12, 99, -2, 2);
  const auto expected = truth.layers(input);
  const auto names = namesOf(network.info());
  const auto found = network.forward(input, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double difference = largestDifference(found[i], expected.at(names[i]));
    QVERIFY2(difference < kLargestDifference, (names[i] + " differs by " + textOf(difference)).c_str());
  }
}

void TestNetworkImport::graphModelMatchesPlainLoops() {
  const SmallMobile truth;
  const TfjsFiles files = truth.files();
  const auto source = files.write(folder("mobile"), files.graphModel());
  importNetwork(source, folder("mobile.onnx"), {}, Job{});
  Network network(folder("mobile.onnx"));
  const auto names = namesOf(network.info());
  QCOMPARE(joined(names), std::string("conv0 pw1 pool logits"));
  QCOMPARE(network.info().channelOrder, std::string("RGB"));
  for (std::size_t channel = 0; channel < 3; ++channel) {
    QVERIFY(std::abs(network.info().mean[channel] - 127.5f) < 1e-4f);
    QVERIFY(std::abs(network.info().scale[channel] - 1 / 127.5f) < 1e-8f);
  }
  const std::vector<float> input = randomValues(3 * 14 * 11, 77);
  const auto expected = truth.layers(input);
  const auto found = network.forward(input, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double difference = largestDifference(found[i], expected.at(names[i]));
    QVERIFY2(difference < 5e-5, (names[i] + " differs by " + textOf(difference)).c_str());
  }
}

void TestNetworkImport::foreignOnnxMatchesPlainLoops() {
  const Kernel first = randomKernel(3, 3, 1, 2, 1), last = randomKernel(3, 2, 2, 3, 2);
  std::vector<float> weights, lastWeights;  // outputs, inputs, height, width
  for (int o = 0; o < 2; ++o)
    for (int y = 0; y < 3; ++y)
      for (int x = 0; x < 3; ++x) weights.push_back(first.at(y, x, 0, o));
  for (int o = 0; o < 3; ++o)
    for (int i = 0; i < 2; ++i)
      for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 2; ++x) lastWeights.push_back(last.at(y, x, i, o));
  writeOnnx(folder("foreign.onnx"), foreignSpeech(weights, lastWeights));
  importNetwork(folder("foreign.onnx"), folder("speech.onnx"), {}, Job{});
  Network network(folder("speech.onnx"));
  QCOMPARE(network.info().kind, std::string("speech"));
  QCOMPARE(network.info().inputShape, (std::vector<int>{1, 6, 4}));
  QCOMPARE(joined(namesOf(network.info())), std::string("block1 embedding"));

  const std::vector<float> input = randomValues(24, 5, -3, 3);
  Map map = convolve(mapFrom(6, 4, 1, input), first, {}, 1, true);
  for (double& value : map.values) value = std::max(value < 0 ? 0.2 * value : value, -0.4);
  const Map block = maxPool(map, 2, 2, false);
  const auto found = network.forward(input, {"block1", "embedding"});
  QVERIFY(largestDifference(found[0], block.channelMajor()) < 1e-5);
  QVERIFY(largestDifference(found[1], convolve(block, last, {}, 1, false).channelMajor()) < 1e-5);
}

void TestNetworkImport::pixelScalingIsSaid_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<int>("scaling");
  QTest::addColumn<QString>("order");
  QTest::addColumn<float>("mean");
  QTest::addColumn<float>("scale");
  QTest::newRow("resnet50 by name") << "resnet50" << 0 << "BGR" << 103.939f << 1.0f;
  QTest::newRow("resnet50v2 by name") << "resnet50v2" << 0 << "RGB" << 127.5f << 1 / 127.5f;
  QTest::newRow("mobilenet by name") << "mobilenet_1.00_224" << 0 << "RGB" << 127.5f << 1 / 127.5f;
  QTest::newRow("caffe asked") << "mine" << int(PixelScaling::Caffe) << "BGR" << 103.939f << 1.0f;
  QTest::newRow("torch asked") << "mine" << int(PixelScaling::Torch) << "RGB" << 123.675f
                               << 1 / (255 * 0.229f);
  QTest::newRow("zero to one asked") << "mine" << int(PixelScaling::ZeroToOne) << "RGB" << 0.0f << 1 / 255.0f;
}

void TestNetworkImport::pixelScalingIsSaid() {
  QFETCH(QString, name);
  QFETCH(int, scaling);
  const TfjsFiles files = SmallResidual().files();
  const auto source = files.write(folder("scaling"), files.layersModel(name.toStdString()));
  ImportOptions options;
  options.pixels = static_cast<PixelScaling>(scaling);
  importNetwork(source, folder("scaling.onnx"), options, Job{});
  const Network network(folder("scaling.onnx"));
  QTEST(QString::fromStdString(network.info().channelOrder), "order");
  QTEST(network.info().mean[0], "mean");
  QTEST(network.info().scale[0], "scale");
}

void TestNetworkImport::classNamesAreRead_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QString>("names");
  QTest::newRow("array") << QByteArray(R"(["a","b","c","d","e"])") << "a b c d e";
  QTest::newRow("object in any order")
      << QByteArray(R"({"4":"e","0":"a","1":"b","3":"d","2":"c"})") << "a b c d e";
  QTest::newRow("lines") << QByteArray("a\nb\r\nc\nd\ne\n") << "a b c d e";
  QTest::newRow("background added") << QByteArray("a\nb\nc\nd\n") << "background a b c d";
}

void TestNetworkImport::classNamesAreRead() {
  QFETCH(QByteArray, text);
  const TfjsFiles files = SmallResidual().files();
  const auto source = files.write(folder("classes"), files.layersModel("resnet50"));
  std::ofstream(folder("names")) << text.toStdString();
  ImportOptions options;
  options.classNames = folder("names");
  importNetwork(source, folder("classes.onnx"), options, Job{});
  QTEST(QString::fromStdString(joined(Network(folder("classes.onnx")).info().classes)), "names");
}

void TestNetworkImport::wrongClassCountIsRefused() {
  const TfjsFiles files = SmallResidual().files();
  const auto source = files.write(folder("classes"), files.layersModel("resnet50"));
  ImportOptions options;
  options.classNames = folder("names");
  std::ofstream(folder("names")) << "a\nb\nc\n";
  EXPECT_ERROR(ErrorCode::BadShape, importNetwork(source, folder("no.onnx"), options, Job{}), "names",
               "3 classes", "fc5", "5 values");
  std::ofstream(folder("names")) << R"({"0":"a","9":"b"})";
  EXPECT_ERROR(ErrorCode::BadFile, importNetwork(source, folder("no.onnx"), options, Job{}), "names", "9",
               "0 to 1");
  QVERIFY(!std::filesystem::exists(folder("no.onnx")));
}

void TestNetworkImport::melMatrixIsExtracted() {
  OnnxModel model;
  const std::vector<float> mel = randomValues(257 * 32, 3, 0, 1);
  model.initializers = {{"other", {32, 257}, mel}, {"melW", {257, 32}, mel}};
  writeOnnx(folder("mel.onnx"), model);
  importMelMatrix(folder("mel.onnx"), folder("mel.npy"));
  const MatrixF read = readNpy(folder("mel.npy"));
  QCOMPARE(read.rows(), Index{257});
  QCOMPARE(read.cols(), Index{32});
  QVERIFY(std::equal(mel.begin(), mel.end(), read.data()));
  std::get<0>(model.initializers[1].values)[40] = -1;
  writeOnnx(folder("mel.onnx"), model);
  EXPECT_ERROR(ErrorCode::BadFile, importMelMatrix(folder("mel.onnx"), folder("no.npy")), "mel.onnx", "-1");
  model.initializers.pop_back();
  writeOnnx(folder("mel.onnx"), model);
  EXPECT_ERROR(ErrorCode::BadFile, importMelMatrix(folder("mel.onnx"), folder("no.npy")), "mel.onnx",
               "257 x 32");
}

void TestNetworkImport::importCanBeCancelled() {
  const TfjsFiles files = SmallResidual().files();
  const auto source = files.write(folder("cancel"), files.layersModel("resnet50"));
  std::stop_source stop;
  const Job job(stop.get_token(), [&](double fraction, std::string_view) {
    if (fraction > 0.5) stop.request_stop();
  });
  QVERIFY_THROWS_EXCEPTION(Cancelled, importNetwork(source, folder("cancel.onnx"), {}, job));
  QVERIFY(!std::filesystem::exists(folder("cancel.onnx")));
}

QTEST_GUILESS_MAIN(TestNetworkImport)
#include "tst_network_import.moc"
