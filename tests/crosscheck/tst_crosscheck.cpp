// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <cmath>

#include "core/io/format_bytes.h"
#include "io/arrays/npy.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "networks/inspect_file.h"
#include "support/expect.h"
#include "support/python.h"

using namespace cortexscope;

namespace {

bool near(double found, double expected) {
  return std::abs(found - expected) <= 1e-5 * std::abs(expected) + 1e-6;
}

QStringList differences(const QJsonObject& listed, const QJsonObject& found) {
  QStringList all;
  for (const char* key : {"min", "max", "mean", "std", "trSec"})
    if (listed.contains(key) && !near(found[key].toDouble(NAN), listed[key].toDouble()))
      all << QString("%1: %2, not %3").arg(key).arg(found[key].toDouble()).arg(listed[key].toDouble());
  for (const char* key : {"shape", "dtype", "vertices", "triangles", "labelNames"})
    if (listed.contains(key) && listed[key] != found[key]) all << key;
  const QJsonArray affine = listed["affine"].toArray(), foundAffine = found["affine"].toArray();
  for (int row = 0; row < affine.size(); ++row)
    for (int col = 0; col < 4; ++col)
      if (!near(foundAffine[row].toArray()[col].toDouble(NAN), affine[row].toArray()[col].toDouble()))
        all << QString("affine %1 %2").arg(row).arg(col);
  return all;
}

CiftiHeader ciftiHeader(CiftiRows::Kind kind) {
  CiftiHeader header;
  header.rows.kind = kind;
  header.rows.count = 2;
  header.rows.step = 1.49;
  if (kind == CiftiRows::Kind::Scalars) header.rows.names = {"a <&> b", "c"};
  header.columns.models.push_back({"CIFTI_STRUCTURE_CORTEX_LEFT", 0, 9, {0, 4, 8}, {}});
  header.columns.models.push_back({"CIFTI_STRUCTURE_BRAIN_STEM", 3, 0, {}, {{1, 2, 3}, {0, 0, 4}}});
  header.columns.volumeSize = {4, 5, 6};
  header.columns.mmFromVoxel.topRightCorner<3, 1>() << -10, 20, 30.5;
  return header;
}

}  // namespace

