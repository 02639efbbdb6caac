// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/images.

#include <Eigen/Core>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/parsing/numbers.h"

// NIfTI-1 and NIfTI-2 headers. Source: nifti1.h and nifti2.h of the NIfTI data format working group.

namespace cortexscope::nifti {

/// What a header says, checked for sense except against the file's size.
struct Header {
  int version = 1;
  bool pair = false;  ///< voxels are in a file of their own (.img)
  NumberFormat numbers;
  int dimCount = 0;
  std::array<std::int64_t, 7> size{1, 1, 1, 1, 1, 1, 1};  ///< 1 beyond the dimensions that are used
  std::int64_t dataStart = 0;                             ///< byte of the first voxel
  double slope = 1, intercept = 0;
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();
  std::string space;            ///< what the transform's code names; empty where there is none
  std::optional<double> trSec;  ///< where there are several volumes and the step is a positive number
  int intent = 0;
  std::vector<std::string> warnings;

  std::int64_t voxelsPerVolume() const { return size[0] * size[1] * size[2]; }
  /// Intents of connectivity files: their columns are no voxels and their header has no place in space.
  bool isCifti() const { return intent >= 3000 && intent < 3100; }
  std::int64_t volumeCount() const { return size[3] * size[4] * size[5] * size[6]; }
};

inline constexpr std::size_t kHeaderBytes1 = 348;
inline constexpr std::size_t kHeaderBytes2 = 540;

inline constexpr int kCiftiExtension = 32;

/// True if the bytes start like a NIfTI header of either version and byte order (pairs too).
bool isHeader(std::string_view start);

/// `start` holds the file's first 540 bytes, or fewer where it is shorter.
/// Errors   BadFile with field and number; Unsupported for types that are not plain numbers
Header parseHeader(std::string_view start, const std::string& file);

/// A block of bytes between header and voxels.
struct Extension {
  int code = 0;
  std::string_view content;
};

/// Extensions in `beforeVoxels`, the file's bytes from 0 to the voxels (or to its end, for the header of a
/// pair). Damaged sizes end the list with a warning: the voxels do not depend on them.
std::vector<Extension> extensionsIn(std::string_view beforeVoxels, Header& header, const std::string& file);

/// Where voxels lie in mm, from the fields of `start`: the sform, else the qform, else the voxel sizes.
/// Errors   BadFile if none of the three can be used
void readSpace(std::string_view start, const std::string& file, Header& header);

}  // namespace cortexscope::nifti
