// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/volume_sampling.h"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <cmath>
#include <cstring>
#include <limits>
#include <stop_token>

#include "core/cortex/meshes.h"
#include "core/io/images/nifti_spec.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Voxels of 2 x 2.5 x 3 mm, turned about an oblique axis, their middle at the origin.
VoxelGrid obliqueGrid(Index x, Index y, Index z) {
  VoxelGrid grid;
  grid.size = {x, y, z};
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.4, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  grid.mmFromVoxel.topLeftCorner<3, 3>() = turn * Eigen::Vector3d(-2, 2.5, 3).asDiagonal();
  const Eigen::Vector3d middle(double(x - 1) / 2, double(y - 1) / 2, double(z - 1) / 2);
  grid.mmFromVoxel.topRightCorner<3, 1>() = -grid.mmFromVoxel.topLeftCorner<3, 3>() * middle;
  return grid;
}

VoxelGrid plainGrid(Index extent) {
  VoxelGrid grid;
  grid.size = {extent, extent, extent};
  grid.mmFromVoxel.topRightCorner<3, 1>().setConstant(-double(extent - 1) / 2);
  return grid;
}

Surface moved(Surface surface, float x, float y, float z) {
  surface.points.rowwise() += Eigen::RowVector3f(x, y, z);
  return surface;
}

Volume maskOf(const VoxelGrid& grid, float value) {
  Volume mask;
  mask.size = grid.size;
  mask.mmFromVoxel = grid.mmFromVoxel;
  mask.values.assign(std::size_t(grid.voxelCount()), value);
  return mask;
}

Volume randomMask(const VoxelGrid& grid, unsigned seed) {
  Volume mask = maskOf(grid, 1);
  const MatrixF draws = gaussian(1, grid.voxelCount(), seed);
  for (Index i = 0; i < draws.cols(); ++i)
    if (draws(0, i) > 0.5f) mask.values[std::size_t(i)] = draws(0, i) > 1 ? kNaN : 0;
  return mask;
}

/// The definition, voxel by voxel over the whole image.
class PlainSampling {
 public:
  PlainSampling(const VoxelGrid& grid, const Volume* mask) : m_grid(grid), m_mask(mask) {}

  /// Value at a place given in mm; false where the depth cannot be used.
  bool at(const Eigen::Vector3d& mm, const float* volume, double& value) const {
    const Eigen::Vector3d place = (m_grid.mmFromVoxel.inverse() * mm.homogeneous()).head<3>();
    double sum = 0, total = 0, nearest = 2;
    bool nearestCounts = false;
    Index voxel = 0;
    for (Index z = 0; z < m_grid.size[2]; ++z)
      for (Index y = 0; y < m_grid.size[1]; ++y)
        for (Index x = 0; x < m_grid.size[0]; ++x, ++voxel) {
          const Eigen::Array3d distance =
              (place - Eigen::Vector3d(double(x), double(y), double(z))).cwiseAbs();
          const bool counts = m_mask == nullptr || m_mask->values[std::size_t(voxel)] == 1;
          const double weight = (1 - distance).max(0).prod();
          if (counts) sum += weight * double(volume[voxel]), total += weight;
          if (distance.maxCoeff() > 0.5 || distance.matrix().norm() >= nearest) continue;
          nearest = distance.matrix().norm();
          nearestCounts = counts;
        }
    value = sum / total;
    return nearestCounts;
  }

 private:
  VoxelGrid m_grid;
  const Volume* m_mask;
};

}  // namespace

class TestVolumeSampling : public QObject {
  Q_OBJECT
 private slots:
  void depthsAreEven() {
    const std::vector<double> depths = evenDepths(5), expected{0.1, 0.3, 0.5, 0.7, 0.9};
    QCOMPARE(depths.size(), expected.size());
    for (std::size_t i = 0; i < 5; ++i) QVERIFY(std::abs(depths[i] - expected[i]) < 1e-15);
    QCOMPARE(evenDepths(1), std::vector<double>{0.5});
  }

