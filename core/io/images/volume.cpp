// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/volume.h"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "cortex/geometry.h"
#include "io/images/image.h"

namespace cortexscope {
namespace {

constexpr std::int64_t kMostVoxels = std::int64_t{1} << 27;
}  // namespace

Volume readVolume(const std::filesystem::path& file) {
  ImageReader reader(file);
  const ImageInfo& info = reader.info();
  const std::int64_t voxels = info.voxelsPerVolume();
  require(voxels <= kMostVoxels, ErrorCode::Unsupported, [&] {
    return file.string() + ": one volume has " + textOf(voxels) + " voxels; at most " + textOf(kMostVoxels) +
           " are read";
  });
  Volume volume;
  for (std::size_t d = 0; d < 3; ++d) volume.size[d] = d < info.size.size() ? info.size[d] : 1;
  volume.mmFromVoxel = info.mmFromVoxel;
  volume.values.resize(static_cast<std::size_t>(voxels));
  reader.read(std::span<float>(volume.values));
  volume.warnings = reader.info().warnings;
  return volume;
}

std::vector<std::int32_t> sampleLabels(const Volume& labels, const Surface& surface, double depthMm,
                                       double stepMm) {
  require(depthMm >= 0 && stepMm > 0 && depthMm / stepMm < 1e4, ErrorCode::BadValue, [&] {
    return "labels are sampled from 0 to " + textOf(depthMm) + " mm in steps of " + textOf(stepMm) +
           " mm: the depth must not be negative, the step must be positive and not tiny";
  });
  require(labels.mmFromVoxel.allFinite() && labels.mmFromVoxel.determinant() != 0, ErrorCode::BadValue,
          "the volume's transform from voxels to mm cannot be inverted");
  const Eigen::Matrix4d voxelFromMm = labels.mmFromVoxel.inverse();
  const Points normals = vertexNormals(surface);
  const auto stepCount = static_cast<int>(std::floor(depthMm / stepMm + 1e-9));
  std::vector<std::int32_t> found(static_cast<std::size_t>(surface.vertexCount()), 0);
  for (Index v = 0; v < surface.vertexCount(); ++v)
    for (int step = 0; step <= stepCount && found[static_cast<std::size_t>(v)] == 0; ++step) {
      const Eigen::Vector3d mm = (surface.points.row(v) - normals.row(v) * static_cast<float>(step * stepMm))
                                     .transpose()
                                     .cast<double>();
      const Eigen::Vector3d voxel = (voxelFromMm * mm.homogeneous()).head<3>().array().round();
      const auto size =
          Eigen::Array3d(static_cast<double>(labels.size[0]), static_cast<double>(labels.size[1]),
                         static_cast<double>(labels.size[2]));
      if (!((voxel.array() >= 0).all() && (voxel.array() < size).all())) continue;
      const float label =
          labels.at(static_cast<Index>(voxel[0]), static_cast<Index>(voxel[1]), static_cast<Index>(voxel[2]));
      if (std::isfinite(label))
        found[static_cast<std::size_t>(v)] = static_cast<std::int32_t>(std::lround(label));
    }
  return found;
}

}  // namespace cortexscope
