// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <fstream>

#include "base/files.h"
#include "io/arrays/npy.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

void writeBytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A .npy file put together by hand: the header in format `version`, unpadded, then `data`.
std::string npyBytes(const std::string& dictionary, const std::string& data, int version = 1) {
  const std::size_t length = dictionary.size();
  std::string bytes = "\x93NUMPY";
  bytes += {static_cast<char>(version), '\0', static_cast<char>(length & 255),
            static_cast<char>(length >> 8 & 255)};
  if (version > 1) bytes += {'\0', '\0'};
  return bytes + dictionary + data;
}

std::string header(const std::string& type, const std::string& order, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

template <class Number>
std::string bytesOf(const std::vector<Number>& numbers, bool bigEndian = false) {
  std::string bytes;
  for (const Number number : numbers) {
    std::string one(sizeof number, '\0');
    std::memcpy(one.data(), &number, sizeof number);
    if (bigEndian) std::reverse(one.begin(), one.end());
    bytes += one;
  }
  return bytes;
}

/// Bytes that numpy 1.24 writes in front of a float32 array of this shape.
std::string numpyHeader(const std::string& shape) {
  std::string text = "\x93NUMPY\x01";
  text += {'\0', 'v', '\0'};
  text += "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
  return text.append(127 - text.size(), ' ') + "\n";
}

}  // namespace

class TestNpy : public QObject {
  Q_OBJECT

 private slots:
  void everyTypeIsRead_data();
  void everyTypeIsRead();
  void halfPrecisionIsExact();
  void shapesOfAllKinds_data();
  void shapesOfAllKinds();
  void headerSpellingsOfOtherWriters();
  void fortranOrderIsTurned();
  void filesAreThoseOfNumpy();
  void writtenArraysComeBack();
  void mappedMatrixShowsTheFile();
  void mappedMatrixRefusesOtherLayouts_data();
  void mappedMatrixRefusesOtherLayouts();
  void rowWriterMakesTheSameFile();
  void rowWriterLeavesNothingBehind();
  void malformedIsRefused_data();
  void malformedIsRefused();
  void tooLargeForFloatIsRefused();
  void realFiles();

 private:
  std::filesystem::path at(const std::string& name) { return m_folder.filePath(name.c_str()).toStdString(); }
  QTemporaryDir m_folder;
};

void TestNpy::everyTypeIsRead_data() {
  QTest::addColumn<QString>("type");
  QTest::addColumn<QByteArray>("data");
  QTest::addColumn<double>("second");
  const auto row = [](const char* type, const std::string& data, double second) {
    QTest::newRow(type) << type << QByteArray::fromStdString(data) << second;
  };
  row("|b1", bytesOf<std::int8_t>({0, 2, 0, 1}), 1);
  row("|i1", bytesOf<std::int8_t>({1, -100, 3, 4}), -100);
  row("|u1", bytesOf<std::uint8_t>({1, 200, 3, 4}), 200);
  row("<i2", bytesOf<std::int16_t>({1, -30000, 3, 4}), -30000);
  row(">i2", bytesOf<std::int16_t>({1, -30000, 3, 4}, true), -30000);
  row("<u2", bytesOf<std::uint16_t>({1, 60000, 3, 4}), 60000);
  row("<i4", bytesOf<std::int32_t>({1, -(1 << 24), 3, 4}), -(1 << 24));
  row(">u4", bytesOf<std::uint32_t>({1, 3U << 30, 3, 4}, true), 3221225472.0);
  row("<i8", bytesOf<std::int64_t>({1, -(std::int64_t{1} << 40), 3, 4}), -1099511627776.0);
  row(">u8", bytesOf<std::uint64_t>({1, std::uint64_t{1} << 63, 3, 4}, true), 9223372036854775808.0);
  row("<f4", bytesOf<float>({1, -0.375F, 3, 4}), -0.375);
  row(">f4", bytesOf<float>({1, -0.375F, 3, 4}, true), -0.375);
  row("<f8", bytesOf<double>({1, 1.5e30, 3, 4}), 1.5e30);
  row(">f8", bytesOf<double>({1, 1.5e30, 3, 4}, true), 1.5e30);
  row("=f8", bytesOf<double>({1, -2.25, 3, 4}), -2.25);
}

