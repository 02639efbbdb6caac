// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>

#include <QProcess>
#include <limits>

#include "core/cortex/meshes.h"
#include "core/io/format_bytes.h"
#include "io/surfaces/surface_files.h"
#include "support/expect.h"
#include "support/python.h"

using namespace cortexscope;
using test::bytesOf;

namespace {

/// How one array is put down; the tests vary one field at a time.
struct ArraySpec {
  QString intent = "NIFTI_INTENT_SHAPE";
  QString type = "NIFTI_TYPE_FLOAT32";
  QString order = "RowMajorOrder";
  QString encoding = "Base64Binary";
  QString endian = "LittleEndian";
  QString dims = "Dimensionality=\"1\" Dim0=\"4\"";
  QString data;
};

QString xml(const ArraySpec& a) {
  return QString(
             "<DataArray Intent=\"%1\" DataType=\"%2\" ArrayIndexingOrder=\"%3\" %4 Encoding=\"%5\" "
             "Endian=\"%6\" "
             "ExternalFileName=\"\" "
             "ExternalFileOffset=\"\"><MetaData></MetaData><Data>%7</Data></DataArray>\n")
      .arg(a.intent, a.type, a.order, a.dims, a.encoding, a.endian, a.data);
}

std::string giftiFile(const QString& body, int arrayCount = 1, const QString& before = QString()) {
  return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + before +
          QString("<GIFTI Version=\"1.0\" NumberOfDataArrays=\"%1\">\n%2</GIFTI>\n")
              .arg(arrayCount)
              .arg(body))
      .toStdString();
}

template <class T>
std::string raw(const std::vector<double>& values, std::endian order) {
  std::string bytes;
  for (const double value : values) bytes += bytesOf(static_cast<T>(value), order);
  return bytes;
}

/// Numbers in the type, byte order and encoding that `spec` names.
ArraySpec filled(ArraySpec spec, const std::vector<double>& values) {
  const std::endian order = spec.endian == "BigEndian" ? std::endian::big : std::endian::little;
  std::string bytes;
  if (spec.type == "NIFTI_TYPE_UINT8") bytes = raw<std::uint8_t>(values, order);
  if (spec.type == "NIFTI_TYPE_INT16") bytes = raw<std::int16_t>(values, order);
  if (spec.type == "NIFTI_TYPE_INT32") bytes = raw<std::int32_t>(values, order);
  if (spec.type == "NIFTI_TYPE_FLOAT32") bytes = raw<float>(values, order);
  if (spec.type == "NIFTI_TYPE_FLOAT64") bytes = raw<double>(values, order);
  if (spec.encoding == "GZipBase64Binary") bytes = test::packed(bytes, 15);
  if (spec.encoding == "ASCII") {
    for (const double value : values) spec.data += QString::number(value, 'g', 9) + " ";
    return spec;
  }
  spec.data = QString::fromLatin1(QByteArray::fromStdString(bytes).toBase64());
  return spec;
}

ArraySpec points(const QString& order = "RowMajorOrder") {
  ArraySpec spec;
  spec.intent = "NIFTI_INTENT_POINTSET";
  spec.order = order;
  spec.dims = "Dimensionality=\"2\" Dim0=\"4\" Dim1=\"3\"";
  if (order == "RowMajorOrder") return filled(spec, {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3});
  return filled(spec, {0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3});
}

ArraySpec triangles(const std::vector<double>& corners = {0, 2, 1, 0, 1, 3}) {
  ArraySpec spec;
  spec.intent = "NIFTI_INTENT_TRIANGLE";
  spec.type = "NIFTI_TYPE_INT32";
  spec.dims = "Dimensionality=\"2\" Dim0=\"2\" Dim1=\"3\"";
  return filled(spec, corners);
}

ArraySpec with(ArraySpec spec, QString ArraySpec::*field, const QString& value) {
  spec.*field = value;
  return spec;
}

}  // namespace

