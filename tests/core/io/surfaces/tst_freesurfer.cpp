// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cortex/meshes.h"
#include "core/io/format_bytes.h"
#include "io/surfaces/surface_files.h"
#include "support/expect.h"

using namespace cortexscope;
using test::bytesOf;

namespace {

constexpr std::endian kBig = std::endian::big;
std::string number(std::int32_t value) {
  return bytesOf(value, kBig);
}

std::string surfaceFile(const std::string& stamp, std::int32_t vertices, std::int32_t faces) {
  const Surface surface = test::icosahedron(10);
  std::string file = "\xff\xff\xfe" + stamp + number(vertices) + number(faces);
  for (Index i = 0; i < surface.points.size(); ++i) file += bytesOf(surface.points.data()[i], kBig);
  for (Index i = 0; i < surface.triangles.size(); ++i) file += number(surface.triangles.data()[i]);
  return file;
}
std::string goodSurface() {
  return surfaceFile("made by hand\n\n", 12, 20);
}

std::string name(const std::string& text) {
  return number(static_cast<std::int32_t>(text.size()) + 1) + text + '\0';
}

std::string codes(std::int32_t count) {
  // Red, green, a colour in no entry, red.
  const std::int32_t colours[] = {200, 100 << 8, 77, 200};
  std::string file = number(count);
  for (std::int32_t v = 0; v < 4; ++v) file += number(3 - v) + number(colours[v]);
  return file;
}
std::string entry(const std::string& label, int red, int green) {
  return name(label) + number(red) + number(green) + number(0) + number(0);
}
std::string annotVersion1() {
  return codes(4) + number(1) + number(2) + name("table.txt") + entry("red", 200, 0) + entry("green", 0, 100);
}
std::string annotVersion2() {
  return codes(4) + number(1) + number(-2) + number(9) + name("table.txt") + number(2) + number(3) +
         entry("red", 200, 0) + number(8) + entry("green", 0, 100);
}

}  // namespace

