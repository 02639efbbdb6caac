// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <cmath>
#include <fstream>

#include "core/networks/small_networks.h"
#include "networks/network_import.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;
using json = nlohmann::json;

using Change = std::function<void(json&)>;
Q_DECLARE_METATYPE(Change)
using OnnxChange = std::function<void(OnnxModel&)>;
Q_DECLARE_METATYPE(OnnxChange)

namespace {

json& layer(json& model, std::size_t index) {
  return model["modelTopology"]["model_config"]["config"]["layers"][index];
}

}  // namespace

class TestNetworkImportRefused : public QObject {
  Q_OBJECT

 private slots:
  void badLayersModelsAreRefused_data();
  void badLayersModelsAreRefused();
  void badGraphModelsAreRefused_data();
  void badGraphModelsAreRefused();
  void weightsOutsideTheFolderAreRefused_data();
  void weightsOutsideTheFolderAreRefused();
  void badForeignOnnxIsRefused_data();
  void badForeignOnnxIsRefused();

 private:
  std::filesystem::path folder(const std::string& name) const {
    return m_folder.path().toStdString() + "/" + name;
  }
  QTemporaryDir m_folder;
};

void TestNetworkImportRefused::badLayersModelsAreRefused_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("words");
  const int badFile = int(ErrorCode::BadFile), unsupported = int(ErrorCode::Unsupported);
  const auto row = [](const char* name, Change change, int code, const char* words) {
    QTest::newRow(name) << change << code << words;
  };
  row(
      "layer type", [](json& m) { layer(m, 4)["class_name"] = "LSTM"; }, unsupported, "relu1|LSTM");
  row(
      "activation", [](json& m) { layer(m, 4)["config"]["activation"] = "selu"; }, unsupported, "relu1|selu");
  row(
      "weights shape", [](json& m) { layer(m, 2)["config"]["filters"] = 7; }, badFile,
      "conv1/kernel|3x3x3x6|3x3x3x7");
  row(
      "weights missing",
      [](json& m) {
        layer(m, 2)["config"]["name"] = "conv9";
        layer(m, 2)["name"] = "conv9";
      },
      badFile, "conv9/kernel|missing");
  row(
      "unknown input", [](json& m) { layer(m, 4)["inbound_nodes"][0][0][0] = "nobody"; }, badFile,
      "relu1|nobody");
  row(
      "later input", [](json& m) { layer(m, 2)["inbound_nodes"][0][0][0] = "relu2"; }, badFile,
      "conv1|relu2");
  row(
      "two of a name", [](json& m) { layer(m, 4)["config"]["name"] = "pad"; }, badFile, "pad|two layers");
  row(
      "stride zero",
      [](json& m) {
        layer(m, 2)["config"]["strides"] = {0, 1};
      },
      badFile, "strides|0");
  row(
      "negative padding",
      [](json& m) {
        layer(m, 1)["config"]["padding"] = {{-1, 1}, {1, 1}};
      },
      badFile, "pads|-1");
  row(
      "padding of terabytes",
      [](json& m) {
        layer(m, 1)["config"]["padding"] = {{60000, 1}, {60000, 1}};
      },
      badFile, "pad");
  row(
      "input of terabytes",
      [](json& m) {
        layer(m, 0)["config"]["batch_input_shape"] = {1, 60000, 60000, 3};
      },
      badFile, "values");
  row(
      "input of size zero",
      [](json& m) {
        layer(m, 0)["config"]["batch_input_shape"] = {1, 0, 8, 3};
      },
      badFile, "0");
  row(
      "channels first", [](json& m) { layer(m, 2)["config"]["data_format"] = "channels_first"; }, unsupported,
      "channels_first");
  row(
      "shared layer",
      [](json& m) {
        auto& n = layer(m, 4)["inbound_nodes"];
        n.push_back(n[0]);
      },
      unsupported, "shared");
  row(
      "sum of unequal maps", [](json& m) { layer(m, 9)["inbound_nodes"][0][1][0] = "pool1"; }, badFile,
      "sum|8x8x6|6x8x6");
  row(
      "no such output",
      [](json& m) { m["modelTopology"]["model_config"]["config"]["output_layers"][0][0] = "x"; }, badFile,
      "output layer|x");
  row(
      "quantised",
      [](json& m) {
        m["weightsManifest"][0]["weights"][0]["quantization"] = {{"dtype", "uint8"}};
      },
      unsupported, "conv1/kernel|quantised");
  row(
      "element type", [](json& m) { m["weightsManifest"][0]["weights"][0]["dtype"] = "float16"; },
      unsupported, "float16");
  row(
      "bytes", [](json& m) { m["weightsManifest"][0]["weights"][1]["shape"] = {7}; }, badFile, "need|hold");
  row(
      "product wraps",
      [](json& m) {
        m["weightsManifest"][0]["weights"][1]["shape"] = {4294967296, 4294967296};
      },
      badFile, "conv1/bias|more than");
  row(
      "negative size", [](json& m) { m["weightsManifest"][0]["weights"][1]["shape"] = {-6}; }, badFile,
      "conv1/bias|negative");
  row(
      "weights twice",
      [](json& m) {
        auto& w = m["weightsManifest"][0]["weights"];
        w[5]["name"] = "conv1/bias";
      },
      badFile, "conv1/bias|twice");
  row(
      "no topology", [](json& m) { m.erase("modelTopology"); }, badFile, "modelTopology");
  row(
      "name that says nothing",
      [](json& m) { m["modelTopology"]["model_config"]["config"]["name"] = "mine"; }, unsupported,
      "mine|pixel scaling");
  row(
      "grey pictures",
      [](json& m) {
        layer(m, 0)["config"]["batch_input_shape"] = {1, 15, 12, 2};
      },
      badFile, "conv1/kernel");
}

