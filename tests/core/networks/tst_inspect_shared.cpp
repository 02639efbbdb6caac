// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <cmath>

#include "networks/inspect_file.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// Files whose listed facts are not those of the file; each with the reason.
struct Exception {
  const char* file;
  const char* key;
  const char* why;
};
constexpr Exception kExceptions[] = {
    {"gifti/ascii.gii", "n_faces", "one triangle whose listed shape lost its dimension of length 1"},
    {"numpy/stable-Z1-pdf-sample-data.npy", "mean",
     "numbers up to 5e19 cancel: the listed mean is the noise of a plain sum, the exact one is -939.4225"}};
constexpr const char* kRefused[] = {"numpy/py3-objarr.npy", "gifti/base64bin.gii", "freesurfer/LICENSE.rst"};

bool near(double found, double expected) {
  return std::abs(found - expected) <= 1e-5 * std::abs(expected) + 1e-12;
}

QString typeName(QString listed) {
  return listed.replace(">i2", "int16").replace(">i4", "int32").replace(">f4", "float32");
}

QJsonValue withoutBigEndian(const QJsonObject& object, const char* key) {
  return typeName(object[key].toString());
}

/// Differences between listed and found facts of one array.
QStringList arrayDifferences(const QJsonObject& listed, const QJsonObject& found, const QString& file) {
  QStringList differences;
  for (const char* key : {"min", "max", "mean", "std"}) {
    bool excepted = false;
    for (const Exception& exception : kExceptions)
      excepted |= file == exception.file && QString(key) == exception.key;
    if (listed.contains(key) && !excepted && !near(found[key].toDouble(NAN), listed[key].toDouble()))
      differences
          << QString("%1: %2, not %3").arg(key).arg(found[key].toDouble()).arg(listed[key].toDouble());
  }
  if (listed.contains("n_nonfinite") && found["nonfinite"] != listed["n_nonfinite"])
    differences << "nonfinite";
  if (listed.contains("shape") && found["shape"] != listed["shape"]) differences << "shape";
  if (listed.contains("dtype") && found["dtype"] != withoutBigEndian(listed, "dtype")) differences << "dtype";
  return differences;
}

QStringList affineDifferences(const QJsonArray& listed, const QJsonArray& found) {
  for (int row = 0; row < 3; ++row)
    for (int col = 0; col < 4; ++col) {
      const double expected = listed[row].toArray()[col].toDouble();
      if (std::abs(found[row].toArray()[col].toDouble() - expected) >
          1e-5 * std::max(1.0, std::abs(expected)))
        return {QString("affine %1 %2").arg(row).arg(col)};
    }
  return {};
}

QStringList nameDifferences(const QJsonObject& listed, const QJsonObject& found) {
  QStringList differences;
  const auto compareStart = [&](const char* key, const char* in) {
    const QJsonArray names = listed[key].toArray(), all = found[in].toArray();
    for (int i = 0; i < names.size(); ++i)
      if (all[i] != names[i]) differences << key;
  };
  compareStart("names_head", "labelNames");
  compareStart("label_names_head", "labelNames");
  compareStart("map_names", "maps");
  compareStart("columns_head", "columns");
  const auto compareCount = [&](const char* key, int count) {
    if (listed.contains(key) && listed[key].toInt() != count) differences << key;
  };
  compareCount("n_labels", static_cast<int>(found["labelNames"].toArray().size()));
  compareCount("n_labels_map0", static_cast<int>(found["labelNames"].toArray().size()));
  compareCount("n_vertices", found["vertices"].toInt());
  compareCount("n_cols", static_cast<int>(found["columns"].toArray().size()));
  compareCount("n_rows_with_header", found["rows"].toInt() + 1);
  compareCount("n_nodes", static_cast<int>(found["layers"].toArray().size()));
  const QJsonArray models = listed["brain_models"].toArray(), there = found["brainModels"].toArray();
  if (models.size() != there.size()) differences << "brain_models";
  for (int i = 0; i < models.size() && i < there.size(); ++i)
    if (QJsonArray{there[i].toObject()["structure"], there[i].toObject()["count"]} != models[i])
      differences << QString("brain model %1").arg(i);
  return differences;
}

