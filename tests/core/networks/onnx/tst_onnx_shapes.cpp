// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/networks/small_onnx.h"
#include "networks/onnx/shapes.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

using ModelChange = std::function<void(OnnxModel&)>;
Q_DECLARE_METATYPE(ModelChange)
using InfoChange = std::function<void(NetworkInfo&)>;
Q_DECLARE_METATYPE(InfoChange)

class TestOnnxShapes : public QObject {
  Q_OBJECT

 private slots:
  void shapesFollowTheGraph();
  void impossibleGraphsAreRefused_data();
  void impossibleGraphsAreRefused();
  void badDescriptionsAreRefused_data();
  void badDescriptionsAreRefused();
  void samePaddingGoesAfter_data();
  void samePaddingGoesAfter();
};

void TestOnnxShapes::shapesFollowTheGraph() {
  OnnxModel model = smallPictureModel(5);
  using Integers = std::vector<std::int64_t>;
  model.nodes[0].attributes["strides"] = Integers{2, 1};
  model.nodes[0].attributes["pads"] = Integers{0, 1, 1, 3};
  const auto shapes = checkedShapes(model);
  QCOMPARE(shapes.at("c"), (OnnxShape{1, 2, 3, 9}));
  QCOMPARE(shapes.at("pool"), (OnnxShape{1, 2, 1, 1}));
  QCOMPARE(shapes.at("logits"), (OnnxShape{1, 3}));
}

void TestOnnxShapes::impossibleGraphsAreRefused_data() {
  QTest::addColumn<ModelChange>("change");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("words");
  const int badFile = int(ErrorCode::BadFile), unsupported = int(ErrorCode::Unsupported);
  using Integers = std::vector<std::int64_t>;
  const auto row = [](const char* name, ModelChange change, int code, const char* words) {
    QTest::newRow(name) << change << code << words;
  };
  const auto attribute = [](const char* name, OnnxAttribute value) {
    return [=](OnnxModel& m) { m.nodes[0].attributes[name] = value; };
  };
  row(
      "unknown operator", [](OnnxModel& m) { m.nodes[1].op = "If"; }, unsupported, "operator If|sum");
  row(
      "opset", [](OnnxModel& m) { m.opset = 11; }, unsupported, "11|7 to 10");
  row(
      "circle", [](OnnxModel& m) { m.nodes[0].inputs[0] = "sum"; }, badFile,
      "Conv|sum|not made by any node before");
  row(
      "missing input", [](OnnxModel& m) { m.nodes[1].inputs[0] = "nobody"; }, badFile, "nobody");
  row(
      "missing output", [](OnnxModel& m) { m.outputs[0].name = "nobody"; }, badFile, "nobody");
  row(
      "made twice", [](OnnxModel& m) { m.nodes[1].outputs[0] = "c"; }, badFile, "\"c\" is made twice");
  row(
      "input made again", [](OnnxModel& m) { m.nodes[1].outputs[0] = "in"; }, badFile,
      "\"in\" is made twice");
  row(
      "tensor twice", [](OnnxModel& m) { m.initializers[1].name = "w"; }, badFile, "\"w\" appears twice");
  row(
      "two inputs",
      [](OnnxModel& m) {
        m.inputs.push_back({"x", {1, 1}});
      },
      badFile, "2 inputs");
  row(
      "open size", [](OnnxModel& m) { m.inputs[0].dims[2] = -1; }, badFile, "1x3x?x4");
  row(
      "empty size", [](OnnxModel& m) { m.inputs[0].dims[2] = 0; }, badFile, "1x3x0x4");
  row(
      "batch of two", [](OnnxModel& m) { m.inputs[0].dims[0] = 2; }, badFile, "batch of 1");
  row(
      "input of terabytes",
      [](OnnxModel& m) {
        m.inputs[0].dims = {1, 3, 1 << 20, 1 << 20};
      },
      badFile, "more than");
  row(
      "NaN", [](OnnxModel& m) { m.initializers[0].values = std::vector<float>{1, 2, NAN, 4, 5, 6}; }, badFile,
      "\"w\"|position 2");
  row(
      "integers as weights",
      [](OnnxModel& m) {
        m.initializers[1].values = std::vector<std::int64_t>{1, 2};
      },
      unsupported, "\"b\"|integers");
  row(
      "kernel rank",
      [](OnnxModel& m) {
        m.initializers[0].dims = {2, 3};
      },
      badFile, "2 dimensions");
  row("kernel shape", attribute("kernel_shape", Integers{3, 3}), badFile, "kernel_shape 3x3|2x3x1x1");
  row("negative kernel", attribute("kernel_shape", Integers{-1, 1}), badFile, "kernel_shape");
  row("zero stride", attribute("strides", Integers{0, 1}), badFile, "strides holds 0");
  row("three strides", attribute("strides", Integers{1, 1, 1}), badFile, "3 numbers, expected 2");
  row("negative padding", attribute("pads", Integers{0, -1, 0, 0}), badFile, "pads holds -1");
  row("padding of terabytes", attribute("pads", Integers{65000, 65000, 65000, 65000}), badFile, "more than");
  row("padding past limits", attribute("pads", Integers{INT64_MAX, 0, INT64_MAX, 0}), badFile,
      "pads holds 9223372036854775807");
  row("groups", attribute("group", std::int64_t{2}), badFile, "2 groups|3 channels");
  row("auto pad", attribute("auto_pad", std::string("SAME_LOWER")), unsupported, "SAME_LOWER");
  row("unknown option", attribute("sparse", std::int64_t{1}), unsupported, "sparse");
  row("option of another type", attribute("strides", 1.0f), badFile, "strides");
  row(
      "window too large",
      [](OnnxModel& m) {
        m.nodes[1] = {"p", "MaxPool", {"c"}, {"sum"}, {{"kernel_shape", Integers{5, 1}}}};
      },
      badFile, "MaxPool|5|4");
  row(
      "padding not below window",
      [](OnnxModel& m) {
        m.nodes[1] = {"p",
                      "MaxPool",
                      {"c"},
                      {"sum"},
                      {{"kernel_shape", Integers{1, 1}}, {"pads", Integers{1, 0, 0, 0}}}};
      },
      badFile, "MaxPool|padding of 1");
  row(
      "bias", [](OnnxModel& m) { m.nodes[0].inputs[2] = "bias"; }, badFile, "shape 3|2 channels");
  row(
      "dense", [](OnnxModel& m) { m.nodes[4].inputs[1] = "w"; }, badFile, "Gemm");
  row(
      "dense rows", [](OnnxModel& m) { m.nodes[4].attributes["transB"] = std::int64_t{0}; }, badFile,
      "3 values|2");
  row(
      "dense on maps", [](OnnxModel& m) { m.nodes[4].inputs[0] = "pool"; }, badFile, "flat input|1x2x1x1");
  row(
      "old style clip missing",
      [](OnnxModel& m) {
        m.nodes[1] = {"s", "Clip", {"c", "b"}, {"sum"}, {}};
      },
      badFile, "Clip|2 inputs, expected 1");
  row(
      "sum of unequal",
      [](OnnxModel& m) {
        m.nodes[1] = {"s", "Add", {"c", "in"}, {"sum"}, {}};
      },
      badFile, "1x2x4x4|1x3x4x4");
  row(
      "no outputs", [](OnnxModel& m) { m.outputs.clear(); }, badFile, "no output");
}

