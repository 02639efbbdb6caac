// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <filesystem>

#include "base/job.h"
#include "base/matrix.h"
#include "preparation/kept_voxels.h"

namespace cortexscope::importing {

/// Weights of voxels in vertices (left first), vertices x voxels.
using VoxelMapper = SparseRows;

/// The arrays voxel_to_fsaverage_{data,indices,indptr,shape} of a file: rows in compressed form.
/// Errors   BadFile naming the array; Unsupported beyond 2^24 weights; as readNumberArray
VoxelMapper readVoxelMapper(const std::filesystem::path& file, const Job& job = {});
/// Rows of that mapper, from its shape alone.
Index mappedVertices(const std::filesystem::path& file, const Job& job = {});

/// Samples x voxels as samples x vertices. A vertex without voxels, or with one that is NaN, is NaN.
/// Errors   BadShape with both numbers of voxels
MatrixF onVertices(const VoxelMapper& mapper, const MatrixF& voxels);

}  // namespace cortexscope::importing