  void linearRampIsExact() {
    const VoxelGrid grid = obliqueGrid(20, 17, 14);
    const Eigen::RowVector3d slope(0.7, -1.3, 2.1);
    MatrixF volume(1, grid.voxelCount());
    for (Index z = 0, i = 0; z < grid.size[2]; ++z)
      for (Index y = 0; y < grid.size[1]; ++y)
        for (Index x = 0; x < grid.size[0]; ++x, ++i)
          volume(0, i) = float(
              5 + slope * (grid.mmFromVoxel * Eigen::Vector4d(double(x), double(y), double(z), 1)).head<3>());
    const Surface white = icosphere(3, 9), pial = moved(icosphere(3, 12), 0.3f, 0.2f, -0.1f);
    const SurfaceSampling sampling = surfaceSampling(grid, white, pial, {0, 0.25, 1}, nullptr, 1, {});
    QCOMPARE(sampling.coverage.withoutSample, 0);
    const MatrixF sampled = sampleVolumes(sampling, volume, 1, {});
    for (Index v = 0; v < white.vertexCount(); ++v) {
      const Eigen::RowVector3d inner = white.points.row(v).cast<double>(),
                               outer = pial.points.row(v).cast<double>();
      const double expected = 5 + slope.dot(inner + 1.25 / 3 * (outer - inner));
      QVERIFY2(std::abs(sampled(0, v) - expected) < 1e-4, qPrintable(QString("vertex %1").arg(v)));
    }
  }

  void agreesWithAPlainLoop_data() {
    QTest::addColumn<bool>("masked");
    QTest::newRow("whole image") << false;
    QTest::newRow("mask with holes") << true;
  }
  void agreesWithAPlainLoop() {
    QFETCH(bool, masked);
    const VoxelGrid grid = obliqueGrid(8, 7, 6);
    const Volume mask = randomMask(grid, 4);
    const Volume* chosen = masked ? &mask : nullptr;
    // Wide enough to leave the image on all sides.
    const Surface white = icosphere(2, 8), pial = icosphere(2, 11);
    const std::vector<double> depths = evenDepths(5);
    const MatrixF volumes = gaussian(3, grid.voxelCount(), 5);
    const SurfaceSampling sampling = surfaceSampling(grid, white, pial, depths, chosen, 1, {});
    const MatrixF sampled = sampleVolumes(sampling, volumes, 1, {});
    const PlainSampling plain(grid, chosen);
    Index without = 0, partly = 0;
    for (Index v = 0; v < white.vertexCount(); ++v) {
      const Eigen::Vector3d inner = white.points.row(v).transpose().cast<double>();
      const Eigen::Vector3d outer = pial.points.row(v).transpose().cast<double>();
      for (Index time = 0; time < 3; ++time) {
        double sum = 0, value = 0;
        int used = 0;
        for (const double depth : depths)
          if (plain.at(inner + depth * (outer - inner), volumes.row(time).data(), value))
            sum += value, ++used;
        QCOMPARE(sampling.coverage.depthsInside[v], float(used) / 5);
        if (used == 0)
          QVERIFY(std::isnan(sampled(time, v)));
        else
          QVERIFY(std::abs(sampled(time, v) - sum / used) < 1e-5);
        if (time == 0) without += used == 0, partly += used > 0 && used < 5;
      }
    }
    QCOMPARE(sampling.coverage.withoutSample, without);
    QVERIFY2(without > 5 && partly > 5, "the case must hold vertices outside and at the edge");
  }

