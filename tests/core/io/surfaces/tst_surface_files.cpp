// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <fstream>
#include <map>

#include "core/cortex/meshes.h"
#include "core/io/format_bytes.h"
#include "cortex/geometry.h"
#include "io/images/volume.h"
#include "io/surfaces/surface_files.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// Facts of the example files whose format is one of `formats`.
std::map<std::string, QJsonObject> factsOf(const QStringList& formats) {
  std::map<std::string, QJsonObject> facts;
  std::ifstream index(test::sharedData() / "index.tsv");
  for (std::string line; std::getline(index, line);) {
    const QStringList cells = QString::fromStdString(line).split('\t');
    if (cells.size() >= 10 && formats.contains(cells[1]))
      facts[cells[0].toStdString()] = QJsonDocument::fromJson(cells[9].toUtf8()).object();
  }
  return facts;
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

/// Fails unless count, smallest, largest, mean and standard deviation are those of `facts`.
template <class Values>
void compareStatistics(const Values& values, const QJsonObject& facts) {
  const VectorD all = Eigen::Map<const Eigen::Matrix<typename Values::Scalar, Eigen::Dynamic, 1>>(
                          values.data(), values.size())
                          .template cast<double>();
  QCOMPARE(all.size(), static_cast<Index>(facts["n"].toDouble()));
  QVERIFY(close(all.minCoeff(), facts["min"].toDouble()));
  QVERIFY(close(all.maxCoeff(), facts["max"].toDouble()));
  QVERIFY(close(all.mean(), facts["mean"].toDouble()));
  QVERIFY(close(std::sqrt((all.array() - all.mean()).square().mean()), facts["std"].toDouble()));
}

QJsonObject arrayOfIntent(const QJsonObject& facts, const QString& intent) {
  for (const QJsonValue array : facts["arrays"].toArray())
    if (array.toObject()["intent"].toString() == "NIFTI_INTENT_" + intent) return array.toObject();
  return {};
}

}  // namespace

class TestSurfaceFiles : public QObject {
  Q_OBJECT
 private:
  void addRows(const QStringList& formats) {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QJsonObject>("facts");
    if (test::sharedData().empty()) {
      QTest::newRow("no example files") << QString() << QJsonObject();
      return;
    }
    const auto files = factsOf(formats);
    QVERIFY(!files.empty());
    for (const auto& [file, facts] : files)
      QTest::newRow(file.c_str()) << QString::fromStdString(file) << facts;
  }