QStringList mediaDifferences(const QJsonObject& listed, const QJsonObject& found) {
  QStringList differences;
  for (const QJsonValue& value : listed["streams"].toArray()) {
    const QJsonObject stream = value.toObject();
    if (stream["codec_type"] == "video" &&
        (stream["width"] != found["width"] || stream["height"] != found["height"] ||
         std::abs(found["framesPerSec"].toDouble() - 30000.0 / 1001) > 0.01))
      differences << "picture";
    if (stream["codec_type"] == "audio" &&
        (stream["sample_rate"].toString().toInt() != found["audioRateHz"].toInt() ||
         stream["channels"] != found["audioChannels"]))
      differences << "sound";
    if (std::abs(listed["container_duration"].toString().toDouble() - found["durationSec"].toDouble()) > 0.05)
      differences << "duration";
  }
  return differences;
}

QStringList differences(const QString& file, const QJsonObject& listed, const QJsonObject& found) {
  QStringList all = arrayDifferences(listed, found, file);
  all << arrayDifferences(listed["coords"].toObject(), found, file) << nameDifferences(listed, found)
      << mediaDifferences(listed, found);
  if (listed.contains("affine"))
    all << affineDifferences(listed["affine"].toArray(), found["affine"].toArray());
  const QJsonArray arrays = listed["arrays"].toArray();
  if (arrays.size() == 1) all << arrayDifferences(arrays[0].toObject(), found, file);
  for (const QJsonValue& array : arrays)  // a surface's numbers are those of its points
    if (array.toObject()["intent"] == "NIFTI_INTENT_POINTSET")
      all << arrayDifferences(array.toObject(), found, file);
  if (listed.contains("n_faces") && listed["n_faces"] != found["triangles"] && file != kExceptions[0].file)
    all << "n_faces";
  for (const char* key : {"datasets", "members"}) {
    const QJsonObject sets = listed[key].toObject(), there = found["datasets"].toObject();
    for (const QString& name : sets.keys())
      all << arrayDifferences(sets[name].toObject(), there[name].toObject(), file);
    if (!sets.isEmpty() && sets.keys() != there.keys()) all << key;
  }
  return all;
}

}  // namespace

/// Real files of every format give the facts that others measured.
class TestInspectShared : public QObject {
  Q_OBJECT
 private slots:
  void everyFile_data() {
    QTest::addColumn<QByteArray>("facts");
    if (test::sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA names no folder of example files");
    QFile index(QString::fromStdString((test::sharedData() / "index.tsv").string()));
    QVERIFY(index.open(QIODevice::ReadOnly));
    index.readLine();
    while (!index.atEnd()) {
      const QList<QByteArray> cells = index.readLine().trimmed().split('\t');
      QTest::newRow(cells.first().constData()) << cells.last();
    }
  }
  void everyFile() {
    QFETCH(QByteArray, facts);
    const QString file = QTest::currentDataTag();
    const auto path = test::sharedData() / file.toStdString();
    const bool refused = std::find(std::begin(kRefused), std::end(kRefused), file) != std::end(kRefused);
    if (refused) {
      const auto caught = test::errorOf([&] { inspectFile(path); });
      QVERIFY(caught.thrown);
      QVERIFY2(caught.message.find(path.string()) == 0, caught.message.c_str());
      return;
    }
    const QByteArray json = QByteArray::fromStdString(factsJson(inspectFile(path)));
    const QStringList found =
        differences(file, QJsonDocument::fromJson(facts).object(), QJsonDocument::fromJson(json).object());
    QVERIFY2(found.isEmpty(), qPrintable(found.join("; ") + "\n" + json.left(2000)));
  }
};

QTEST_APPLESS_MAIN(TestInspectShared)
#include "tst_inspect_shared.moc"