void TestOnnxShapes::impossibleGraphsAreRefused() {
  QFETCH(ModelChange, change);
  QFETCH(int, code);
  QFETCH(QString, words);
  OnnxModel model = smallPictureModel(4);
  checkedShapes(model);
  change(model);
  const Caught caught = errorOf([&] { checkedShapes(model); });
  QVERIFY(caught.thrown);
  QVERIFY2(int(caught.code) == code, caught.message.c_str());
  for (const QString& word : words.split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
}

void TestOnnxShapes::badDescriptionsAreRefused_data() {
  QTest::addColumn<InfoChange>("change");
  QTest::addColumn<QString>("words");
  QTest::newRow("unknown layer") << InfoChange([](NetworkInfo& i) { i.layers[0].name = "x"; })
                                 << "\"x\" is not in the graph";
  QTest::newRow("layer shape") << InfoChange([](NetworkInfo& i) {
    i.layers[0].shape = {2, 4, 5};
  }) << "2x4x5|2x4x4";
  QTest::newRow("layer twice") << InfoChange([](NetworkInfo& i) { i.layers[1] = i.layers[0]; }) << "twice";
  QTest::newRow("no layers") << InfoChange([](NetworkInfo& i) { i.layers.clear(); }) << "no layers";
  QTest::newRow("input shape") << InfoChange([](NetworkInfo& i) { i.inputShape[1] = 9; }) << "3x9x4|1x3x4x4";
  QTest::newRow("classes") << InfoChange([](NetworkInfo& i) { i.classes.pop_back(); }) << "2 class names";
  QTest::newRow("kind") << InfoChange([](NetworkInfo& i) { i.kind = "smell"; }) << "smell";
  QTest::newRow("channel order") << InfoChange([](NetworkInfo& i) { i.channelOrder = "GBR"; }) << "GBR";
  QTest::newRow("scale of zero") << InfoChange([](NetworkInfo& i) { i.scale[1] = 0; }) << "scale";
  QTest::newRow("mean not finite") << InfoChange([](NetworkInfo& i) { i.mean[2] = INFINITY; }) << "";
}

void TestOnnxShapes::badDescriptionsAreRefused() {
  QFETCH(InfoChange, change);
  QFETCH(QString, words);
  NetworkInfo info = smallPictureInfo(4);
  change(info);
  const OnnxModel model = described(smallPictureModel(4), info);
  const Caught caught = errorOf([&] { networkInfoOf(model, checkedShapes(model)); });
  QVERIFY(caught.thrown);
  QCOMPARE(caught.code, ErrorCode::BadFile);
  for (const QString& word : words.split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
}

void TestOnnxShapes::samePaddingGoesAfter_data() {
  QTest::addColumn<int>("size");
  QTest::addColumn<int>("kernel");
  QTest::addColumn<int>("stride");
  QTest::addColumn<int>("before");
  QTest::addColumn<int>("after");
  QTest::newRow("even at stride 2") << 224 << 3 << 2 << 0 << 1;
  QTest::newRow("odd at stride 2") << 15 << 3 << 2 << 1 << 1;
  QTest::newRow("stride 1") << 14 << 3 << 1 << 1 << 1;
  QTest::newRow("7 at stride 2") << 224 << 7 << 2 << 2 << 3;
  QTest::newRow("1 at stride 2") << 14 << 1 << 2 << 0 << 0;
}

void TestOnnxShapes::samePaddingGoesAfter() {
  QFETCH(int, size);
  QFETCH(int, kernel);
  QFETCH(int, stride);
  const SamePadding padding = samePadding(size, kernel, stride);
  QTEST(static_cast<int>(padding.before), "before");
  QTEST(static_cast<int>(padding.after), "after");
}

QTEST_GUILESS_MAIN(TestOnnxShapes)
#include "tst_onnx_shapes.moc"
