#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <cmath>

#include "core/io/format_bytes.h"
#include "io/cifti.h"
#include "io/npy.h"
#include "io/surface_files.h"
#include "study/inspect_file.h"
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

  void ourGifti() {
    const MatrixF values = test::gaussian(2, 12, 2);
    writeGiftiShape(m_scratch.path("ours.shape.gii"), {{"a", values.row(0)}, {"b", values.row(1)}},
                    Hemisphere::Left, "made by a test");
    expectRead("ours.shape.gii", values, {2, 12});
  }

  void ourCifti() {
    const MatrixF values = test::gaussian(2, 5, 3);
    writeCifti(m_scratch.path("ours.dtseries.nii"), ciftiHeader(CiftiRows::Kind::Series), values);
    expectRead("ours.dtseries.nii", values, {2, 5});
    writeCifti(m_scratch.path("ours.dscalar.nii"), ciftiHeader(CiftiRows::Kind::Scalars), values);
    expectRead("ours.dscalar.nii", values, {2, 5});
  }

 private:
  static inline const QString kScript =
      QStringLiteral(CORTEXSCOPE_SOURCE_DIR "/tests/crosscheck/make_files.py");

  void expectRead(const char* name, const MatrixF& values, const QJsonArray& shape) {
    QProcess read;
    read.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    read.start(m_python, {kScript, "read", QString::fromStdString(m_scratch.path(name).string())});
    QVERIFY(read.waitForFinished(60000));
    QCOMPARE(read.exitCode(), 0);
    const QJsonObject found = QJsonDocument::fromJson(read.readAllStandardOutput()).object();
    QCOMPARE(found["shape"].toArray(), shape);
    QVERIFY(near(found["min"].toDouble(NAN), static_cast<double>(values.minCoeff())));
    QVERIFY(near(found["max"].toDouble(NAN), static_cast<double>(values.maxCoeff())));
    QVERIFY(near(found["mean"].toDouble(NAN), values.cast<double>().mean()));
  }

  QString m_python;
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestCrosscheck)
#include "tst_crosscheck.moc"
