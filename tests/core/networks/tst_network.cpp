// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <fstream>
#include <thread>

#include "core/networks/jpeg_film.h"
#include "core/networks/plain_network.h"
#include "core/networks/small_onnx.h"
#include "features/picture_input.h"
#include "networks/network.h"
#include "networks/network_import.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// Random convolutions, deep enough for sums to show their order.
OnnxModel deepModel() {
  using Integers = std::vector<std::int64_t>;
  OnnxModel model;
  model.inputs = {{"in", {1, 3, 33, 29}}};
  std::string last = "in";
  std::int64_t channels = 3;
  for (const std::int64_t outputs : {17, 40, 64, 10}) {
    const std::string name = "layer" + textOf(outputs);
    const auto count = static_cast<std::size_t>(outputs * channels * 9);
    model.initializers.push_back(
        {name + "/w", {outputs, channels, 3, 3}, randomValues(count, unsigned(outputs))});
    model.nodes.push_back({name + "/c",
                           "Conv",
                           {last, name + "/w"},
                           {name + "/c"},
                           {{"kernel_shape", Integers{3, 3}}, {"pads", Integers{1, 1, 1, 1}}}});
    model.nodes.push_back({name, "Relu", {name + "/c"}, {name}, {}});
    last = name;
    channels = outputs;
  }
  model.outputs = {{last, {1, 10, 33, 29}}};
  return model;
}

NetworkInfo deepInfo() {
  NetworkInfo info = smallPictureInfo(4);
  info.inputShape = {3, 33, 29};
  info.layers = {{"layer17", {17, 33, 29}},
                 {"layer40", {40, 33, 29}},
                 {"layer64", {64, 33, 29}},
                 {"layer10", {10, 33, 29}}};
  info.classes.clear();
  return info;
}

std::filesystem::path materials(const std::string& file) {
  const char* folder = std::getenv("CORTEXSCOPE_MATERIALS");
  const std::filesystem::path path = std::filesystem::path(folder != nullptr ? folder : "") / file;
  return folder != nullptr && std::filesystem::exists(path) ? path : std::filesystem::path();
}

}  // namespace

class TestNetwork : public QObject {
  Q_OBJECT

 private slots:
  void valuesAreThoseComputedByHand();
  void orderAndChoiceOfLayersDoNotMatter();
  void clonesInThreadsGiveTheSameBits();
  void wrongUseIsRefused();
  void wrongFilesAreRefused();
  void realNetworksHaveTheirLayers_data();
  void realNetworksHaveTheirLayers();
  void realPicturesAreRecognised_data();
  void realPicturesAreRecognised();

 private:
  std::filesystem::path file(const std::string& name) const {
    return m_folder.path().toStdString() + "/" + name;
  }
  QTemporaryDir m_folder;
};

void TestNetwork::valuesAreThoseComputedByHand() {
  writeOnnx(file("small.onnx"), described(smallPictureModel(2), smallPictureInfo(2)));
  Network network(file("small.onnx"));
  QCOMPARE(network.info().title, std::string("Small"));
  QCOMPARE(network.info().classes.size(), std::size_t{3});
  const std::vector<float> input{1, 2, 3, 8, /**/ 0, 1, 0, 0, /**/ 0, 0, 1, -1};
  const auto values = network.forward(input, {"logits", "sum", "pool"});
  QCOMPARE(values[1], (std::vector<float>{1, 12, 103, 0, /**/ 4, 3, 2, 0}));
  QCOMPARE(values[2], (std::vector<float>{29, 2.25f}));
  QCOMPARE(values[0], (std::vector<float>{29, 2.25f, 27.75f}));
}

void TestNetwork::orderAndChoiceOfLayersDoNotMatter() {
  writeOnnx(file("deep.onnx"), described(deepModel(), deepInfo()));
  Network network(file("deep.onnx"));
  const std::vector<float> input = randomValues(3 * 33 * 29, 5);
  const auto all = network.forward(input, {"layer17", "layer40", "layer64", "layer10"});
  const auto some = network.forward(input, {"layer10", "layer40"});
  QCOMPARE(some[0], all[3]);
  QCOMPARE(some[1], all[1]);
  QCOMPARE(network.forward(input, {"layer64"})[0], all[2]);
  QCOMPARE(network.forward(input, {"layer40", "layer40"})[1], all[1]);
  QVERIFY(network.forward(input, {}).empty());
}

void TestNetwork::clonesInThreadsGiveTheSameBits() {
  writeOnnx(file("deep.onnx"), described(deepModel(), deepInfo()));
  Network network(file("deep.onnx"));
  std::vector<std::vector<float>> inputs;
  for (unsigned i = 0; i < 8; ++i) inputs.push_back(randomValues(3 * 33 * 29, i));
  std::vector<std::vector<float>> alone(8), together(8);
  for (std::size_t i = 0; i < 8; ++i) alone[i] = network.forward(inputs[i], {"layer10"})[0];
  {
    Network copy = network.clone();
    const auto work = [&](Network& with, std::size_t first) {
      for (std::size_t i = first; i < 8; i += 2) together[i] = with.forward(inputs[i], {"layer10"})[0];
    };
    std::jthread other([&] { work(copy, 1); });
    work(network, 0);
  }
  QVERIFY(alone == together);
}

