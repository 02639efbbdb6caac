// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/parsing/numbers.h"

namespace cortexscope {

/// What an image file says before its voxels are read.
struct ImageInfo {
  std::string format;              ///< "NIfTI-1", "NIfTI-2", "MGH"
  std::vector<std::int64_t> size;  ///< x, y, z, volumes, ... as far as the file has dimensions
  NumberType storedType = NumberType::Float32;
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();
  std::string space;                  ///< what the file says of it ("MNI152"), may be empty
  std::optional<double> trSec;        ///< known from MGH files only once all voxels were read
  std::string ciftiXml;               ///< the extension that makes a CIFTI-2 file, else empty
  bool isCifti = false;               ///< by its intent or its extension
  std::filesystem::path voxelFile;    ///< the file itself, or the second one of a pair
  bool packed = false;                ///< the voxels are compressed
  std::int64_t declaredBytes = 0;     ///< of the voxels and what comes before them in their file, unpacked
  std::vector<std::string> warnings;  ///< odd but usable things, each a sentence with the file

  std::int64_t voxelsPerVolume() const;
  std::int64_t volumeCount() const;
};

/// Reads an image's scaled values one after the other, x fastest, volume after volume, with memory for one
/// block alone: NIfTI-1 and -2 (.nii, .nii.gz, .hdr + .img, these packed too), MGH and MGZ. For a pair either
/// file may be given; the other one is looked for beside it under the same name.
class ImageReader {
 public:
  /// Errors   MissingFile; BadFile with field, number found and the file's size; Unsupported types of
  ///          numbers. Sizes are checked against the bytes that are there before anything is read
  explicit ImageReader(const std::filesystem::path& file);
  ~ImageReader();
  ImageReader(ImageReader&&) noexcept;
  ImageReader& operator=(ImageReader&&) noexcept;

  /// Complete with all warnings once every value was read.
  const ImageInfo& info() const;

  /// The next values, as many as fit or are left. Returns how many.
  /// Errors   BadFile if the voxels end early
  std::size_t read(std::span<float> values);
  std::size_t read(std::span<double> values);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// True if the bytes start like an image that ImageReader reads.
bool isImageStart(std::string_view start);

}  // namespace cortexscope
