#pragma once

#include <Eigen/Core>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cortexscope::nifti {

/// What a NIfTI-1 or NIfTI-2 header says, checked for sense except against the file's size.
struct Header {
  int version = 1;
  std::endian order = std::endian::little;
  std::array<std::int64_t, 7> size{1, 1, 1, 1, 1, 1, 1};  ///< 1 beyond the dimensions that are used
  int type = 0;
  std::int64_t bytesPerVoxel = 0;
  std::int64_t dataStart = 0;  ///< byte of the first voxel
  double slope = 1, intercept = 0;
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();
  std::vector<std::string> warnings;

  std::int64_t voxelsPerVolume() const { return size[0] * size[1] * size[2]; }
  std::int64_t volumeCount() const { return size[3] * size[4] * size[5] * size[6]; }
};

inline constexpr std::size_t kHeaderBytes1 = 348;
inline constexpr std::size_t kHeaderBytes2 = 540;

/// `start` holds the file's first 540 bytes, or fewer where it is shorter.
/// Errors   BadFile with field and number; Unsupported for types that are not plain numbers and for pairs of
/// files
Header parseHeader(std::string_view start, const std::string& file);

/// Converts voxels stored at `bytes` to scaled values.
void convert(const Header& header, const char* bytes, std::size_t voxelCount, float* values);

}  // namespace cortexscope::nifti