void TestNpy::everyTypeIsRead() {
  QFETCH(QString, type);
  QFETCH(QByteArray, data);
  QFETCH(double, second);
  for (const int version : {1, 2, 3}) {
    writeBytes(at("t.npy"),
               npyBytes(header(type.toStdString(), "False", "(2, 2)"), data.toStdString(), version));
    const MatrixD wide = readNpyDouble(at("t.npy"));
    QCOMPARE(wide.rows(), Index{2});
    QCOMPARE(wide(0, 1), second);
    QCOMPARE(readNpy(at("t.npy"))(0, 1), static_cast<float>(second));
    QCOMPARE(wide(1, 1), type == "|b1" ? 1.0 : 4.0);
  }
}

void TestNpy::halfPrecisionIsExact() {
  const std::vector<std::uint16_t> bits = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400,
                                           0x8000, 0x7c00, 0xfc00, 0x7e00};
  const std::vector<double> expected = {1,    -2,       65504,    std::ldexp(1.0, -24), std::ldexp(1.0, -14),
                                        -0.0, INFINITY, -INFINITY};
  for (const bool bigEndian : {false, true}) {
    writeBytes(at("h.npy"),
               npyBytes(header(bigEndian ? ">f2" : "<f2", "False", "(9,)"), bytesOf(bits, bigEndian)));
    const MatrixD values = readNpyDouble(at("h.npy"));
    for (std::size_t i = 0; i < expected.size(); ++i)
      QVERIFY(values(static_cast<Index>(i), 0) == expected[i]);
    QVERIFY(std::isnan(values(8, 0)));
  }
}

void TestNpy::shapesOfAllKinds_data() {
  QTest::addColumn<QString>("shape");
  QTest::addColumn<int>("rows");
  QTest::addColumn<int>("cols");
  QTest::newRow("single number") << "()" << 1 << 1;
  QTest::newRow("one column") << "(3,)" << 3 << 1;
  QTest::newRow("no numbers") << "(0,)" << 0 << 1;
  QTest::newRow("no rows") << "(0, 7)" << 0 << 7;
  QTest::newRow("no columns") << "(7, 0)" << 7 << 0;
  QTest::newRow("one row") << "(1, 3)" << 1 << 3;
  QTest::newRow("Python 2") << "(3L, 2L)" << 3 << 2;
}

void TestNpy::shapesOfAllKinds() {
  QFETCH(QString, shape);
  QFETCH(int, rows);
  QFETCH(int, cols);
  const std::vector<float> numbers(static_cast<std::size_t>(rows * cols), 2.5F);
  writeBytes(at("s.npy"), npyBytes(header("<f4", "False", shape.toStdString()), bytesOf(numbers)));
  const MatrixF values = readNpy(at("s.npy"));
  QCOMPARE(values.rows(), Index{rows});
  QCOMPARE(values.cols(), Index{cols});
  QVERIFY((values.array() == 2.5F).all());
}

void TestNpy::headerSpellingsOfOtherWriters() {
  for (const char* text : {"{\"shape\":(2,1),\"descr\":\"<f4\",\"fortran_order\":False}",
                           " { 'shape' : ( 2 , 1 ) ,\n'fortran_order' : True,\t'descr' : '<f4' } \n"}) {
    writeBytes(at("o.npy"), npyBytes(text, bytesOf<float>({7, 8})));
    QCOMPARE(readNpy(at("o.npy"))(1, 0), 8.0F);
  }
}

void TestNpy::fortranOrderIsTurned() {
  writeBytes(at("f.npy"),
             npyBytes(header("<i2", "True", "(2, 3)"), bytesOf<std::int16_t>({1, 4, 2, 5, 3, 6})));
  MatrixF expected(2, 3);
  expected << 1, 2, 3, 4, 5, 6;
  QVERIFY(readNpy(at("f.npy")) == expected);
}

