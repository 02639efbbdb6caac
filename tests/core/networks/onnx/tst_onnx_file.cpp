// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <cmath>
#include <fstream>

#include "core/networks/small_onnx.h"
#include "networks/onnx/protobuf.h"
#include "networks/onnx/shapes.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

std::span<const std::byte> bytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// A file with one initializer, written field by field so that it can lie.
std::string fileWithTensor(const std::function<void(ProtobufWriter&)>& fillTensor) {
  ProtobufWriter out;
  const auto graph = out.begin(7);
  const auto tensor = out.begin(5);
  fillTensor(out);
  out.end(tensor);
  out.end(graph);
  const auto opset = out.begin(8);
  out.integer(2, 10);
  out.end(opset);
  return out.take();
}

std::string fileWithNode(const std::function<void(ProtobufWriter&)>& fillNode) {
  ProtobufWriter out;
  const auto graph = out.begin(7);
  const auto node = out.begin(1);
  out.text(4, "Relu");
  fillNode(out);
  out.end(node);
  out.end(graph);
  const auto opset = out.begin(8);
  out.integer(2, 10);
  out.end(opset);
  return out.take();
}

/// Reads and checks; whatever the bytes are, only our own errors may come out.
bool survives(std::span<const std::byte> bytes) {
  try {
    const OnnxModel model = parseOnnx(bytes);
    networkInfoOf(model, checkedShapes(model));
  } catch (const Error&) {
  } catch (...) {
    return false;
  }
  return true;
}

}  // namespace

class TestOnnxFile : public QObject {
  Q_OBJECT

 private slots:
  void roundTripKeepsEverything();
  void everyCutIsNoticed();
  void changedBytesNeverCrash();
  void foreignFilesAreRefused();
  void lyingFilesAreRefused_data();
  void lyingFilesAreRefused();
  void listsArePackedOrNot();
};

void TestOnnxFile::roundTripKeepsEverything() {
  OnnxModel model = described(smallPictureModel(4), smallPictureInfo(4));
  model.initializers.push_back({"whole", {2, 2}, std::vector<std::int64_t>{-1, 0, INT64_MAX, INT64_MIN}});
  model.initializers.push_back({"single", {}, std::vector<float>{-0.0f}});
  model.nodes.push_back({"odd",
                         "Odd",
                         {"", "sum"},
                         {"odd"},
                         {{"f", 1.5f},
                          {"i", std::int64_t{-7}},
                          {"s", std::string("text")},
                          {"fs", std::vector<float>{1, -2}},
                          {"is", std::vector<std::int64_t>{-3, 4}},
                          {"none", std::vector<std::int64_t>{}},
                          {"t", OnnxTensor{"x", {1}, std::vector<float>{9}}}}});
  model.inputs[0].dims[0] = -1;
  QTemporaryDir folder;
  const std::filesystem::path file = folder.path().toStdString() + "/a.onnx";
  writeOnnx(file, model);
  const OnnxModel read = readOnnx(file);
  QCOMPARE(serializeOnnx(read), serializeOnnx(model));
  QCOMPARE(read.opset, std::int64_t{10});
  QCOMPARE(read.inputs[0].dims, (OnnxShape{-1, 3, 4, 4}));
  QCOMPARE(read.initializers[4].integers(), (std::vector<std::int64_t>{-1, 0, INT64_MAX, INT64_MIN}));
  QVERIFY(std::signbit(read.initializers[5].floats()[0]));
  const OnnxNode& odd = read.nodes.back();
  QCOMPARE(odd.inputs, (std::vector<std::string>{"", "sum"}));
  QCOMPARE(odd.number("f", 0), 1.5f);
  QCOMPARE(odd.integer("i", 0), std::int64_t{-7});
  QCOMPARE(odd.text("s", ""), std::string("text"));
  QCOMPARE(odd.integers("is", {}), (std::vector<std::int64_t>{-3, 4}));
  QCOMPARE(odd.integers("none", {1}), std::vector<std::int64_t>{});
  QCOMPARE(std::get<OnnxTensor>(odd.attributes.at("t")).floats(), std::vector<float>{9});
  QCOMPARE(read.metadata, model.metadata);
  EXPECT_ERROR(ErrorCode::BadFile, odd.integer("f", 0), "Odd", "attribute f");
}