/// Files of nibabel, h5py and SciPy are read as those read them, and they read what this program writes.
class TestCrosscheck : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    m_python = test::pythonWithNibabel();
    if (m_python.isEmpty()) QSKIP("there is no Python with nibabel (package python3-nibabel)");
    QProcess make;
    make.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    make.start(m_python, {kScript, "make", QString::fromStdString(m_scratch.path("").string())});
    QVERIFY(make.waitForFinished(120000));
    QCOMPARE(make.exitCode(), 0);
  }

  void theirFiles() {
    QFile listed(QString::fromStdString(m_scratch.path("facts.json").string()));
    QVERIFY(listed.open(QIODevice::ReadOnly));
    const QJsonObject all = QJsonDocument::fromJson(listed.readAll()).object();
    QVERIFY(all.size() > 100);
    for (const QString& name : all.keys()) {
      const auto file = m_scratch.path(name.toStdString());
      const auto caught = test::errorOf([&] {
        const std::string json = factsJson(inspectFile(file));
        const QStringList found = differences(
            all[name].toObject(), QJsonDocument::fromJson(QByteArray::fromStdString(json)).object());
        QVERIFY2(found.isEmpty(), qPrintable(name + ": " + found.join("; ")));
      });
      QVERIFY2(!caught.thrown, caught.message.c_str());
    }
    qInfo("%d files", static_cast<int>(all.size()));
  }

  void ourArrays() {
    const MatrixF values = test::gaussian(7, 5, 1);
    writeNpy(m_scratch.path("ours.npy"), values);
    expectRead("ours.npy", values, {7, 5});
  }

  void ourTables() {
    MatrixD values = test::gaussian(3, 2, 4).cast<double>();
    values(1, 1) = 1e-300;
    writeTsv(m_scratch.path("ours.tsv"), {"a", "b"}, values);
    const QJsonObject found = theirView("ours.tsv");
    QCOMPARE(found["names"].toArray(), (QJsonArray{"a", "b"}));
    for (Index i = 0; i < values.size(); ++i)
      QVERIFY(near(found["values"].toArray()[i].toDouble(NAN), values.data()[i]));
  }

  void ourGifti() {
    const MatrixF values = test::gaussian(2, 12, 2);
    writeGiftiShape(m_scratch.path("ours.shape.gii"), {{"a", values.row(0)}, {"b", values.row(1)}},
                    Hemisphere::Left, "made by a test");
    const QJsonObject found = expectRead("ours.shape.gii", values, {2, 12});
    QCOMPARE(found["names"].toArray(), (QJsonArray{"a", "b"}));
    QCOMPARE(found["side"].toString(), QString("CortexLeft"));
  }

  void ourGiftiSurface() {
    const Surface surface = tetrahedron();
    writeGiftiSurface(m_scratch.path("ours.surf.gii"), surface, Hemisphere::Right);
    const QJsonObject found = expectRead("ours.surf.gii", surface.points, {4, 3});
    QCOMPARE(found["triangles"].toArray(), (QJsonArray{QJsonArray{0, 1, 2}, QJsonArray{0, 2, 3},
                                                       QJsonArray{0, 3, 1}, QJsonArray{1, 3, 2}}));
  }

  void ourGiftiLabels() {
    Parcellation regions;
    regions.keys = {0, 5, 5, 0};
    regions.regions = {{0, "none"}, {5, "a <&> b"}};
    writeGiftiLabels(m_scratch.path("ours.label.gii"), regions, Hemisphere::Left);
    const QJsonObject found = expectRead("ours.label.gii", (MatrixF(1, 4) << 0, 5, 5, 0).finished(), {1, 4});
    QCOMPARE(found["labels"].toObject(), (QJsonObject{{"0", "none"}, {"5", "a <&> b"}}));
  }

  void ourCifti() {
    const MatrixF values = test::gaussian(2, 5, 3);
    writeCifti(m_scratch.path("ours.dtseries.nii"), ciftiHeader(CiftiRows::Kind::Series), values);
    expectPlaces(expectRead("ours.dtseries.nii", values, {2, 5}));
    QVERIFY(near(theirView("ours.dtseries.nii")["step"].toDouble(), 1.49));
    writeCifti(m_scratch.path("ours.dscalar.nii"), ciftiHeader(CiftiRows::Kind::Scalars), values);
    const QJsonObject found = expectRead("ours.dscalar.nii", values, {2, 5});
    expectPlaces(found);
    QCOMPARE(found["names"].toArray(), (QJsonArray{"a <&> b", "c"}));
  }

  /// Connectome Workbench reads the same numbers, means per map, out of what the cases before have written.
  void workbenchReadsOurs_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("command");
    QTest::addColumn<QList<double>>("means");
    const auto means = [](const MatrixF& values) {
      QList<double> all;
      for (Index row = 0; row < values.rows(); ++row) all << values.row(row).cast<double>().mean();
      return all;
    };
    QTest::newRow("GIFTI maps") << "ours.shape.gii"
                                << "-metric-stats" << means(test::gaussian(2, 12, 2));
    QTest::newRow("CIFTI series") << "ours.dtseries.nii"
                                  << "-cifti-stats" << means(test::gaussian(2, 5, 3));
    QTest::newRow("CIFTI scalars") << "ours.dscalar.nii"
                                   << "-cifti-stats" << means(test::gaussian(2, 5, 3));
    QTest::newRow("GIFTI surface") << "ours.surf.gii"
                                   << "" << QList<double>();
    QTest::newRow("GIFTI labels") << "ours.label.gii"
                                  << "" << QList<double>();
  }
  void workbenchReadsOurs() {
    QFETCH(QString, file);
    QFETCH(QString, command);
    QFETCH(QList<double>, means);
    const QString program = QStandardPaths::findExecutable("wb_command");
    if (program.isEmpty()) QSKIP("there is no wb_command (package connectome-workbench)");
    const QString path = QString::fromStdString(m_scratch.path(file.toStdString()).string());
    const QByteArray information = outputOf(program, {"-file-information", path});
    QVERIFY2(information.contains("Type:"), information.constData());
    if (command.isEmpty()) return;
    const QList<QByteArray> lines =
        outputOf(program, {command, path, "-reduce", "MEAN"}).trimmed().split('\n');
    QCOMPARE(lines.size(), means.size());
    for (qsizetype i = 0; i < means.size(); ++i)
      QVERIFY2(std::abs(lines[i].toDouble() - means[i]) < 1e-5, lines[i].constData());
  }

 private:
  static inline const QString kScript =
      QStringLiteral(CORTEXSCOPE_SOURCE_DIR "/tests/crosscheck/make_files.py");

  static Surface tetrahedron() {
    Surface surface;
    surface.points.resize(4, 3);
    surface.points << 0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 10.5f;
    surface.triangles.resize(4, 3);
    surface.triangles << 0, 1, 2, 0, 2, 3, 0, 3, 1, 1, 3, 2;
    return surface;
  }

  static QByteArray outputOf(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    const bool good = process.waitForFinished(60000) && process.exitCode() == 0;
    return good ? process.readAllStandardOutput() : QByteArray();
  }

  QJsonObject theirView(const char* name) {
    return QJsonDocument::fromJson(
               outputOf(m_python, {kScript, "read", QString::fromStdString(m_scratch.path(name).string())}))
        .object();
  }

  template <class Matrix>
  QJsonObject expectRead(const char* name, const Matrix& values, const QJsonArray& shape) {
    const QJsonObject found = theirView(name);
    [&] {
      QCOMPARE(found["shape"].toArray(), shape);
      const QJsonArray numbers = found["values"].toArray();
      for (Index i = 0; i < values.size(); ++i)
        QCOMPARE(numbers[i].toDouble(NAN), static_cast<double>(values.data()[i]));
    }();
    return found;
  }

  static void expectPlaces(const QJsonObject& found) {
    QCOMPARE(found["structures"].toArray(),
             (QJsonArray{"CIFTI_STRUCTURE_CORTEX_LEFT", "CIFTI_STRUCTURE_BRAIN_STEM"}));
    const QJsonArray vertices = found["vertices"].toArray(), voxels = found["voxels"].toArray();
    QCOMPARE(vertices[0].toInt(), 0);
    QCOMPARE(vertices[1].toInt(), 4);
    QCOMPARE(vertices[2].toInt(), 8);
    QCOMPARE(voxels[3].toArray(), (QJsonArray{1, 2, 3}));
    QCOMPARE(voxels[4].toArray(), (QJsonArray{0, 0, 4}));
    QCOMPARE(found["affine"].toArray()[2].toArray()[3].toDouble(), 30.5);
  }

  QString m_python;
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestCrosscheck)
#include "tst_crosscheck.moc"
