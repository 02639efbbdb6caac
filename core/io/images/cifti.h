// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "cortex/parcellation.h"
#include "io/parsing/numbers.h"

// CIFTI-2: matrices whose columns are places of the brain and whose rows are times, maps or label maps.
// Source: "The CIFTI-2 file format", Human Connectome Project, 2014.

namespace cortexscope {

using VoxelIndex = std::array<std::int32_t, 3>;

/// Columns that belong to one structure: vertices of a surface, or voxels.
struct BrainModel {
  std::string structure;      ///< "CIFTI_STRUCTURE_CORTEX_LEFT"
  Index offset = 0;           ///< first column
  Index surfaceVertices = 0;  ///< of the whole surface; 0 for voxels
  std::vector<std::int32_t>
      vertices;  ///< one per column; which vertices have data: never assume the medial wall
  std::vector<VoxelIndex> voxels;

  bool isSurface() const { return surfaceVertices > 0; }
  Index count() const { return isSurface() ? std::ssize(vertices) : std::ssize(voxels); }
};

/// One column of a parcellated file.
struct CiftiParcel {
  std::string name;
  std::vector<BrainModel> parts;  ///< its vertices per structure, and its voxels (no structure)
};

struct CiftiColumns {
  std::vector<BrainModel> models;            ///< dense files: in the order of their columns, without holes
  std::vector<CiftiParcel> parcels;          ///< parcellated files: one per column
  std::array<Index, 3> volumeSize{0, 0, 0};  ///< of the space that voxels are in; zeros without one
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();

  bool dense() const { return parcels.empty(); }
  Index count() const;
};

struct CiftiRows {
  enum class Kind { Series, Scalars, Labels };
  Kind kind = Kind::Scalars;
  Index count = 0;
  double start = 0, step = 1;  ///< of a series, in `unit`
  std::string unit = "SECOND";
  std::vector<std::string> names;                ///< of maps
  std::vector<std::vector<Region>> labelTables;  ///< of label maps, one each
};

/// What a file says of itself, checked against its matrix' size and the file's.
struct CiftiHeader {
  CiftiRows rows;
  CiftiColumns columns;
  NumberType storedType = NumberType::Float32;
  std::vector<std::string> warnings;  ///< odd but usable things, each a sentence with the file
};

struct CiftiMatrix {
  CiftiHeader header;
  MatrixF values;  ///< rows x columns, after scaling
};

/// Reads .dtseries, .dscalar, .dlabel, .ptseries, .pscalar and .plabel files.
/// Errors   MissingFile; BadFile naming the place (XML line, brain model, both numbers); Unsupported for
///          connectivity matrices and CIFTI-1; Cancelled
/// Limits   surfaces of 2^24 vertices
CiftiHeader readCiftiHeader(const std::filesystem::path& file);
CiftiMatrix readCifti(const std::filesystem::path& file, const Job& job = {});

/// Writes a dense series (.dtseries.nii) or dense scalars (.dscalar.nii), float32, atomically.
/// Errors   BadShape if values and header differ; BadValue for a name that does not fit the kind; Unsupported
///          for labels and parcels; Io
void writeCifti(const std::filesystem::path& file, const CiftiHeader& header, const ConstMatrixRefF& values);

}  // namespace cortexscope
