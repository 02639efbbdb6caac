// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/images.

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/parsing/numbers.h"

// FreeSurfer's volumes (.mgh, packed .mgz), big-endian. Source: FreeSurfer's file format pages (MghFormat).

namespace cortexscope::mgh {

struct Header {
  std::array<std::int64_t, 4> size{1, 1, 1, 1};  ///< width, height, depth, frames
  NumberFormat numbers;
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();  ///< may be singular, then a warning says so
  std::vector<std::string> warnings;
};

inline constexpr std::size_t kHeaderBytes = 284;  ///< voxels follow at once
inline constexpr std::size_t kFooterBytes = 4;    ///< of what follows the voxels: the time between frames, ms

/// True if the bytes start with version 1 and a known type of number.
bool isHeader(std::string_view start);

/// `start` holds the file's first 284 bytes, or fewer where it is shorter.
/// Errors   BadFile with field and number; Unsupported for types that are not plain numbers
Header parseHeader(std::string_view start, const std::string& file);

}  // namespace cortexscope::mgh