void TestNpy::filesAreThoseOfNumpy() {
  MatrixF values(3, 4);
  for (Index i = 0; i < 12; ++i) values.data()[i] = static_cast<float>(i) / 4;
  writeNpy(at("w.npy"), values);
  const std::string data(reinterpret_cast<const char*>(values.data()), 48);
  QVERIFY(readTextFile(at("w.npy")) == numpyHeader("(3, 4)") + data);
  writeNpy(at("v.npy"), VectorF(VectorF::Constant(5, 1.0F)));
  QVERIFY(readTextFile(at("v.npy")) == numpyHeader("(5,)") + bytesOf(std::vector<float>(5, 1.0F)));
  writeNpy(at("p.npy"), values.middleCols(1, 2));  // rows with a stride
  QCOMPARE(readTextFile(at("p.npy")).size(), std::size_t{128 + 24});
  QVERIFY(readNpy(at("p.npy")) == MatrixF(values.middleCols(1, 2)));
}

void TestNpy::writtenArraysComeBack() {
  MatrixF values = gaussian(70, 33, 1);
  values(3, 3) = NAN;
  values(4, 4) = INFINITY;
  writeNpy(at("sub/folder/r.npy"), values);
  const MatrixF back = readNpy(at("sub/folder/r.npy"));
  QCOMPARE(std::memcmp(back.data(), values.data(), sizeof(float) * 70 * 33), 0);
  QVERIFY(readNpyDouble(at("sub/folder/r.npy"))(69, 32) == static_cast<double>(values(69, 32)));
}

void TestNpy::mappedMatrixShowsTheFile() {
  const MatrixF values = gaussian(20, 7, 2);
  writeNpy(at("m.npy"), values);
  MappedMatrix mapped(at("m.npy"));
  const MappedMatrix copy = mapped;
  QCOMPARE(copy.rows(), Index{20});
  QCOMPARE(copy.cols(), Index{7});
  QVERIFY(copy.view() == values);
  QCOMPARE(copy.row(13)[2], values(13, 2));
}

void TestNpy::mappedMatrixRefusesOtherLayouts_data() {
  QTest::addColumn<QByteArray>("content");
  QTest::addColumn<QString>("reason");
  const std::string eight = bytesOf(std::vector<double>(4, 1.0)), four = bytesOf(std::vector<float>(4, 1.0F));
  const auto row = [](const char* title, const std::string& content, const char* reason) {
    QTest::newRow(title) << QByteArray::fromStdString(content) << reason;
  };
  row("float64", npyBytes(header("<f8", "False", "(2, 2)"), eight), "float32");
  row("big-endian", npyBytes(header(">f4", "False", "(2, 2)"), four), "little-endian");
  row("one dimension", npyBytes(header("<f4", "False", "(4,)"), four), "1 dimensions");
  row("Fortran order", npyBytes(header("<f4", "True", "(2, 2)"), four), "not contiguous");
  std::string oddHeader = header("<f4", "False", "(2, 2)");
  while ((oddHeader.size() + 10) % 4 != 1) oddHeader += ' ';
  row("odd start", npyBytes(oddHeader, four), "not a multiple of 4");
}

void TestNpy::mappedMatrixRefusesOtherLayouts() {
  QFETCH(QByteArray, content);
  QFETCH(QString, reason);
  writeBytes(at("u.npy"), content.toStdString());
  EXPECT_ERROR(ErrorCode::Unsupported, MappedMatrix(at("u.npy")), "u.npy", reason.toStdString());
  QVERIFY((readNpy(at("u.npy")).array() != 0).all());
}