  void rowsAreSortedAndSumToOne() {
    const VoxelGrid grid = obliqueGrid(8, 7, 6);
    const Surface white = icosphere(2, 7), pial = icosphere(2, 10);
    const SurfaceSampling sampling = surfaceSampling(grid, white, pial, evenDepths(5), nullptr, 1, {});
    QCOMPARE(sampling.vertexCount(), white.vertexCount());
    QCOMPARE(sampling.offsets.back(), std::ssize(sampling.voxels));
    for (std::size_t v = 0; v + 1 < sampling.offsets.size(); ++v) {
      double sum = 0;
      for (auto i = std::size_t(sampling.offsets[v]); i < std::size_t(sampling.offsets[v + 1]); ++i) {
        if (i > std::size_t(sampling.offsets[v])) QVERIFY(sampling.voxels[i] > sampling.voxels[i - 1]);
        QVERIFY(sampling.weights[i] > 0);
        sum += double(sampling.weights[i]);
      }
      if (sampling.offsets[v] < sampling.offsets[v + 1]) QVERIFY(std::abs(sum - 1) < 1e-6);
    }
  }

  void nothingFromOutsideTheMaskGetsIn() {
    const VoxelGrid grid = obliqueGrid(12, 10, 9);
    const Volume mask = randomMask(grid, 9);
    MatrixF volume = MatrixF::Constant(1, grid.voxelCount(), 3.0f);
    for (Index i = 0; i < volume.cols(); ++i)
      if (mask.values[std::size_t(i)] != 1) volume(0, i) = kNaN;
    const Surface white = icosphere(3, 7), pial = icosphere(3, 9);
    const SurfaceSampling sampling = surfaceSampling(grid, white, pial, {0.5}, &mask, 1, {});
    const MatrixF sampled = sampleVolumes(sampling, volume, 1, {});
    Index seen = 0;
    for (Index v = 0; v < sampled.cols(); ++v) {
      if (sampling.coverage.depthsInside[v] == 0) continue;
      QVERIFY(std::abs(sampled(0, v) - 3.0f) < 1e-6f);
      ++seen;
    }
    QVERIFY(seen > 100 && seen < sampled.cols());
  }

  void coverageIsCounted() {
    // Voxels reach from -10.5 to 10.5 mm: one vertex inside, one with two depths of five, two outside.
    Surface white, pial;
    white.points.resize(4, 3);
    pial.points.resize(4, 3);
    white.points << 0, 0, 0, 10, 0, 0, 30, 0, 0, kNaN, 0, 0;
    pial.points << 1, 1, 1, 11.25f, 0, 0, 31, 0, 0, 0, 0, 0;
    const SurfaceSampling sampling =
        surfaceSampling(plainGrid(21), white, pial, evenDepths(5), nullptr, 1, {});
    QCOMPARE(sampling.coverage.depthsInside, (VectorF(4) << 1, 0.4f, 0, 0).finished());
    QCOMPARE(sampling.coverage.withoutSample, 2);
    QVERIFY(std::abs(sampling.coverage.shareInside() - 0.35) < 1e-7);
    QCOMPARE(sampling.coverage.describe(),
             std::string("2 of 4 vertices have no sample; 35.0 % of the depths lie inside"));
    const MatrixF sampled = sampleVolumes(sampling, MatrixF::Constant(2, 9261, 7), 1, {});
    QCOMPARE(sampled(1, 1), 7.0f);
    QVERIFY(std::isnan(sampled(0, 2)) && std::isnan(sampled(1, 3)));
  }

  void voxelsThatAreReadMayBeNaN() {
    Surface white;
    white.points = Points::Zero(2, 3);
    white.points(1, 0) = 5;
    MatrixF volumes = MatrixF::Ones(2, 9261);
    volumes(1, 10 + 21 * (10 + 21 * 10)) = kNaN;
    const MatrixF sampled =
        sampleVolumes(surfaceSampling(plainGrid(21), white, white, {0.5}, nullptr, 1, {}), volumes, 1, {});
    QVERIFY(std::isnan(sampled(1, 0)));
    QVERIFY(sampled(0, 0) == 1 && sampled(0, 1) == 1 && sampled(1, 1) == 1);
  }