void TestNetworkImportRefused::badLayersModelsAreRefused() {
  QFETCH(Change, change);
  QFETCH(int, code);
  QFETCH(QString, words);
  const TfjsFiles files = SmallResidual().files();
  json model = files.layersModel("resnet50");
  change(model);
  const auto source = files.write(folder("bad"), model);
  const Caught caught = errorOf([&] { importNetwork(source, folder("bad.onnx"), {}, Job{}); });
  QVERIFY(caught.thrown);
  QVERIFY2(int(caught.code) == code, caught.message.c_str());
  for (const QString& word : (words + "|model.json").split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
  QVERIFY(!std::filesystem::exists(folder("bad.onnx")));
}

void TestNetworkImportRefused::badGraphModelsAreRefused_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("words");
  const int badFile = int(ErrorCode::BadFile), unsupported = int(ErrorCode::Unsupported);
  const auto node = [](json& m, std::size_t i) -> json& { return m["modelTopology"]["node"][11 + i]; };
  QTest::newRow("operator") << Change([=](json& m) { node(m, 7)["op"] = "Elu"; }) << unsupported
                            << "Conv2d_1_depthwise/Relu6|Elu";
  QTest::newRow("circle") << Change([=](json& m) { node(m, 4)["input"][0] = "net/pool"; }) << badFile
                          << "circle";
  QTest::newRow("missing input") << Change([=](json& m) { node(m, 4)["input"][0] = "nobody"; }) << badFile
                                 << "nobody|does not exist";
  QTest::newRow("two outputs") << Change([=](json& m) { node(m, 0)["input"][0] = "net/pool"; }) << unsupported
                               << "2 outputs";
  QTest::newRow("second output") << Change([=](json& m) { node(m, 4)["input"][0] = "sub:1"; }) << unsupported
                                 << "sub:1";
  QTest::newRow("node twice") << Change([=](json& m) { node(m, 3)["name"] = "mul"; }) << badFile
                              << "mul|twice";
  QTest::newRow("bias size") << Change([=](json& m) { node(m, 4)["input"][2] = "bp"; }) << badFile
                             << "bp|6|4";
  QTest::newRow("no input") << Change([=](json& m) { node(m, 1)["op"] = "Const"; }) << badFile
                            << "Placeholder";
  QTest::newRow("scaled by many numbers")
      << Change([=](json& m) { node(m, 2)["input"][1] = "bp"; }) << unsupported << "mul|scaling";
  QTest::newRow("data format") << Change([=](json& m) {
    node(m, 5)["attr"]["data_format"]["s"] = "TkNIVw==";
  }) << unsupported << "NHWC";
  QTest::newRow("attribute kind") << Change([=](json& m) { node(m, 5)["attr"]["padding"] = 3; }) << badFile
                                  << "depthwise";
  QTest::newRow("no list") << Change([=](json& m) { m["modelTopology"]["node"] = "x"; }) << badFile
                           << "model.json";
}

void TestNetworkImportRefused::badGraphModelsAreRefused() {
  QFETCH(Change, change);
  QFETCH(int, code);
  QFETCH(QString, words);
  const TfjsFiles files = SmallMobile().files();
  json model = files.graphModel();
  change(model);
  const auto source = files.write(folder("badgraph"), model);
  const Caught caught = errorOf([&] { importNetwork(source, folder("bad.onnx"), {}, Job{}); });
  QVERIFY(caught.thrown);
  QVERIFY2(int(caught.code) == code, caught.message.c_str());
  for (const QString& word : (words + "|model.json").split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
}

void TestNetworkImportRefused::weightsOutsideTheFolderAreRefused_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("words");
  const int badFile = int(ErrorCode::BadFile);
  QTest::newRow("parent") << "../b.bin" << badFile << "outside";
  QTest::newRow("down and up") << "sub/../../b.bin" << badFile << "outside";
  QTest::newRow("up that stays") << "sub/../b.bin" << badFile << "outside";
  QTest::newRow("absolute") << "/etc/passwd" << badFile << "outside";
  QTest::newRow("empty") << "" << badFile << "outside";
  QTest::newRow("link out") << "link.bin" << badFile << "link.bin|link that leaves";
  QTest::newRow("folder link out") << "up/b.bin" << badFile << "up/b.bin|link that leaves";
  QTest::newRow("folder") << "sub" << badFile << "not a regular file";
  QTest::newRow("missing") << "none.bin" << int(ErrorCode::MissingFile) << "none.bin";
}