void TestNpy::rowWriterMakesTheSameFile() {
  const MatrixF values = gaussian(50, 6, 3);
  writeNpy(at("whole.npy"), values);
  NpyRowWriter writer(at("rows.npy"), 50, 6);
  writer.append(values.topRows(1));
  writer.append(values.middleRows(1, 30));
  writer.append(values.bottomRows(19));
  QVERIFY(!std::filesystem::exists(at("rows.npy")));
  writer.finish();
  QVERIFY(readTextFile(at("rows.npy")) == readTextFile(at("whole.npy")));
}

void TestNpy::rowWriterLeavesNothingBehind() {
  const std::filesystem::path folder = at("rowfolder");
  {
    NpyRowWriter writer(folder / "a.npy", 3, 2);
    writer.append(MatrixF::Zero(2, 2));
    EXPECT_ERROR(ErrorCode::BadShape, writer.finish(), "a.npy", "2 of 3 rows");
    EXPECT_ERROR(ErrorCode::BadShape, writer.append(MatrixF::Zero(2, 2)), "a.npy", "after row 2",
                 "3 rows of 2");
    EXPECT_ERROR(ErrorCode::BadShape, writer.append(MatrixF::Zero(1, 3)), "rows of 3");
  }
  QVERIFY(std::filesystem::is_empty(folder));
  EXPECT_ERROR(ErrorCode::BadShape, NpyRowWriter(folder / "b.npy", -1, 2), "-1 x 2");
  EXPECT_ERROR(ErrorCode::Io, NpyRowWriter("/proc/nowhere/c.npy", 1, 2), "/proc/nowhere");
  NpyRowWriter onFolder(at(""), 0, 2);
  EXPECT_ERROR(ErrorCode::Io, onFolder.finish(), "cannot be replaced");
}

void TestNpy::malformedIsRefused_data() {
  QTest::addColumn<QByteArray>("content");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("reason");
  const auto row = [](const char* title, const std::string& content, const char* reason,
                      ErrorCode code = ErrorCode::BadFile) {
    QTest::newRow(title) << QByteArray::fromStdString(content) << static_cast<int>(code) << reason;
  };
  const auto shape = [](const std::string& text) {
    return npyBytes(header("<f4", "False", text), "12345678");
  };
  const auto type = [](const std::string& text) {
    return npyBytes(header(text, "False", "(2,)"), "12345678");
  };
  const std::string good = shape("(2,)");
  row("empty", "", "0 bytes");
  row("cut in the magic", good.substr(0, 4), "4 bytes");
  row("cut in the header", good.substr(0, 30), "the file has 30");
  row("cut in the data", good.substr(0, good.size() - 1), "needs 8 bytes after the header, the file has 7");
  row("surplus data", good + "x", "the file has 9");
  row("magic", "\x93NUMPX" + good.substr(6), "first six bytes");
  row("text", "subject,age\n1,2\n3,4\n", "first six bytes");
  row("web page", "<html><body>Not found</body></html>", "web page");
  row("pointer", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer");
  row("gzip", "\x1f\x8b" + good, "gzip");
  row("npz", "PK\x03\x04" + good, "zip archive");
  row("version 9", std::string(good).replace(6, 1, "\x09"), "version 9.0", ErrorCode::Unsupported);
  row("header beyond the file", std::string(good).replace(8, 2, "\xff\xff"), "claims 65535 bytes");
  row("not a dictionary", npyBytes("('<f4', False, (2,))", "12345678"), "not a dictionary");
  row("code", npyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': open('x')}", ""),
      "expected a plain value");
  row("call in front", npyBytes("__import__('os').system('true')", ""), "expected a plain value");
  row("text after it", npyBytes(header("<f4", "False", "(2,)") + "+1", "12345678"),
      "follows the closing bracket");
  row("very deep", npyBytes(std::string(5000, '(') + std::string(5000, ')'), ""), "more than 16 deep");
  row("not closed", npyBytes("{'descr': '<f4", ""), "not closed");
  row("key missing", npyBytes("{'descr': '<f4', 'shape': (2,)}", "12345678"),
      "lacks the key 'fortran_order'");
  row("key twice", npyBytes("{'descr': '<f4', 'descr': '<f8'}", ""), "comes twice");
  row("key unknown", npyBytes("{'colour': 'red'}", ""), "unknown key 'colour'");
  row("shape a list", shape("[2]"), "not a tuple");
  row("shape a number", shape("(2)"), "not a tuple");
  row("shape of text", shape("('2',)"), "whole numbers");
  row("shape of fractions", shape("(2.0,)"), "expected ','");
  row("shape negative", shape("(-2,)"), "negative size -2");
  row("shape huge", shape("(4611686018427387904,)"), "beyond 2^62 bytes");
  row("shape wrapping", shape("(4294967296, 4294967296)"), "beyond 2^62 bytes");
  row("shape beyond 64 bits", shape("(99999999999999999999,)"), "number is beyond 64 bits");
  row("shape large", shape("(1000000000000, 1)"), "needs 4000000000000 bytes");
  row("order a number", npyBytes(header("<f4", "1", "(2,)"), "12345678"), "not True or False");
  row("three dimensions", shape("(1, 1, 2)"), "3 dimensions", ErrorCode::Unsupported);
  row("objects", type("|O"), "pickle", ErrorCode::Unsupported);
  row("text numbers", type("<U1"), "holds text", ErrorCode::Unsupported);
  row("byte text", type("|S4"), "holds text", ErrorCode::Unsupported);
  row("complex", type("<c8"), "complex", ErrorCode::Unsupported);
  row("dates", type("<M8[ns]"), "'<M8[ns]'", ErrorCode::Unsupported);
  row("long double", type("<f16"), "'<f16'", ErrorCode::Unsupported);
  row("unknown order", type("!f4"), "'!f4'", ErrorCode::Unsupported);
  row("no order", type("f4"), "'f4'", ErrorCode::Unsupported);
  row("empty type", type(""), "''", ErrorCode::Unsupported);
  row("structures", npyBytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "12345678"),
      "structures", ErrorCode::Unsupported);
  row("type a number", npyBytes("{'descr': 4, 'fortran_order': False, 'shape': (2,)}", "12345678"),
      "not a text");
}