  void bitsDoNotDependOnThreads() {
    const VoxelGrid grid = obliqueGrid(20, 17, 14);
    const Surface white = icosphere(5, 12), pial = icosphere(5, 15);
    const MatrixF volumes = gaussian(3, grid.voxelCount(), 2);
    const SurfaceSampling one = surfaceSampling(grid, white, pial, evenDepths(5), nullptr, 1, {});
    const MatrixF sampled = sampleVolumes(one, volumes, 1, {});
    for (const int threads : {2, 3}) {
      const SurfaceSampling several = surfaceSampling(grid, white, pial, evenDepths(5), nullptr, threads, {});
      QVERIFY(several.offsets == one.offsets && several.voxels == one.voxels &&
              several.weights == one.weights);
      const MatrixF again = sampleVolumes(several, volumes, threads, {});
      QCOMPARE(std::memcmp(again.data(), sampled.data(), std::size_t(sampled.size()) * sizeof(float)), 0);
    }
  }

  void hemispheresAreJoined() {
    const VoxelGrid grid = plainGrid(21);
    const Surface left = icosphere(1, 7), right = moved(icosphere(2, 4), 8, 0, 0);
    const SurfaceSampling a = surfaceSampling(grid, left, left, {0.5}, nullptr, 1, {});
    const SurfaceSampling b = surfaceSampling(grid, right, right, {0.5}, nullptr, 1, {});
    QVERIFY(b.coverage.withoutSample > 0);
    const SurfaceSampling both = joined(a, b);
    const MatrixF volumes = gaussian(2, grid.voxelCount(), 8);
    const MatrixF sampled = sampleVolumes(both, volumes, 1, {});
    const MatrixF l = sampleVolumes(a, volumes, 1, {}), r = sampleVolumes(b, volumes, 1, {});
    QCOMPARE(sampled.cols(), l.cols() + r.cols());
    QVERIFY(sampled.leftCols(l.cols()) == l);
    for (Index v = 0; v < r.cols(); ++v)
      QVERIFY(sampled(1, l.cols() + v) == r(1, v) ||
              (std::isnan(r(1, v)) && std::isnan(sampled(1, l.cols() + v))));
    QCOMPARE(both.coverage.withoutSample, b.coverage.withoutSample);
    QCOMPARE(both.coverage.depthsInside.size(), sampled.cols());
    const SurfaceSampling other = surfaceSampling(plainGrid(23), left, left, {0.5}, nullptr, 1, {});
    EXPECT_ERROR(ErrorCode::BadShape, joined(a, other), "21 x 21 x 21", "23 x 23 x 23");
  }

  void filesAreSampledVolumeByVolume() {
    NiftiSpec spec;
    spec.dims = {4, 2, 3, 4, 3, 1, 1, 1};
    MatrixF volumes(3, 24);
    for (int i = 0; i < 72; ++i) {
      const auto value = std::int16_t(i * i % 37);
      spec.voxels += bytesOf(value, spec.order);
      volumes.data()[i] = value;
    }
    const std::filesystem::path file = m_scratch.write("bold.nii.gz", gzipped(fileOf(spec)));
    const VoxelGrid grid = gridOf(ImageReader(file).info());
    QCOMPARE(grid.size, (std::array<Index, 3>{2, 3, 4}));
    const Surface sphere = moved(icosphere(1, 1.5f), -9, -18, -25.5f);
    const SurfaceSampling sampling = surfaceSampling(grid, sphere, sphere, {0.5}, nullptr, 1, {});
    QVERIFY(sampleImage(sampling, file, 2, {}) == sampleVolumes(sampling, volumes, 1, {}));

    spec.rows[3] += 1;
    const std::filesystem::path shifted = m_scratch.write("shifted.nii", fileOf(spec));
    EXPECT_ERROR(ErrorCode::BadShape, sampleImage(sampling, shifted, 1, {}), "shifted.nii", "2 x 3 x 4");
  }

