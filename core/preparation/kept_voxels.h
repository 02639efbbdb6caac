// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "io/arrays/sparse_rows.h"
#include "preparation/volume_sampling.h"

namespace cortexscope {

/// Voxels whose responses are kept as they were measured, and how they are shown on a cortex: a vertex is the
/// weighted mean of the voxels around it.
struct KeptVoxels {
  /// Where voxels are in a volume, so that what is known of them can be put back there.
  struct Places {
    VoxelGrid grid;
    std::vector<std::int64_t> index;  ///< of each voxel, x fastest, rising
  };

  SparseRows means;                ///< vertices (left first) x voxels: each row sums to 1, or is empty
  std::optional<Places> places{};  ///< of volumes; unknown for voxels that came with a mapper of their own

  Index vertexCount() const { return means.rows(); }
  Index voxelCount() const { return means.cols(); }
  /// Vertices that no voxel reaches.
  Index vertexCountWithout() const;
};

/// The voxels that a sampling reads, with its weights.
KeptVoxels keptVoxels(const SurfaceSampling& sampling);

/// All voxels of a mapper (vertices x voxels), whose rows are scaled to sum to 1: what is shown is a mean. A
/// row that sums to less than 0.001 becomes empty.
/// Errors   BadValue for weights that are not finite
KeptVoxels keptVoxels(const SparseRows& mapper);

/// Takes voxels out of all means; the others share their weight. They stay columns of the responses.
/// without  per voxel, true: it has no values
void leaveOutOfMeans(KeptVoxels& kept, const std::vector<bool>& without);

/// The kept voxels of an image file, volumes x voxels, with memory for one volume beside them.
/// Errors   as ImageReader; BadShape, with the file, if its grid is another one or places are unknown;
///          Cancelled
MatrixF readVoxels(const KeptVoxels& kept, const std::filesystem::path& file, const Job& job);

/// An .npz file that scipy.sparse.load_npz reads as vertices x voxels. Of volumes it also holds `voxels`
/// (indices in the volume, x fastest), `grid` (voxels along x, y, z) and `mm_from_voxel` (4 x 4).
void writeKeptVoxels(const std::filesystem::path& file, const KeptVoxels& kept);

/// Errors   as sparseRowsIn; BadFile, with the file, for a row that sums to something else than 1, for voxels
///          that do not rise or lie outside their grid, and for a grid of more than 2^31 - 1 voxels or
///          without an inverse
KeptVoxels readKeptVoxels(const std::filesystem::path& file);

}  // namespace cortexscope
