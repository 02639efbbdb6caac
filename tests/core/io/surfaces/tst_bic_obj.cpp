// SPDX-License-Identifier: GPL-3.0-or-later
#include <sstream>

#include "core/cortex/meshes.h"
#include "core/io/format_bytes.h"
#include "io/surfaces/surface_files.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// The format written out by hand: header, points, normals, count, colours, ends, corners.
std::string objText(const Surface& surface, const std::string& colours, float normalSign = 1) {
  std::ostringstream text;
  text << "P 0.3 0.3 0.4 10 1 " << surface.vertexCount() << "\n" << surface.points << "\n\n";
  text << normalSign * surface.points << "\n\n" << surface.triangleCount() << "\n" << colours << "\n\n";
  for (Index t = 1; t <= surface.triangleCount(); ++t) text << ' ' << 3 * t << (t % 8 == 0 ? "\n" : "");
  text << "\n";
  for (Index i = 0; i < surface.triangles.size(); ++i)
    text << ' ' << surface.triangles.data()[i] << (i % 8 == 7 ? "\n" : "");
  return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t place = text.find(from);
  return place == std::string::npos ? std::string() : text.replace(place, from.size(), to);
}

Surface twoSpheres(float leftX, float rightX) {
  const Surface one = test::icosahedron(10);
  Surface both;
  both.points.resize(24, 3);
  both.points << one.points, one.points;
  both.points.col(0).head(12).array() += leftX;
  both.points.col(0).tail(12).array() += rightX;
  both.triangles.resize(40, 3);
  both.triangles << one.triangles, (one.triangles.array() + 12).matrix();
  return both;
}

}  // namespace

class TestBicObj : public QObject {
  Q_OBJECT
 private slots:
  void readsEveryColouring_data() {
    QTest::addColumn<QString>("colours");
    QTest::newRow("one for all") << "0 1 1 1 1";
    QTest::newRow("one per polygon") << "1" + QString(" 0.5 0.5 0.5 1\n").repeated(20);
    QTest::newRow("one per vertex") << "2" + QString(" 0.5 0.5 0.5 1\n").repeated(12);
  }
  void readsEveryColouring() {
    QFETCH(QString, colours);
    const Surface sphere = test::icosahedron(10);
    const std::string text = objText(sphere, colours.toStdString());
    for (const std::string& contents : {text, test::gzipped(text), replaced(text, "\n", "\r\n")}) {
      const Surface read = readSurface(m_scratch.write("brain.obj", contents));
      QVERIFY((read.points - sphere.points).norm() < 1e-3f);
      QVERIFY(read.triangles == sphere.triangles);
    }
  }

  void turnsInwardWinding() {
    Surface inward = test::icosahedron(10);
    inward.triangles.col(0).swap(inward.triangles.col(2));
    const Surface read = readSurface(m_scratch.write("brain.obj", objText(inward, "0 1 1 1 1")));
    QCOMPARE(test::flippedTriangles(read, read.points), Index{0});
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& contents, const char* words) {
      QTest::newRow(name) << QByteArray::fromStdString(contents) << words;
    };
    const std::string good = objText(test::icosahedron(10), "0 1 1 1 1");
    row("cut in the points", good.substr(0, 150), "line");
    row("cut in the corners", good.substr(0, good.size() - 4), "ends where a vertex number");
    row("huge count", replaced(good, "1 12\n", "1 650288644\n"), "claims 650288644 vertices");
    row("negative count", replaced(good, "1 12\n", "1 -12\n"), "\"-12\"");
    row("word among the points", replaced(good, "\n\n", " rabbit\n\n"), "\"rabbit\"");
    row("decimal comma", replaced(good, "0.3", "0,3") + " 9", "line");
    row("colour kind", replaced(good, "0 1 1 1 1", "7 1 1 1 1"), "\"7\"");
    row("a square", replaced(good, " 3 6 9 12", " 4 8 12 16"), "4 corners");
    row("ends going back", replaced(good, " 3 6 9 12", " 3 2 9 12"), "-1 corners");
    row("index past the end", replaced(good, "0 11 5", "0 12 5"), "0 to 11");
    row("more after the end", good + " 17", "more follows");
    row("binary form", std::string("p\0\0\1", 4), "binary");
    row("Wavefront", "v 1 2 3\nf 1 2 3\n", "no surface that is read here");
  }
  void refuses() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const auto file = m_scratch.write("bad.obj", contents.toStdString());
    const auto caught = test::errorOf([&] { readSurface(file); });
    QVERIFY(caught.thrown);
    QVERIFY2(caught.message.find("bad.obj") != std::string::npos, caught.message.c_str());
    QVERIFY2(caught.message.find(words.toStdString()) != std::string::npos, caught.message.c_str());
  }

  void splitsHemispheres() {
    const auto file = m_scratch.write("two.obj", objText(twoSpheres(-20, 20), "0 1 1 1 1"));
    const auto [left, right] = readTwoHemisphereSurface(file);
    QVERIFY(left.triangles == test::icosahedron(10).triangles);
    QVERIFY(right.triangles == test::icosahedron(10).triangles);
    QVERIFY(std::abs(left.points.col(0).mean() + 20) < 1e-3f);
    QVERIFY(std::abs(right.points.col(0).mean() - 20) < 1e-3f);
  }

  void refusesOtherHalves() {
    const auto write = [&](const Surface& surface) {
      return m_scratch.write("t.obj", objText(surface, "0 1 1 1 1"));
    };
    EXPECT_ERROR(ErrorCode::BadShape, readTwoHemisphereSurface(write(twoSpheres(20, -20))), "t.obj",
                 "to the right");
    Surface bridged = twoSpheres(-20, 20);
    bridged.triangles(3, 1) = 20;
    EXPECT_ERROR(ErrorCode::BadShape, readTwoHemisphereSurface(write(bridged)), "triangle 3", "connects");
    Surface lopsided = twoSpheres(-20, 20);
    lopsided.triangles.row(39) = lopsided.triangles.row(0);
    EXPECT_ERROR(ErrorCode::BadShape, readTwoHemisphereSurface(write(lopsided)), "21 and 19");
    Surface odd = test::icosahedron(10);
    odd.points.conservativeResize(13, 3);
    odd.points.row(12).setOnes();
    EXPECT_ERROR(ErrorCode::BadShape, readTwoHemisphereSurface(write(odd)), "13 vertices");
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestBicObj)
#include "tst_bic_obj.moc"