  void refusesSurfacesThatDoNotFit() {
    const VoxelGrid grid = plainGrid(21);
    const Surface sphere = icosphere(1, 5), finer = icosphere(2, 5), far = moved(sphere, 100, 0, 0);
    const auto sample = [&](const Surface& white, const Surface& pial) {
      surfaceSampling(grid, white, pial, {0.5}, nullptr, 1, {});
    };
    EXPECT_ERROR(ErrorCode::BadShape, sample(sphere, finer), "42 vertices", "162");
    EXPECT_ERROR(ErrorCode::BadShape, sample({}, {}), "no vertices");
    EXPECT_ERROR(ErrorCode::BadValue, sample(far, far), "wholly outside", "x 95.0 to 105.0",
                 "x -10.5 to 10.5, y -10.5 to 10.5, z -10.5 to 10.5 mm");
  }

  void refusesBadDepthsGridsAndMasks() {
    const Surface sphere = icosphere(1, 5);
    const auto depths = [&](const std::vector<double>& values) {
      surfaceSampling(plainGrid(21), sphere, sphere, values, nullptr, 1, {});
    };
    EXPECT_ERROR(ErrorCode::BadValue, depths({}), "got 0");
    EXPECT_ERROR(ErrorCode::BadValue, depths({0.5, 1.5}), "1.5");
    EXPECT_ERROR(ErrorCode::BadValue, depths({std::nan("")}), "nan");
    EXPECT_ERROR(ErrorCode::BadValue, evenDepths(0), "got 0");

    const auto grids = [&](const VoxelGrid& grid, const Volume* mask) {
      surfaceSampling(grid, sphere, sphere, {0.5}, mask, 1, {});
    };
    VoxelGrid grid = plainGrid(21);
    const Volume zeros = maskOf(grid, 0), smaller = maskOf(plainGrid(19), 1);
    EXPECT_ERROR(ErrorCode::BadValue, grids(grid, &zeros), "mask");
    EXPECT_ERROR(ErrorCode::BadShape, grids(grid, &smaller), "21 x 21 x 21", "19 x 19 x 19");
    grid.mmFromVoxel.col(1) = grid.mmFromVoxel.col(0);
    EXPECT_ERROR(ErrorCode::BadValue, grids(grid, nullptr), "inverted");
    grid.mmFromVoxel(0, 0) = std::nan("");
    EXPECT_ERROR(ErrorCode::BadValue, grids(grid, nullptr), "inverted");
    grid = plainGrid(21);
    grid.size = {2000, 2000, 2000};
    EXPECT_ERROR(ErrorCode::Unsupported, grids(grid, nullptr), "2000 x 2000 x 2000");
    grid.size = {20, 0, 20};
    EXPECT_ERROR(ErrorCode::BadShape, grids(grid, nullptr), "20 x 0 x 20");
    const SurfaceSampling sampling = surfaceSampling(plainGrid(21), sphere, sphere, {0.5}, nullptr, 1, {});
    EXPECT_ERROR(ErrorCode::BadShape, sampleVolumes(sampling, MatrixF(1, 9260), 1, {}), "9260", "9261");
  }

  void canBeStopped() {
    std::stop_source stop;
    stop.request_stop();
    const Job job(stop.get_token(), [](double, std::string_view) {});
    const Surface sphere = icosphere(1, 5);
    const VoxelGrid grid = plainGrid(21);
    QVERIFY_THROWS_EXCEPTION(Cancelled, surfaceSampling(grid, sphere, sphere, {0.5}, nullptr, 1, job));
    const SurfaceSampling sampling = surfaceSampling(grid, sphere, sphere, {0.5}, nullptr, 1, {});
    QVERIFY_THROWS_EXCEPTION(Cancelled, sampleVolumes(sampling, MatrixF::Zero(1, 9261), 1, job));
  }

 private:
  ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestVolumeSampling)
#include "tst_volume_sampling.moc"