void TestNpy::malformedIsRefused() {
  QFETCH(QByteArray, content);
  QFETCH(int, code);
  QFETCH(QString, reason);
  writeBytes(at("bad file.npy"), content.toStdString());
  const auto expected = static_cast<ErrorCode>(code);
  EXPECT_ERROR(expected, readNpy(at("bad file.npy")), "bad file.npy", reason.toStdString());
  EXPECT_ERROR(expected, MappedMatrix(at("bad file.npy")), "bad file.npy", reason.toStdString());
}

void TestNpy::tooLargeForFloatIsRefused() {
  writeBytes(at("l.npy"), npyBytes(header("<f8", "False", "(2, 2)"), bytesOf<double>({1, 2, 3, 1e300})));
  EXPECT_ERROR(ErrorCode::BadFile, readNpy(at("l.npy")), "l.npy", "row 1, column 1", "float32");
  QCOMPARE(readNpyDouble(at("l.npy"))(1, 1), 1e300);
  writeBytes(at("i.npy"), npyBytes(header("<f8", "False", "(1,)"), bytesOf<double>({INFINITY})));
  QVERIFY(std::isinf(readNpy(at("i.npy"))(0, 0)));
}

void TestNpy::realFiles() {
  if (sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA is not set");
  const MatrixD values = readNpyDouble(sharedData() / "numpy/stable-Z1-pdf-sample-data.npy");
  QCOMPARE(values.rows(), Index{4589});
  QCOMPARE(values.cols(), Index{5});
  QVERIFY(std::abs(values.maxCoeff() / 5.5480927e+19 - 1) < 1e-7);  // as numpy finds it
  QCOMPARE(values.minCoeff(), -values.maxCoeff());
  EXPECT_ERROR(ErrorCode::Unsupported, readNpy(sharedData() / "numpy/py3-objarr.npy"), "py3-objarr.npy",
               "pickle");
}

QTEST_APPLESS_MAIN(TestNpy)
#include "tst_npy.moc"
