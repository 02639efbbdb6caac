// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/cortex_view.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;
namespace fs = std::filesystem;

namespace {

constexpr Index kVertices = 40, kVoxels = 25;

/// Every third vertex sees one voxel, the next one three, the last none.
MatrixF weightsOf() {
  MatrixF weights = MatrixF::Zero(kVertices, kVoxels);
  for (Index v = 0; v < kVertices; ++v) {
    if (v % 3 == 0) weights(v, (2 * v) % kVoxels) = 1;
    if (v % 3 == 1)
      weights(v, v % kVoxels) = 0.5f, weights(v, (v + 7) % kVoxels) = 0.3f,
                     weights(v, (v + 11) % kVoxels) = 0.2f;
  }
  return weights;
}

CortexView viewOf(const MatrixF& weights) {
  KeptVoxels kept;
  kept.means = weights.sparseView();
  return CortexView(std::move(kept));
}

}  // namespace

/// From values per voxel to what the cortex shows.
class TestCortexView : public QObject {
  Q_OBJECT

 private slots:
  void verticesAreLeftAsTheyAre() {
    const CortexView view;
    const MatrixF values = gaussian(3, kVertices, 1);
    QVERIFY(!view.ofVoxels() && view.voxels() == nullptr);
    QVERIFY(view.rowsOnCortex(values) == values);
    const VectorF first = values.row(0).transpose();
    QVERIFY(view.onCortex(first) == first && view.ofHeaviest(first) == first);
    QCOMPARE(view.at(first.data(), 7), first[7]);
    QCOMPARE(view.voxelsAt(7), Index(0));
  }

  void verticesAreMeansOfVoxels() {
    const MatrixF weights = weightsOf(), values = gaussian(5, kVoxels, 2);
    const CortexView view = viewOf(weights);
    const MatrixF shown = view.rowsOnCortex(values);
    QCOMPARE(shown.rows(), Index(5));
    QCOMPARE(shown.cols(), kVertices);
    const MatrixD expected = values.cast<double>() * weights.cast<double>().transpose();
    for (Index v = 0; v < kVertices; ++v) {
      QCOMPARE(view.voxelsAt(v), Index((weights.row(v).array() > 0).count()));
      if (v % 3 == 2) {
        QVERIFY(shown.col(v).array().isNaN().all());
        continue;
      }
      QVERIFY(largestDifference(shown.col(v), expected.col(v)) < 1e-6);
      QCOMPARE(view.at(values.row(3).data(), v), shown(3, v));
    }
    const VectorF one = values.row(4).transpose();
    QVERIFY(largestDifference(view.onCortex(one).head(2), shown.row(4).head(2).transpose()) == 0);
  }

  void whatHasNoMeanIsTheHeaviestVoxels() {
    const MatrixF weights = weightsOf();
    const VectorF q = gaussian(1, kVoxels, 3).row(0).transpose();
    const VectorF shown = viewOf(weights).ofHeaviest(q);
    for (Index v = 0; v < kVertices; ++v) {
      Index most = 0;
      const float weight = weights.row(v).maxCoeff(&most);
      QVERIFY(weight > 0 ? shown[v] == q[most] : std::isnan(shown[v]));
    }
  }

  void otherNumbersOfVoxelsAreRefused() {
    const CortexView view = viewOf(weightsOf());
    EXPECT_ERROR(ErrorCode::BadShape, view.rowsOnCortex(MatrixF(MatrixF::Zero(2, kVertices))), "40 values",
                 "25 voxels");
    EXPECT_ERROR(ErrorCode::BadShape, view.onCortex(VectorF(VectorF::Zero(24))), "24 values");
    EXPECT_ERROR(ErrorCode::BadShape, view.ofHeaviest(VectorF::Zero(26)), "26 values");
  }

  void seriesShowRowsOfTheirFile() {
    QTemporaryDir folder;
    const fs::path file = fs::path(folder.path().toStdString()) / "responses.npy";
    const MatrixF values = gaussian(6, kVoxels, 4);
    writeNpy(file, values);
    const CortexSeries plain{MappedMatrix(file)}, shown{MappedMatrix(file), viewOf(weightsOf())};
    std::vector<float> scratch;
    QCOMPARE(plain.vertices(), kVoxels);
    QCOMPARE(plain.row(2, scratch)[5], values(2, 5));
    QVERIFY(scratch.empty());
    QVERIFY(plain.rows(1, 3) == values.middleRows(1, 3));
    QCOMPARE(shown.samples(), Index(6));
    QCOMPARE(shown.vertices(), kVertices);
    const MatrixF rows = shown.rows(2, 4);
    const MatrixF expected = viewOf(weightsOf()).rowsOnCortex(values);
    for (Index t = 0; t < 4; ++t) {
      const float* row = shown.row(t + 2, scratch);
      for (Index v = 0; v < kVertices; ++v) {
        if (v % 3 == 2) continue;
        QCOMPARE(rows(t, v), expected(t + 2, v));
        QCOMPARE(row[v], expected(t + 2, v));
        QCOMPARE(shown.at(t + 2, v), expected(t + 2, v));
      }
    }
  }
};

QTEST_GUILESS_MAIN(TestCortexView)
#include "tst_cortex_view.moc"
