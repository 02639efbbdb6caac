// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <tuple>

#include "core/cortex/meshes.h"
#include "cortex/geometry.h"
#include "io/images/volume.h"
#include "io/surfaces/surface_files.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

/// Folder of the unpacked demo materials, or an empty path.
std::filesystem::path materials() {
  const char* folder = std::getenv("CORTEXSCOPE_MATERIALS");
  return folder != nullptr && std::filesystem::exists(folder) ? folder : "";
}

}  // namespace

class TestDemoCortex : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    if (materials().empty()) QSKIP("CORTEXSCOPE_MATERIALS names no folder of demo materials");
    std::tie(m_left, m_right) = readTwoHemisphereSurface(materials() / "brain-surface.obj.gz");
  }

  void hemispheres() {
    for (const Surface& side : {m_left, m_right}) {
      QCOMPARE(side.vertexCount(), Index{40962});
      QCOMPARE(side.triangleCount(), Index{81920});
    }
    QVERIFY(m_left.points.col(0).mean() < 0 && m_right.points.col(0).mean() > 0);
  }

  void coarserLevelInflates() {
    for (const Surface& side : {m_left, m_right}) {
      const CoarserSurface coarse = coarserLevel(side);
      QCOMPARE(coarse.surface.vertexCount(), Index{10242});
      QCOMPARE(coarse.surface.triangleCount(), Index{20480});
      QCOMPARE(coarse.keptVertices.back(), Index{10241});
      QCOMPARE(coarserLevel(coarse.surface).surface.vertexCount(), Index{2562});
      const Inflation inflation = inflate(coarse.surface, InflationOptions(), Job{});
      QCOMPARE(test::flippedTriangles(inflation.surface, vertexNormals(inflation.surface)), Index{0});
      QVERIFY(std::abs(inflation.areaRatio - 1) < 1e-6);
    }
  }

  void anatomicalLabels() {
    const Parcellation atlas =
        readTextParcellation(materials() / "atlas-values.txt.gz", materials() / "atlas-labels.txt.gz");
    QCOMPARE(atlas.keys.size(), std::size_t{81924});
    QCOMPARE(atlas.regions.size(), std::size_t{78});
    QCOMPARE(std::count(atlas.keys.begin(), atlas.keys.end(), 0), 7352);
    Eigen::RowVector3d mean = Eigen::RowVector3d::Zero();
    Index count = 0;
    for (Index v = 0; v < m_left.vertexCount(); ++v)
      if (atlas.keys[static_cast<std::size_t>(v)] == 43) {
        mean += m_left.points.row(v).cast<double>();
        ++count;
      }
    mean /= static_cast<double>(count);  // left calcarine cortex
    QVERIFY(test::largestDifference(mean, Eigen::RowVector3d(-12.7, -85.1, 2.7)) < 0.1);
  }

  void thickness() {
    const VectorF values = readVertexValues(materials() / "cortical-thickness.txt.gz");
    QCOMPARE(values.size(), Index{81924});
    QVERIFY(std::abs(values.mean() - 3.31f) < 0.01f && values.minCoeff() > 1.2f && values.maxCoeff() < 5.5f);
  }

  void freesurferSurface() {
    const Surface surface = readSurface(materials() / "freesurfer-binary-surface.gz");
    QCOMPARE(surface.vertexCount(), Index{163842});
    QCOMPARE(surface.triangleCount(), Index{327680});
    QVERIFY(std::abs(test::areaMm2(surface) / 100 - 654) < 1);
  }

  void brodmannAreas() {
    const Volume volume = readVolume(materials() / "brodmann.nii.gz");
    const auto left = sampleLabels(volume, m_left, 4, 1), right = sampleLabels(volume, m_right, 4, 1);
    const auto count = [&](std::int32_t area) {
      return std::count(left.begin(), left.end(), area) + std::count(right.begin(), right.end(), area);
    };
    // Counted by an independent program of the same rule: first label of the nearest voxels at 0, 1, 2, 3 and
    // 4 mm.
    const std::pair<std::int32_t, Index> expected[] = {
        {17, 2425}, {18, 3596}, {37, 3522}, {41, 413}, {22, 1114}};
    for (const auto& [area, vertices] : expected)
      QVERIFY2(std::abs(count(area) - vertices) <= 2,
               qPrintable(QString("BA%1: %2").arg(area).arg(count(area))));
  }

 private:
  Surface m_left, m_right;
};

QTEST_APPLESS_MAIN(TestDemoCortex)
#include "tst_demo_cortex.moc"