void TestNetworkImportRefused::weightsOutsideTheFolderAreRefused() {
  QFETCH(QString, path);
  QFETCH(int, code);
  QFETCH(QString, words);
  const TfjsFiles files = SmallResidual().files();
  json model = files.layersModel("resnet50");
  model["weightsManifest"][0]["paths"][1] = path.toStdString();
  const auto source = files.write(folder("paths/inner"), model);
  const auto outside = folder("paths/b.bin");
  std::filesystem::copy_file(folder("paths/inner/b.bin"), outside,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::create_directories(folder("paths/inner/sub"));
  std::error_code ignored;
  std::filesystem::create_symlink(outside, folder("paths/inner/link.bin"), ignored);
  std::filesystem::create_symlink("..", folder("paths/inner/up"), ignored);
  const Caught caught = errorOf([&] { importNetwork(source, folder("bad.onnx"), {}, Job{}); });
  QVERIFY(caught.thrown);
  QVERIFY2(int(caught.code) == code, caught.message.c_str());
  for (const QString& word : words.split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
}

void TestNetworkImportRefused::badForeignOnnxIsRefused_data() {
  QTest::addColumn<OnnxChange>("change");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("words");
  const int badFile = int(ErrorCode::BadFile), unsupported = int(ErrorCode::Unsupported);
  QTest::newRow("operator") << OnnxChange([](OnnxModel& m) { m.nodes[3].op = "If"; }) << unsupported << "If";
  QTest::newRow("opset") << OnnxChange([](OnnxModel& m) { m.opset = 99; }) << unsupported << "99|7 to 17";
  QTest::newRow("two inputs") << OnnxChange([](OnnxModel& m) {
    m.inputs.push_back({"y", {1}});
  }) << unsupported << "2 inputs";
  QTest::newRow("alias of itself") << OnnxChange([](OnnxModel& m) { m.nodes[1].inputs[0] = "w_shared"; })
                                   << badFile << "w_shared";
  QTest::newRow("computed limit") << OnnxChange([](OnnxModel& m) { m.nodes[4].inputs[1] = "c"; })
                                  << unsupported << "constant";
  QTest::newRow("limit of many numbers")
      << OnnxChange([](OnnxModel& m) { m.nodes[4].inputs[1] = "w"; }) << unsupported << "2x1x3x3";
  QTest::newRow("reshape that moves") << OnnxChange([](OnnxModel& m) {
    m.initializers[3].values = std::vector<std::int64_t>{-1, 1, 4, 6};
  }) << unsupported << "Reshape";
  QTest::newRow("kernel") << OnnxChange([](OnnxModel& m) {
    m.nodes[6].attributes["kernel_shape"] = std::vector<std::int64_t>{2, 2};
    m.nodes[6].inputs[1] = "w";
  }) << badFile << "Conv|2x1x3x3";
  QTest::newRow("weights not finite")
      << OnnxChange([](OnnxModel& m) { std::get<0>(m.initializers[0].values)[3] = NAN; }) << badFile
      << "not a finite number|3";
  QTest::newRow("output nobody makes")
      << OnnxChange([](OnnxModel& m) { m.outputs[0].name = "nobody"; }) << badFile << "nobody";
}

void TestNetworkImportRefused::badForeignOnnxIsRefused() {
  QFETCH(OnnxChange, change);
  QFETCH(int, code);
  QFETCH(QString, words);
  OnnxModel model = foreignSpeech(randomValues(18, 1), randomValues(36, 2));
  change(model);
  writeOnnx(folder("foreign_bad.onnx"), model);
  const Caught caught =
      errorOf([&] { importNetwork(folder("foreign_bad.onnx"), folder("bad.onnx"), {}, Job{}); });
  QVERIFY(caught.thrown);
  QVERIFY2(int(caught.code) == code, caught.message.c_str());
  for (const QString& word : (words + "|foreign_bad.onnx").split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
}

QTEST_GUILESS_MAIN(TestNetworkImportRefused)
#include "tst_network_import_refused.moc"