class TestFreesurfer : public QObject {
  Q_OBJECT
 private slots:
  void surfaceReadsEqual_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::newRow("plain") << QByteArray::fromStdString(goodSurface());
    QTest::newRow("gzip") << QByteArray::fromStdString(test::gzipped(goodSurface()));
    QTest::newRow("with notes after the faces") << QByteArray::fromStdString(goodSurface() + "volume info");
  }
  void surfaceReadsEqual() {
    QFETCH(QByteArray, contents);
    const Surface surface = readSurface(m_scratch.write("lh.white", contents.toStdString()));
    QVERIFY(surface.points == test::icosahedron(10).points);
    QVERIFY(surface.triangles == test::icosahedron(10).triangles);
  }

  void surfaceRefuses_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* title, const std::string& contents, const char* words) {
      QTest::newRow(title) << QByteArray::fromStdString(contents) << words;
    };
    const std::string good = goodSurface();
    row("empty", "", "is empty");
    row("only the mark", good.substr(0, 3), "stamp");
    row("cut in the vertices", good.substr(0, 100), "claims 12 vertices");
    row("cut in the faces", good.substr(0, good.size() - 5), "claims 20 faces");
    row("negative vertices", surfaceFile("x\n\n", -5, 20), "claims -5 vertices");
    row("huge vertices", surfaceFile("x\n\n", 2147483647, 20), "claims 2147483647 vertices");
    row("wrapping vertices", surfaceFile("x\n\n", 357913942, 20), "claims 357913942 vertices");
    row("huge faces", surfaceFile("x\n\n", 12, 2147483647), "claims 2147483647 faces");
    row("one line end", surfaceFile("x\n", 12, 20), "demands two");
    row("no line end", surfaceFile(std::string(9000, 'x'), 12, 20), "no line end");
    std::string face = good;
    face.replace(face.size() - 4, 4, number(12));
    row("face out of range", face, "names vertex 12");
    row("text", "hello, world", "no surface that is read here");
  }
  void surfaceRefuses() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const auto file = m_scratch.write("lh.pial", contents.toStdString());
    const auto caught = test::errorOf([&] { readSurface(file); });
    QVERIFY(caught.thrown);
    QVERIFY(caught.message.find("lh.pial") != std::string::npos);
    QVERIFY2(caught.message.find(words.toStdString()) != std::string::npos, caught.message.c_str());
  }
  void quadranglesBecomeTriangles() {
    std::string file = "\xff\xff\xfd" + std::string("\0\0\5\0\0\2", 6);
    for (int i = 0; i < 15; ++i) file += bytesOf(static_cast<float>(i), std::endian::big);
    for (const char corner : {0, 1, 2, 3, 1, 2, 3, 4}) file += std::string("\0\0", 2) + corner;
    const Surface surface = readSurface(m_scratch.write("lh.orig", file));
    QCOMPARE(surface.points(4, 2), 14.0f);
    // Which diagonal is cut depends on the first corner: even and odd.
    const Triangles expected = (Triangles(4, 3) << 0, 1, 3, 2, 3, 1, 1, 2, 3, 1, 3, 4).finished();
    QCOMPARE(surface.triangles, expected);
  }

  void curv() {
    const std::string header = "\xff\xff\xff" + number(3) + number(2);
    std::string values;
    for (const float value : {0.5f, -1.25f, 3.0f}) values += bytesOf(value, kBig);
    const VectorF read = readVertexValues(m_scratch.write("lh.curv", header + number(1) + values));
    QCOMPARE(read, (VectorF(3) << 0.5f, -1.25f, 3.0f).finished());
    const auto refuse = [&](const std::string& contents) { return m_scratch.write("lh.bad", contents); };
    EXPECT_ERROR(ErrorCode::Unsupported, readVertexValues(refuse(header + number(2) + values + values)),
                 "2 values per");
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(refuse(header + number(1) + values.substr(1))),
                 "claims 3");
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(refuse(header + number(1) + values + "x")),
                 "13 bytes follow");
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(refuse(header)), "values per vertex", "lh.bad");
  }

  void oldCurv() {
    std::string file = std::string("\0\0\3\0\0\2", 6);
    for (const std::int16_t hundredth : {150, -75, 0}) file += bytesOf(hundredth, kBig);
    QCOMPARE(readVertexValues(m_scratch.write("lh.old", file)),
             (VectorF(3) << 1.5f, -0.75f, 0.0f).finished());
  }

  void annotVersions_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("redKey");
    QTest::addColumn<int>("greenKey");
    QTest::newRow("version 1") << QByteArray::fromStdString(annotVersion1()) << 0 << 1;
    QTest::newRow("version 2") << QByteArray::fromStdString(annotVersion2()) << 3 << 8;
  }
  void annotVersions() {
    QFETCH(QByteArray, contents);
    QFETCH(int, redKey);
    QFETCH(int, greenKey);
    const Parcellation read = readParcellation(m_scratch.write("lh.annot", contents.toStdString()));
    QCOMPARE(read.keys, (std::vector<std::int32_t>{redKey, kNoRegion, greenKey, redKey}));
    QCOMPARE(read.nameAt(2), std::string("green"));
    QCOMPARE(read.nameAt(1), std::string("no region"));
    QCOMPARE(read.regions.size(), std::size_t{2});
    QCOMPARE(read.regions[0].red, 200.0f / 255.0f);
    QCOMPARE(read.regions[1].green, 100.0f / 255.0f);
  }

  void annotWithoutTable() {
    const Parcellation read = readParcellation(m_scratch.write("lh.annot", codes(4)));
    QCOMPARE(read.regions.size(), std::size_t{3});
    QCOMPARE(read.nameAt(1), std::string("77"));
    QCOMPARE(read.verticesOf("200"), (std::vector<Index>{0, 3}));
  }

  void annotRefuses_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* title, const std::string& contents, const char* words) {
      QTest::newRow(title) << QByteArray::fromStdString(contents) << words;
    };
    const std::string good = annotVersion2();
    row("negative count", codes(-4), "claims -4 vertices");
    row("huge count", codes(2147483647), "claims 2147483647 vertices");
    row("vertex out of range", codes(3), "vertex 3");
    std::string twice = codes(4);
    twice.replace(4, 4, number(2));
    row("vertex twice", twice, "two entries");
    row("cut in the table", good.substr(0, good.size() - 2), "ends inside");
    row("table version", codes(4) + number(1) + number(-3), "version 3");
    row("smallest version", codes(4) + number(1) + number(INT32_MIN), "version 2147483648");
    row("name length", codes(4) + number(1) + number(-2) + number(9) + number(-1), "claims -1 bytes");
    row("entry count", codes(4) + number(1) + number(-2) + number(9) + name("t") + number(1 << 30),
        "claims 1073741824");
    row("colour", codes(4) + number(1) + number(1) + name("t") + entry("red", 300, 0), "300");
  }
  void annotRefuses() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const auto file = m_scratch.write("lh.bad.annot", contents.toStdString());
    const auto caught = test::errorOf([&] { readParcellation(file); });
    QVERIFY(caught.thrown);
    QVERIFY2(caught.message.find("lh.bad.annot") != std::string::npos, caught.message.c_str());
    QVERIFY2(caught.message.find(words.toStdString()) != std::string::npos, caught.message.c_str());
  }

  void flippedBytesNeverCrash() {
    std::mt19937 generator(11);
    for (int round = 0; round < 3000; ++round) {
      std::string contents = round % 2 == 0 ? goodSurface() : annotVersion2();
      for (int flip = 0; flip < 3; ++flip)
        contents[generator() % contents.size()] = static_cast<char>(generator());
      const auto file = m_scratch.write("flipped", contents);
      test::errorOf([&] { round % 2 == 0 ? void(readSurface(file)) : void(readParcellation(file)); });
    }
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestFreesurfer)
#include "tst_freesurfer.moc"
