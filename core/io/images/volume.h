// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "cortex/surface.h"

namespace cortexscope {

/// A 3-D image (first volume of a 4-D file), scaled values, x fastest.
struct Volume {
  std::array<Index, 3> size{0, 0, 0};
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();  ///< sform, else qform, else voxel sizes
  std::vector<float> values;  ///< as the file has them after scaling: may hold NaN
  std::vector<std::string>
      warnings;  ///< odd but usable things met while reading, each a sentence with the file

  float at(Index x, Index y, Index z) const {
    return values[static_cast<std::size_t>(x + size[0] * (y + size[1] * z))];
  }
};

/// Reads the first volume of an image (formats and errors as ImageReader). Of a file with more volumes the
/// rest is not looked at.
/// Limits   2^27 voxels; 64-bit whole numbers are rounded to float32 like all values
Volume readVolume(const std::filesystem::path& file);

/// Label of the voxel at each vertex, going inward along the normals in `stepMm` steps up to `depthMm` until
/// a label other than 0 is met; 0 where none is. Vertices without a normal are sampled where they are.
/// Errors   BadValue if depthMm is negative, stepMm not positive or the volume's transform cannot be inverted
std::vector<std::int32_t> sampleLabels(const Volume& labels, const Surface& surface, double depthMm,
                                       double stepMm);

}  // namespace cortexscope
