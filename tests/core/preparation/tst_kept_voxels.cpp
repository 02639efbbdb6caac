// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/kept_voxels.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <functional>
#include <limits>

#include "core/cortex/meshes.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;
namespace fs = std::filesystem;

namespace {

VoxelGrid cubeGrid(Index extent) {
  VoxelGrid grid;
  grid.size = {extent, extent + 1, extent + 2};
  grid.mmFromVoxel.topRightCorner<3, 1>().setConstant(-double(extent - 1) / 2);
  return grid;
}

/// A sphere that leaves the image on one side.
SurfaceSampling samplingOf(const VoxelGrid& grid) {
  Surface white = icosphere(3, 4), pial = icosphere(3, 5);
  for (Surface* sheet : {&white, &pial}) sheet->points.col(0).array() += 3;
  return surfaceSampling(grid, white, pial, {0.1, 0.5, 0.9}, nullptr, 1, {});
}

KeptVoxels smallOnes() {
  MatrixF weights = MatrixF::Zero(4, 3);
  weights.row(0) << 0.5f, 0, 0.5f;
  weights.row(1) << 0, 1, 0;
  weights.row(3) << 0.25f, 0.25f, 0.5f;
  KeptVoxels kept{weights.sparseView()};
  kept.places = KeptVoxels::Places{cubeGrid(10), {3, 17, 1319}};
  return kept;
}

/// Writes those with arrays that fit no longer.
struct Spoiled {
  const char* name;
  std::function<void(KeptVoxels&)> spoil;
  std::vector<std::string> words;
};

std::vector<Spoiled> spoiledVoxels() {
  return {
      {"weights of a half", [](KeptVoxels& k) { k.means.coeffRef(1, 1) = 0.5f; }, {"vertex 1", "0.5"}},
      {"huge weights", [](KeptVoxels& k) { k.means.coeffRef(0, 0) = 3e38f; }, {"vertex 0", "sum to"}},
      {"a voxel too many",
       [](KeptVoxels& k) { k.places->index.insert(k.places->index.begin() + 2, 18); },
       {"\"voxels\"", "4 voxels", "3"}},
      {"voxels outside",
       [](KeptVoxels& k) { k.places->index[2] = 1320; },
       {"\"voxels\"", "1320", "0 to 1319"}},
      {"voxels below 0", [](KeptVoxels& k) { k.places->index[0] = -1; }, {"\"voxels\"", "-1"}},
      {"voxels twice", [](KeptVoxels& k) { k.places->index[1] = 3; }, {"\"voxels\"", "rise"}},
      {"no layers", [](KeptVoxels& k) { k.places->grid.size[2] = 0; }, {"\"grid\"", "above 0"}},
      {"endless grid",
       [](KeptVoxels& k) {
         k.places->grid.size = {2000000, 2000000, 2000000};
       },
       {"\"grid\"", "2147483647"}},
      {"flat voxels",
       [](KeptVoxels& k) { k.places->grid.mmFromVoxel(2, 2) = 0; },
       {"\"mm_from_voxel\"", "inverted"}},
      {"nowhere",
       [](KeptVoxels& k) { k.places->grid.mmFromVoxel(0, 3) = std::nan(""); },
       {"\"mm_from_voxel\""}},
  };
}

}  // namespace

class TestKeptVoxels : public QObject {
  Q_OBJECT

 private slots:
  void voxelsOfASamplingGiveItsValues() {
    const VoxelGrid grid = cubeGrid(10);
    const SurfaceSampling sampling = samplingOf(grid);
    const KeptVoxels kept = keptVoxels(sampling);
    QVERIFY(sampling.coverage.withoutSample > 20);
    QCOMPARE(kept.vertexCountWithout(), sampling.coverage.withoutSample);
    QCOMPARE(kept.vertexCount(), sampling.vertexCount());
    const MatrixF volumes = gaussian(4, grid.voxelCount(), 1);
    std::vector<bool> isRead(std::size_t(grid.voxelCount()), false);
    for (const std::int32_t voxel : sampling.voxels) isRead[std::size_t(voxel)] = true;
    MatrixF chosen(4, kept.voxelCount());
    Index next = 0;
    for (Index voxel = 0; voxel < grid.voxelCount(); ++voxel) {
      if (!isRead[std::size_t(voxel)]) continue;
      QCOMPARE(kept.places->index[std::size_t(next)], std::int64_t(voxel));
      chosen.col(next++) = volumes.col(voxel);
    }
    QCOMPARE(next, kept.voxelCount());
    const MatrixF sampled = sampleVolumes(sampling, volumes, 1, {});
    const MatrixD means = chosen.cast<double>() * MatrixD(MatrixF(kept.means).cast<double>()).transpose();
    for (Index v = 0; v < sampled.cols(); ++v)
      if (!std::isnan(sampled(0, v))) QVERIFY(largestDifference(means.col(v), sampled.col(v)) < 1e-6);
  }