void TestNetwork::wrongUseIsRefused() {
  writeOnnx(file("small.onnx"), described(smallPictureModel(2), smallPictureInfo(2)));
  Network network(file("small.onnx"));
  EXPECT_ERROR(ErrorCode::BadShape, network.forward(std::vector<float>(11), {"sum"}), "small.onnx", "12",
               "11");
  EXPECT_ERROR(ErrorCode::BadValue, network.forward(std::vector<float>(12), {"fc7"}), "fc7",
               "sum, pool, logits");
}

void TestNetwork::wrongFilesAreRefused() {
  EXPECT_ERROR(ErrorCode::MissingFile, Network(file("none.onnx")), "none.onnx");
  std::ofstream(file("page.onnx")) << "<html>";
  EXPECT_ERROR(ErrorCode::BadFile, Network(file("page.onnx")), "page.onnx");
  writeOnnx(file("plain.onnx"), smallPictureModel(2));
  EXPECT_ERROR(ErrorCode::BadFile, Network(file("plain.onnx")), "plain.onnx", "import the network");
  OnnxModel odd = described(smallPictureModel(2), smallPictureInfo(2));
  odd.nodes[1].op = "Loop";
  writeOnnx(file("odd.onnx"), odd);
  EXPECT_ERROR(ErrorCode::Unsupported, Network(file("odd.onnx")), "odd.onnx", "operator Loop");
  OnnxModel newer = smallPictureModel(2);
  newer.metadata[kNetworkInfoKey] = R"({"version": 99})";
  writeOnnx(file("newer.onnx"), newer);
  EXPECT_ERROR(ErrorCode::Unsupported, Network(file("newer.onnx")), "newer.onnx", "version 99");
}

void TestNetwork::realNetworksHaveTheirLayers_data() {
  QTest::addColumn<QString>("source");
  QTest::addColumn<QString>("layers");
  QTest::newRow("ResNet-50")
      << "resnet50/model.json"
      << "conv1 64x112x112 stage2 256x56x56 stage3 512x28x28 stage4 1024x14x14 stage5 2048x7x7 pool 2048 "
         "fc1000 1000";
  QTest::newRow("MobileNet 0.25")
      << "mobilenet025/model.json"
      << "conv0 8x112x112 pw1 16x112x112 pw3 32x56x56 pw5 64x28x28 pw11 128x14x14 pw13 256x7x7 pool "
         "256 logits 1001";
  QTest::newRow("speech")
      << "embedding_model.onnx"
      << "block1 24x36x16 block2 48x32x8 block3 72x14x4 block4 96x10x2 block5 96x3x1 embedding 96";
}

void TestNetwork::realNetworksHaveTheirLayers() {
  QFETCH(QString, source);
  const std::filesystem::path from = materials(source.toStdString());
  if (from.empty()) QSKIP("CORTEXSCOPE_MATERIALS does not hold this network");
  importNetwork(from, file("real.onnx"), {}, Job{});
  Network network(file("real.onnx"));
  QString layers;
  std::vector<std::string> names;
  std::size_t inputSize = 1;
  for (const int size : network.info().inputShape) inputSize *= static_cast<std::size_t>(size);
  for (const NetworkLayer& layer : network.info().layers) {
    names.push_back(layer.name);
    layers += (layers.isEmpty() ? "" : " ") + QString::fromStdString(layer.name) + " " +
              QString::fromStdString(shapeText({layer.shape.begin(), layer.shape.end()}));
  }
  QTEST(layers, "layers");
  const auto values = network.forward(randomValues(inputSize, 1), names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::size_t expected = 1;
    for (const int size : network.info().layers[i].shape) expected *= static_cast<std::size_t>(size);
    QCOMPARE(values[i].size(), expected);
  }
}

void TestNetwork::realPicturesAreRecognised_data() {
  QTest::addColumn<QString>("source");
  QTest::addColumn<QString>("picture");
  QTest::addColumn<int>("best");
  QTest::addColumn<double>("least");
  // Class numbers of ImageNet-1k: koala 105, Angora rabbit 332; MobileNet counts a background class before
  // them.
  QTest::newRow("ResNet-50, koala") << "resnet50/model.json"
                                    << "koala.jpg" << 105 << 0.999;
  QTest::newRow("ResNet-50, rabbit") << "resnet50/model.json"
                                     << "rabbit.jpg" << 332 << 0.9;
  QTest::newRow("MobileNet, koala") << "mobilenet025/model.json"
                                    << "koala.jpg" << 106 << 0.99;
  QTest::newRow("MobileNet, rabbit") << "mobilenet025/model.json"
                                     << "rabbit.jpg" << 333 << 0.6;
}

void TestNetwork::realPicturesAreRecognised() {
  QFETCH(QString, source);
  QFETCH(QString, picture);
  QFETCH(double, least);
  const std::filesystem::path from = materials(source.toStdString());
  const std::filesystem::path jpeg = materials(picture.toStdString());
  if (from.empty() || jpeg.empty()) QSKIP("CORTEXSCOPE_MATERIALS does not hold this network and picture");
  importNetwork(from, file("real.onnx"), {}, Job{});
  writeJpegAsFilm(jpeg, file("picture.mkv"));
  Network network(file("real.onnx"));
  VideoReader film(file("picture.mkv"));
  const auto logits =
      network.forward(pictureInput(film.frameAt(0), network.info()), {network.info().layers.back().name})[0];
  const auto best = std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float value : logits) sum += std::exp(static_cast<double>(value - *best));
  QTEST(static_cast<int>(best - logits.begin()), "best");
  QVERIFY2(1 / sum > least, textOf(1 / sum).c_str());
}

QTEST_GUILESS_MAIN(TestNetwork)
#include "tst_network.moc"