void TestOnnxFile::everyCutIsNoticed() {
  const std::string whole = serializeOnnx(smallPictureModel(4));
  parseOnnx(bytesOf(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const Caught caught = errorOf([&] { parseOnnx(bytesOf(cut)); });
    QVERIFY2(caught.thrown && caught.code == ErrorCode::BadFile, textOf(size).c_str());
  }
}

void TestOnnxFile::changedBytesNeverCrash() {
  const std::string whole = serializeOnnx(described(smallPictureModel(4), smallPictureInfo(4)));
  QVERIFY(survives(bytesOf(whole)));
  for (std::size_t place = 0; place < whole.size(); ++place)
    for (const int change : {0x01, 0x04, 0x40, 0x80, 0xff}) {
      std::string changed = whole;
      changed[place] = static_cast<char>(changed[place] ^ change);
      QVERIFY2(survives(bytesOf(changed)), textOf(place).c_str());
    }
  std::mt19937 generator(1);
  for (int round = 0; round < 2000; ++round) {
    std::string changed = whole;
    for (int i = 0; i < 4; ++i) changed[generator() % changed.size()] = static_cast<char>(generator());
    QVERIFY(survives(bytesOf(changed)));
  }
}

void TestOnnxFile::foreignFilesAreRefused() {
  QTemporaryDir folder;
  const std::string file = folder.path().toStdString() + "/a.onnx";
  EXPECT_ERROR(ErrorCode::MissingFile, readOnnx(file), "a.onnx");
  EXPECT_ERROR(ErrorCode::BadFile, readOnnx(folder.path().toStdString()), "not a regular file");
  for (const std::string& text :
       {std::string(), std::string("<!DOCTYPE html><html>"), std::string("\x80\x04\x95pickle")}) {
    std::ofstream(file) << text;
    EXPECT_ERROR(ErrorCode::BadFile, readOnnx(file), "a.onnx");
  }
}

void TestOnnxFile::lyingFilesAreRefused_data() {
  QTest::addColumn<std::string>("file");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("words");
  const int badFile = int(ErrorCode::BadFile), unsupported = int(ErrorCode::Unsupported);
  const auto tensor = [](std::vector<std::int64_t> dims, std::int64_t type, std::size_t rawBytes) {
    return fileWithTensor([&](ProtobufWriter& out) {
      out.integers(1, dims);
      out.integer(2, type);
      out.text(8, "t");
      out.text(9, std::string(rawBytes, '\0'));
    });
  };
  QTest::newRow("raw data short") << tensor({2, 3}, 1, 20) << badFile << "2x3|6 values|20 bytes";
  QTest::newRow("raw data long") << tensor({2, 3}, 1, 28) << badFile << "6 values|28 bytes";
  QTest::newRow("huge") << tensor({1 << 30, 1 << 9}, 1, 24) << badFile << "24 bytes";
  QTest::newRow("wrapping") << tensor({std::int64_t{1} << 32, std::int64_t{1} << 32}, 1, 0) << badFile
                            << "more than";
  QTest::newRow("negative size") << tensor({-2, 3}, 1, 24) << badFile << "negative|-2";
  QTest::newRow("many sizes") << tensor(std::vector<std::int64_t>(9, 1), 1, 4) << badFile << "more than 8";
  QTest::newRow("element type") << tensor({1}, 10, 2) << unsupported << "element type 10";
  QTest::newRow("integers short") << tensor({2}, 7, 15) << badFile << "2 values|15 bytes";
  QTest::newRow("no data") << fileWithTensor([](ProtobufWriter& out) {
    out.integer(1, 4);
    out.integer(2, 1);
  }) << badFile << "4 values|0 values";
  QTest::newRow("external data") << fileWithTensor([](ProtobufWriter& out) {
    out.integer(2, 1);
    out.text(8, "t");
    const auto entry = out.begin(13);
    out.text(1, "location");
    out.text(2, "../secret");
    out.end(entry);
  }) << unsupported << "another file";
  QTest::newRow("external location alone")
      << fileWithTensor([](ProtobufWriter& out) { out.integer(14, 1); }) << unsupported << "another file";
  QTest::newRow("segments") << fileWithTensor([](ProtobufWriter& out) { out.text(3, ""); }) << unsupported
                            << "segments";
  const auto attribute = [](const std::function<void(ProtobufWriter&)>& fill) {
    return fileWithNode([&](ProtobufWriter& out) {
      const auto start = out.begin(5);
      out.text(1, "a");
      fill(out);
      out.end(start);
    });
  };
  QTest::newRow("graph in graph") << attribute([](ProtobufWriter& out) { out.text(6, ""); }) << unsupported
                                  << "graph inside";
  QTest::newRow("empty attribute") << attribute([](ProtobufWriter&) {}) << badFile << "\"a\" has no value";
  QTest::newRow("attribute stored wrongly")
      << attribute([](ProtobufWriter& out) { out.integer(4, 3); }) << badFile << "unexpected way";
  QTest::newRow("domain") << fileWithNode([](ProtobufWriter& out) { out.text(7, "com.microsoft"); })
                          << unsupported << "com.microsoft|Relu";
  QTest::newRow("name too long") << fileWithNode([](ProtobufWriter& out) {
    out.text(1, std::string(5000, 'x'));
  }) << badFile << "5000|4096";
  QTest::newRow("no opset") << [] {
    ProtobufWriter out;
    out.end(out.begin(7));
    return out.take();
  }() << badFile << "no version";
  QTest::newRow("two graphs") << [] {
    ProtobufWriter out;
    out.end(out.begin(7));
    out.end(out.begin(7));
    return out.take();
  }() << badFile << "more than one graph";
  QTest::newRow("functions") << [] {
    ProtobufWriter out;
    out.text(25, "");
    return out.take();
  }() << unsupported << "functions";
  QTest::newRow("endless number") << std::string(11, '\xff') << badFile << "more than 10 bytes|byte 0";
  QTest::newRow("length past the end")
      << std::string("\x3a\x7f") << badFile << "claims 127 bytes, 0 are left";
  QTest::newRow("length of exabytes")
      << std::string("\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f") << badFile << "claims";
  QTest::newRow("field zero") << std::string("\x00\x00", 2) << badFile << "field number 0";
  QTest::newRow("group") << std::string("\x3b") << badFile << "field type 3";
}

void TestOnnxFile::lyingFilesAreRefused() {
  QFETCH(std::string, file);
  QFETCH(int, code);
  QFETCH(QString, words);
  const Caught caught = errorOf([&] { parseOnnx(bytesOf(file)); });
  QVERIFY(caught.thrown);
  QVERIFY2(int(caught.code) == code, caught.message.c_str());
  for (const QString& word : words.split('|'))
    QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
}

void TestOnnxFile::listsArePackedOrNot() {
  const std::string plain = fileWithTensor([](ProtobufWriter& out) {
    out.integer(1, 2);
    out.integer(2, 1);
    out.number(4, 1.5f);
    out.number(4, -2.0f);
  });
  const std::string packed = fileWithTensor([](ProtobufWriter& out) {
    out.text(1, "\x02");
    out.integer(2, 1);
    out.floats(4, std::vector<float>{1.5f, -2.0f});
  });
  for (const std::string& file : {plain, packed}) {
    const OnnxModel model = parseOnnx(bytesOf(file));
    QCOMPARE(model.initializers.at(0).dims, OnnxShape{2});
    QCOMPARE(model.initializers[0].floats(), (std::vector<float>{1.5f, -2.0f}));
  }
}

QTEST_GUILESS_MAIN(TestOnnxFile)
#include "tst_onnx_file.moc"