class TestGifti : public QObject {
  Q_OBJECT
 private slots:
  void everyKindReadsEqual_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("encoding");
    QTest::addColumn<QString>("endian");
    for (const char* type : {"UINT8", "INT16", "INT32", "FLOAT32", "FLOAT64"})
      for (const char* encoding : {"ASCII", "Base64Binary", "GZipBase64Binary"})
        for (const char* endian : {"LittleEndian", "BigEndian"})
          QTest::addRow("%s %s %s", type, encoding, endian)
              << QString("NIFTI_TYPE_") + type << encoding << endian;
  }
  void everyKindReadsEqual() {
    QFETCH(QString, type);
    QFETCH(QString, encoding);
    QFETCH(QString, endian);
    ArraySpec spec;
    spec.type = type;
    spec.encoding = encoding;
    spec.endian = endian;
    const auto file = m_scratch.write("x.shape.gii", giftiFile(xml(filled(spec, {3, 0, 200, 1}))));
    QCOMPARE(readVertexValues(file), (VectorF(4) << 3, 0, 200, 1).finished());
  }

  void surfacesReadEqual_data() {
    QTest::addColumn<QByteArray>("contents");
    const auto row = [](const char* name, const std::string& contents) {
      QTest::newRow(name) << QByteArray::fromStdString(contents);
    };
    const std::string plain = giftiFile(xml(points()) + xml(triangles()), 2);
    row("row-major", plain);
    row("column-major", giftiFile(xml(points("ColumnMajorOrder")) + xml(triangles()), 2));
    row("faces first", giftiFile(xml(triangles()) + xml(points()), 2));
    row("gzip", test::gzipped(plain));
    row("early writers' names", QString::fromStdString(plain)
                                    .replace("\"Base64Binary\"", "\"GIFTI_ENCODING_B64BIN\"")
                                    .replace("\"LittleEndian\"", "\"GIFTI_ENDIAN_LITTLE\"")
                                    .toStdString());
    row("byte-order mark", "\xef\xbb\xbf" + plain);
    row("document type",
        giftiFile(xml(points()) + xml(triangles()), 2,
                  "<!DOCTYPE GIFTI SYSTEM \"http://www.nitrc.org/frs/download.php/115/gifti.dtd\">"));
    ArraySpec lines = points();
    lines.data = "\n  " + lines.data.left(10) + "\r\n\t" + lines.data.mid(10) + "\n";
    row("base64 in lines", giftiFile(xml(lines) + xml(triangles()), 2));
    ArraySpec wrapped = points();
    wrapped.data = " <![CDATA[" + wrapped.data + "]]>\n";
    row("CDATA", giftiFile(xml(wrapped) + xml(triangles()), 2));
  }
  void surfacesReadEqual() {
    QFETCH(QByteArray, contents);
    const Surface surface = readSurface(m_scratch.write("x.surf.gii", contents.toStdString()));
    QCOMPARE(surface.vertexCount(), Index{4});
    QVERIFY((surface.points.row(2) - Eigen::RowVector3f(0, 2, 0)).isZero());
    QVERIFY((surface.points.row(3) - Eigen::RowVector3f(0, 0, 3)).isZero());
    QCOMPARE(surface.triangles(0, 1), 2);
    QCOMPARE(surface.triangles(1, 2), 3);
  }

  void labels() {
    ArraySpec spec;
    spec.intent = "NIFTI_INTENT_LABEL";
    spec.type = "NIFTI_TYPE_INT16";
    const QString table =
        "<LabelTable><Label Key=\"0\" Red=\"1\" Green=\"1\" Blue=\"1\" Alpha=\"0\">none</Label>"
        "<Label Index=\"7\" Red=\"0.25\" Green=\"0.5\" Blue=\"0\">V1 &amp; V2</Label></LabelTable>";
    const auto file = m_scratch.write("x.label.gii", giftiFile(table + xml(filled(spec, {7, 0, 99, 7}))));
    const Parcellation read = readParcellation(file);
    QCOMPARE(read.keys, (std::vector<std::int32_t>{7, 0, 99, 7}));
    QCOMPARE(read.nameAt(0), std::string("V1 & V2"));
    QCOMPARE(read.nameAt(1), std::string("none"));
    QCOMPARE(read.nameAt(2), std::string("unknown (99)"));
    QCOMPARE(read.regions[1].red, 0.25f);
    const auto badColour = m_scratch.write(
        "bad.label.gii", giftiFile(QString(table).replace("0.25", "red") + xml(filled(spec, {7, 0, 99, 7}))));
    EXPECT_ERROR(ErrorCode::BadFile, readParcellation(badColour), "bad.label.gii", "\"red\"");
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& contents, const char* words) {
      QTest::newRow(name) << QByteArray::fromStdString(contents) << words;
    };
    const auto pair = [](const ArraySpec& a, const ArraySpec& b) { return giftiFile(xml(a) + xml(b), 2); };
    const auto dims = [](const char* text) { return with(points(), &ArraySpec::dims, text); };
    const std::string good = pair(points(), triangles());
    row("cut", good.substr(0, good.size() - 30), "not well-formed");
    row("another root", "<html><body>404</body></html>", "<html>");
    row("not UTF-8", giftiFile("<MetaData>\xff\xfe</MetaData>" + xml(points())).replace(70, 1, "\xff"),
        "line");
    row("internal entity",
        giftiFile(xml(points()), 1, "<!DOCTYPE GIFTI [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"),
        "entity");
    row("external entity",
        giftiFile(xml(points()), 1, "<!DOCTYPE GIFTI [<!ENTITY x SYSTEM \"/etc/passwd\">]>"), "entity");
    row("deep", giftiFile(QString("<a>").repeated(100) + QString("</a>").repeated(100)),
        "nested more than 32");
    row("no arrays", giftiFile("", 0), "no data arrays");
    row("array in array", giftiFile(xml(points()).replace("<MetaData>", xml(points()) + "<MetaData>")),
        "inside");
    row("Dim huge", pair(dims("Dimensionality=\"2\" Dim0=\"2147483647\" Dim1=\"3\""), triangles()),
        "2147483647");
    row("Dim too long",
        pair(dims("Dimensionality=\"2\" Dim0=\"99999999999999999999\" Dim1=\"3\""), triangles()),
        "99999999999999999999");
    row("Dim negative", pair(dims("Dimensionality=\"2\" Dim0=\"-4\" Dim1=\"3\""), triangles()), "Dim0 is -4");
    row("Dim zero", pair(dims("Dimensionality=\"2\" Dim0=\"0\" Dim1=\"3\""), triangles()), "Dim0 is 0");
    row("Dim wrapping", pair(dims("Dimensionality=\"2\" Dim0=\"1431655766\" Dim1=\"3\""), triangles()),
        "claim more");
    row("Dim missing", pair(dims("Dimensionality=\"2\" Dim0=\"4\""), triangles()), "Dim1 is missing");
    row("no dims", pair(dims("Dimensionality=\"0\""), triangles()), "Dimensionality is 0");
    row("data shorter", pair(dims("Dimensionality=\"2\" Dim0=\"5\" Dim1=\"3\""), triangles()),
        "claim 60 bytes");
    row("data longer", pair(dims("Dimensionality=\"2\" Dim0=\"3\" Dim1=\"3\""), triangles()),
        "the data have 48");
    row("two coordinates", pair(dims("Dimensionality=\"2\" Dim0=\"6\" Dim1=\"2\""), triangles()),
        "needs 3 columns");
    row("no points", giftiFile(xml(triangles())), "no array of intent POINTSET");
    row("no triangles", giftiFile(xml(points())), "no array of intent TRIANGLE");
    row("encoding", pair(with(points(), &ArraySpec::encoding, "Rot13"), triangles()), "Rot13");
    row("type", pair(with(points(), &ArraySpec::type, "NIFTI_TYPE_RGB24"), triangles()), "RGB24");
    row("endian", pair(with(points(), &ArraySpec::endian, "MiddleEndian"), triangles()), "MiddleEndian");
    row("order", pair(with(points(), &ArraySpec::order, "Diagonal"), triangles()), "Diagonal");
    row("base64 cut", pair(with(points(), &ArraySpec::data, points().data.left(41)), triangles()), "cut");
    row("foreign character",
        pair(with(points(), &ArraySpec::data, "AAA*" + points().data.mid(4)), triangles()), "\"*\"");
    row("float faces", pair(points(), with(triangles(), &ArraySpec::type, "NIFTI_TYPE_FLOAT32")),
        "whole numbers");
    row("face negative", pair(points(), triangles({0, 2, 1, 0, 1, -3})), "vertex -3");
    row("face past the end", pair(points(), triangles({0, 2, 1, 0, 1, 4})), "vertex 4");
    ArraySpec zipped = points();
    zipped.encoding = "GZipBase64Binary";
    row("no zlib stream", pair(zipped, triangles()), "damaged");
    const std::string bomb = test::packed(std::string(1000000, '\0'), 15);
    zipped.data = QString::fromLatin1(QByteArray::fromStdString(bomb).toBase64());
    row("inflates beyond", pair(zipped, triangles()), "more than the 48 bytes");
    ArraySpec text = points();
    text.encoding = "ASCII";
    text.data = "0.0 0.0 0.0 1.0 0.0 0.0 0.0 2.0 0.0 0.0 0.0";
    row("too few words", pair(text, triangles()), "value of 12");
    text.data = "0 0 0 1 0 0 0 2 0 0 0 3 4";
    row("too many words", pair(text, triangles()), "more than the declared 12");
    text.data = "0 0 0 1 0 O 0 2 0 0 0 3";
    row("a word", pair(text, triangles()), "\"O\"");
    text.data = "0 0 0 1 0 0 0 2 0 0 0 nan";
    row("NaN vertex", pair(text, triangles()), "not a finite number");
  }
  void refuses() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const auto file = m_scratch.write("bad.surf.gii", contents.toStdString());
    const auto caught = test::errorOf([&] { readSurface(file); });
    QVERIFY(caught.thrown);
    QVERIFY2(caught.message.find("bad.surf.gii") != std::string::npos, caught.message.c_str());
    QVERIFY2(caught.message.find(words.toStdString()) != std::string::npos, caught.message.c_str());
  }

  void externalDataIsNeverOpened() {
    // A pipe that nobody writes to: opening it would block for ever.
    const auto pipe = m_scratch.path("data.bin");
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    ArraySpec spec = with(points(), &ArraySpec::encoding, "ExternalFileBinary");
    const QString body = xml(spec).replace("ExternalFileName=\"\"", "ExternalFileName=\"data.bin\"");
    const auto file = m_scratch.write("bad.surf.gii", giftiFile(body + xml(triangles()), 2));
    EXPECT_ERROR(ErrorCode::Unsupported, readSurface(file), "bad.surf.gii", "another file");
  }

  void repeatedCornerLoads() {
    const auto file =
        m_scratch.write("x.surf.gii", giftiFile(xml(points()) + xml(triangles({0, 0, 1, 0, 1, 3})), 2));
    QCOMPARE(readSurface(file).triangles(0, 1), 0);
  }

  void columnsOfAnArrayAreMaps() {
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(m_scratch.write("x.gii", giftiFile(xml(points())))),
                 "holds a surface");
    const ArraySpec wide = with(points(), &ArraySpec::intent, "NIFTI_INTENT_SHAPE");
    const VertexMaps maps = readVertexMaps(m_scratch.write("x.gii", giftiFile(xml(wide), 2)));
    QCOMPARE(maps.values, (MatrixF(3, 4) << 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3).finished());
    QCOMPARE(maps.names.size(), std::size_t{3});
    QVERIFY(maps.warnings.at(0).find("says 2; the file has 1") != std::string::npos);
    EXPECT_ERROR(ErrorCode::BadFile, readParcellation(m_scratch.write("x.gii", giftiFile(xml(wide)))),
                 "no labels");
  }

  void flippedBytesNeverCrash() {
    std::mt19937 generator(5);
    const std::string good = giftiFile(xml(points()) + xml(triangles()), 2);
    for (int round = 0; round < 2000; ++round) {
      std::string contents = good;
      for (int flip = 0; flip < 3; ++flip)
        contents[generator() % contents.size()] = static_cast<char>(generator());
      const auto file = m_scratch.write("flipped", contents);
      test::errorOf([&] { readSurface(file); });
    }
  }

  void writtenFilesReadBackEqual() {
    const Surface surface = test::icosphere(3, 70);
    writeGiftiSurface(m_scratch.path("w.surf.gii"), surface, Hemisphere::Left);
    const Surface back = readSurface(m_scratch.path("w.surf.gii"));
    QVERIFY(back.points == surface.points);
    QVERIFY(back.triangles == surface.triangles);

    const VectorF map = surface.points.col(2);
    writeGiftiShape(m_scratch.path("w.shape.gii"), {{"z < 3 & \"q\"", map}, {"twice", 2 * map}},
                    Hemisphere::Right, "simulated");
    QCOMPARE(readVertexValues(m_scratch.path("w.shape.gii")), map);

    const Parcellation parcels{{{0, "none"}, {5, "V1 <&>", 0.125f, 1.0f, 0.0f}}, {5, 0, 5, 5}};
    writeGiftiLabels(m_scratch.path("w.label.gii"), parcels, Hemisphere::Right);
    const Parcellation read = readParcellation(m_scratch.path("w.label.gii"));
    QCOMPARE(read.keys, parcels.keys);
    QCOMPARE(read.nameAt(0), std::string("V1 <&>"));
    QCOMPARE(read.regions[1].red, 0.125f);
  }

  void writersRefuse() {
    const auto file = m_scratch.path("never.gii");
    Surface surface = test::icosahedron(1);
    surface.triangles(0, 0) = 12;
    EXPECT_ERROR(ErrorCode::BadShape, writeGiftiSurface(file, surface, Hemisphere::Left), "vertex 12");
    EXPECT_ERROR(ErrorCode::BadShape, writeGiftiShape(file, {}, Hemisphere::Left, ""), "no map");
    EXPECT_ERROR(
        ErrorCode::BadShape,
        writeGiftiShape(file, {{"a", VectorF::Zero(3)}, {"b", VectorF::Zero(2)}}, Hemisphere::Left, ""),
        "\"b\"", "2 values");
    EXPECT_ERROR(ErrorCode::BadShape, writeGiftiLabels(file, Parcellation(), Hemisphere::Left), "no labels");
    QVERIFY(!std::filesystem::exists(file));
  }

  void nibabelReadsTheSame() {
    const QString interpreter = test::pythonWithNibabel();
    if (interpreter.isEmpty()) QSKIP("python3 with nibabel is not here");
    const Surface surface = test::icosphere(2, 70);
    const VectorF map = surface.points.col(1);
    const Parcellation parcels{{{0, "none"}, {5, "V1", 0.125f, 1.0f, 0.0f}}, {5, 0, 5}};
    writeGiftiSurface(m_scratch.path("n.surf.gii"), surface, Hemisphere::Left);
    writeGiftiShape(m_scratch.path("n.shape.gii"), {{"y", map}}, Hemisphere::Right, "simulated data");
    writeGiftiLabels(m_scratch.path("n.label.gii"), parcels, Hemisphere::Right);
    const auto bytes = [](const auto& values) {
      return std::string(reinterpret_cast<const char*>(values.data()),
                         static_cast<std::size_t>(values.size()) * 4);
    };
    m_scratch.write("points.raw", bytes(surface.points));
    m_scratch.write("triangles.raw", bytes(surface.triangles));
    m_scratch.write("map.raw", bytes(map));
    const char* script = R"(
import nibabel as nib, numpy as np, os, sys
os.chdir(sys.argv[1])
s = nib.load('n.surf.gii')
assert (s.agg_data('pointset').ravel() == np.fromfile('points.raw', '<f4')).all()
assert (s.agg_data('triangle').ravel() == np.fromfile('triangles.raw', '<i4')).all()
assert s.darrays[0].meta['AnatomicalStructurePrimary'] == 'CortexLeft'
m = nib.load('n.shape.gii')
assert (m.darrays[0].data == np.fromfile('map.raw', '<f4')).all() and m.darrays[0].meta['Name'] == 'y'
assert m.meta['Description'] == 'simulated data' and m.meta['AnatomicalStructurePrimary'] == 'CortexRight'
l = nib.load('n.label.gii')
assert l.darrays[0].data.tolist() == [5, 0, 5] and l.labeltable.get_labels_as_dict() == {0: 'none', 5: 'V1'}
assert l.labeltable.labels[1].rgba == (0.125, 1.0, 0.0, 1.0)
)";
    QProcess python;
    python.start(interpreter, {"-c", script, QString::fromStdString(m_scratch.path("").string())});
    QVERIFY(python.waitForFinished(60000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestGifti)
#include "tst_gifti.moc"