 private slots:
  void giftiFacts_data() { addRows({"GIFTI"}); }
  void giftiFacts() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFETCH(QString, file);
    QFETCH(QJsonObject, facts);
    const auto path = test::sharedData() / file.toStdString();
    if (file == "gifti/base64bin.gii") {  // its triangles name vertices that are not there
      EXPECT_ERROR(ErrorCode::BadShape, readSurface(path), "base64bin.gii", "0 to 9");
    } else if (file == "gifti/ascii.label.gii") {  // declares 71723 labels and holds 10
      EXPECT_ERROR(ErrorCode::BadFile, readParcellation(path), "ascii.label.gii", "71723");
    } else if (facts.contains("n_faces")) {
      const Surface surface = readSurface(path);
      QCOMPARE(surface.vertexCount(), static_cast<Index>(facts["n_vertices"].toInt()));
      compareStatistics(surface.points, arrayOfIntent(facts, "POINTSET"));
      compareStatistics(surface.triangles, arrayOfIntent(facts, "TRIANGLE"));
    } else {
      compareStatistics(readVertexValues(path), facts["arrays"].toArray()[0].toObject());
    }
  }

  void freesurferSurfaceFacts_data() { addRows({"FreeSurfer triangle surface"}); }
  void freesurferSurfaceFacts() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFETCH(QString, file);
    QFETCH(QJsonObject, facts);
    const Surface surface = readSurface(test::sharedData() / file.toStdString());
    QCOMPARE(surface.triangleCount(), static_cast<Index>(facts["n_faces"].toInt()));
    QCOMPARE(surface.triangles.maxCoeff(), facts["face_index_max"].toInt());
    compareStatistics(surface.points, facts["coords"].toObject());
    for (int axis = 0; axis < 3; ++axis)
      QVERIFY(std::abs(surface.points.col(axis).cast<double>().mean() -
                       facts["centroid"].toArray()[axis].toDouble()) < 1e-4);
  }

  void freesurferCurvFacts_data() { addRows({"FreeSurfer curv (new)"}); }
  void freesurferCurvFacts() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFETCH(QString, file);
    QFETCH(QJsonObject, facts);
    compareStatistics(readVertexValues(test::sharedData() / file.toStdString()), facts);
  }

  void annotFacts_data() { addRows({"FreeSurfer annot"}); }
  void annotFacts() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFETCH(QString, file);
    QFETCH(QJsonObject, facts);
    const Parcellation read = readParcellation(test::sharedData() / file.toStdString());
    QCOMPARE(read.keys.size(), static_cast<std::size_t>(facts["n_vertices"].toInt()));
    QCOMPARE(read.regions.size(), static_cast<std::size_t>(facts["n_labels"].toInt()));
    const QJsonArray names = facts["names_head"].toArray();
    for (int i = 0; i < names.size(); ++i)
      QCOMPARE(read.regions[static_cast<std::size_t>(i)].name, names[i].toString().toStdString());
    QCOMPARE(std::count(read.keys.begin(), read.keys.end(), kNoRegion), facts["n_unlabelled"].toInt());
    const QJsonObject counts = facts["counts_head"].toObject();
    for (auto it = counts.begin(); it != counts.end(); ++it)
      QCOMPARE(std::count(read.keys.begin(), read.keys.end(), it.key().toInt()), it.value().toInt());
  }

  void niftiFacts_data() { addRows({"Nifti1Image", "Nifti2Image"}); }
  void niftiFacts() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFETCH(QString, file);
    QFETCH(QJsonObject, facts);
    const Volume volume = readVolume(test::sharedData() / file.toStdString());
    const QJsonArray shape = facts["shape"].toArray(), affine = facts["affine"].toArray();
    for (int d = 0; d < 3; ++d)
      QCOMPARE(volume.size[static_cast<std::size_t>(d)], static_cast<Index>(shape[d].toInt()));
    for (int row = 0; row < 3; ++row)
      for (int col = 0; col < 4; ++col)
        QVERIFY(std::abs(volume.mmFromVoxel(row, col) - affine[row].toArray()[col].toDouble()) < 1e-4);
    const QJsonObject centre = facts["value_at_centre"].toObject();
    if (shape.size() > 3) return;  // the facts are of all volumes, this is the first
    const QJsonArray at = centre["index"].toArray();
    QVERIFY(close(volume.at(at[0].toInt(), at[1].toInt(), at[2].toInt()), centre["value"].toDouble()));
    compareStatistics(
        Eigen::Map<const VectorF>(volume.values.data(), static_cast<Index>(volume.values.size())), facts);
  }

  void formatsAgree() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    const auto folder = test::sharedData() / "fsaverage5";
    const Surface gifti = readSurface(folder / "pial_left.gii.gz"), binary = readSurface(folder / "lh.pial");
    QVERIFY(gifti.points == binary.points);
    QVERIFY(gifti.triangles == binary.triangles);
    QCOMPARE(readVertexValues(folder / "sulc_left.gii.gz"), readVertexValues(folder / "lh.sulc"));
  }

  void ourMapsMatchThoseOfTheAtlas_data() {
    QTest::addColumn<QString>("side");
    QTest::newRow("left") << "left";
    QTest::newRow("right") << "right";
  }
  void ourMapsMatchThoseOfTheAtlas() {
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFETCH(QString, side);
    const auto folder = test::sharedData() / "fsaverage5";
    const auto file = [&](const char* kind) {
      return folder / (kind + ("_" + side + ".gii.gz").toStdString());
    };
    const Surface pial = readSurface(file("pial")), white = readSurface(file("white"));
    const Inflation inflation = inflate(pial, InflationOptions(), Job{});
    QCOMPARE(test::flippedTriangles(inflation.surface, vertexNormals(inflation.surface)), Index{0});
    QVERIFY(test::correlation(inflation.sulcalDepth, readVertexValues(file("sulc"))) > 0.9);
    QVERIFY(test::correlation(meanCurvature(white), readVertexValues(file("curv"))) > 0.85);
    QVERIFY(inflation.edgeDistortion < 0.3);
    const CoarserSurface coarse = coarserLevel(pial);
    QCOMPARE(coarse.surface.vertexCount(), Index{2562});
    QCOMPARE(coarse.surface.triangleCount(), Index{5120});
  }

  void textParcellation() {
    const auto values = m_scratch.write("values.txt", "0.000000\n43.000000\r\n55\n43\n");
    const auto labels = m_scratch.write("labels.txt", "'Left Calcarine, part 2'\t43\r\n\n55 Left Fusiform\n");
    const Parcellation read = readTextParcellation(values, labels);
    QCOMPARE(read.keys, (std::vector<std::int32_t>{0, 43, 55, 43}));
    QCOMPARE(read.nameAt(0), std::string("no region"));
    QCOMPARE(read.nameAt(1), std::string("Left Calcarine, part 2"));
    QCOMPARE(read.nameAt(2), std::string("Left Fusiform"));
  }

  void textRefuses() {
    const auto values = m_scratch.write("v.txt", "0\n43.5\n");
    const auto good = m_scratch.write("good.txt", "1 one\n"),
               twice = m_scratch.write("twice.txt", "1 one\n2 two\n1 uno\n");
    const auto noCode = m_scratch.write("nocode.txt", "1 one\nLeft Fusiform\n");
    const auto ones = m_scratch.write("ones.txt", "1\n1\n");
    EXPECT_ERROR(ErrorCode::BadFile, readTextParcellation(values, good), "v.txt", "vertex 1", "43.5");
    EXPECT_ERROR(ErrorCode::BadFile, readTextParcellation(ones, twice), "twice.txt, line 3", "twice");
    EXPECT_ERROR(ErrorCode::BadFile, readTextParcellation(ones, noCode), "nocode.txt, line 2", "\"Left\"");
    const auto word = m_scratch.write("word.txt", "1\n2\nthree\n");
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(word), "word.txt, line 3", "\"three\"");
    const auto binary = m_scratch.write("b.txt", std::string("1\n2\0\n", 5));
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(binary), "b.txt", "binary");
    EXPECT_ERROR(ErrorCode::BadFile, readVertexValues(m_scratch.write("e.txt", " \n")), "e.txt",
                 "no numbers");
    EXPECT_ERROR(ErrorCode::MissingFile, readSurface(m_scratch.path("none.gii")), "none.gii");
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestSurfaceFiles)
#include "tst_surface_files.moc"