  void mappersAreScaledToMeans() {
    MatrixF weights = MatrixF::Zero(4, 3);
    weights.row(0) << 2, 0, 6;
    weights.row(2) << 0, 1e-5f, 0;
    weights.row(3) << 0, 0.5f, 0.5f;
    const KeptVoxels kept = keptVoxels(SparseRows(weights.sparseView()));
    MatrixF expected = MatrixF::Zero(4, 3);
    expected.row(0) << 0.25f, 0, 0.75f;
    expected.row(3) << 0, 0.5f, 0.5f;
    QVERIFY(largestDifference(MatrixF(kept.means), expected) < 1e-7);
    QCOMPARE(kept.vertexCountWithout(), Index(2));
    QVERIFY(!kept.places);
    weights(3, 1) = std::numeric_limits<float>::infinity();
    EXPECT_ERROR(ErrorCode::BadValue, keptVoxels(SparseRows(weights.sparseView())), "voxel 1", "vertex 3");
  }

  void othersShareTheWeightOfVoxelsWithoutValues() {
    KeptVoxels kept = smallOnes();
    leaveOutOfMeans(kept, {false, true, false});
    MatrixF expected = MatrixF::Zero(4, 3);
    expected.row(0) << 0.5f, 0, 0.5f;
    expected.row(3) << 1.0f / 3, 0, 2.0f / 3;
    QVERIFY(largestDifference(MatrixF(kept.means), expected) < 1e-6);
    QCOMPARE(kept.vertexCountWithout(), Index(2));
    QCOMPARE(kept.voxelCount(), Index(3));
    EXPECT_ERROR(ErrorCode::BadShape, leaveOutOfMeans(kept, {true}), "1 voxels", "3");
  }

  void fileComesBack() {
    const KeptVoxels kept = keptVoxels(samplingOf(cubeGrid(10)));
    writeKeptVoxels(m_file, kept);
    const KeptVoxels read = readKeptVoxels(m_file);
    QVERIFY(MatrixF(read.means) == MatrixF(kept.means));
    QVERIFY(read.places->index == kept.places->index);
    QVERIFY(read.places->grid.size == kept.places->grid.size);
    QVERIFY(read.places->grid.mmFromVoxel == kept.places->grid.mmFromVoxel);
    KeptVoxels mapped = smallOnes();
    mapped.places.reset();
    writeKeptVoxels(m_file, mapped);
    QVERIFY(!readKeptVoxels(m_file).places);
  }

  void whatDoesNotFitIsRefused() {
    writeKeptVoxels(m_file, smallOnes());
    QCOMPARE(readKeptVoxels(m_file).voxelCount(), Index(3));
    for (const Spoiled& each : spoiledVoxels()) {
      KeptVoxels kept = smallOnes();
      each.spoil(kept);
      writeKeptVoxels(m_file, kept);
      const Caught caught = errorOf([&] { readKeptVoxels(m_file); });
      QVERIFY2(caught.thrown && caught.code == ErrorCode::BadFile, each.name);
      for (const std::string& word : each.words)
        QVERIFY2(caught.message.find(word) != std::string::npos,
                 (each.name + (": " + caught.message)).c_str());
      QVERIFY2(caught.message.find("voxels.npz") != std::string::npos, each.name);
    }
    NpzWriter half;
    addSparseRows(half, smallOnes().means);
    half.add("voxels", std::span<const std::int64_t>(smallOnes().places->index));
    half.write(m_file);
    EXPECT_ERROR(ErrorCode::BadFile, readKeptVoxels(m_file), "no array \"grid\"");
  }

 private:
  QTemporaryDir m_folder;
  const fs::path m_file = fs::path(m_folder.path().toStdString()) / "voxels.npz";
};

QTEST_GUILESS_MAIN(TestKeptVoxels)
#include "tst_kept_voxels.moc"
