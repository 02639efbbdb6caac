// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "import/make/cortex.h"
#include "import/make/importing.h"
#include "import/make/voxel_mapper.h"
#include "preparation/kept_voxels.h"
#include "preparation/regressors.h"

namespace cortexscope::importing {

/// What was last read of one person's short clips: their arrays hold many runs, and reading one takes a
/// while.
struct KeptClips {
  std::filesystem::path file;
  std::string array;
  MatrixF rows;  ///< samples (of all repeats, one after the other) x voxels
  std::optional<VoxelMapper> mapper{};
};

/// One run as it was recorded, on the study's vertices or in the person's voxels.
struct Recorded {
  MatrixF values;  ///< samples x targets; NaN where there is none
  std::optional<double> coverage;
  std::vector<std::string> notes;
};
/// voxels   to be kept; nullptr: responses are carried to the vertices
/// Errors   as the readers'; BadShape as checkResponseSpace and readVoxels; Unsupported for CIFTI parcels
Recorded readRecorded(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                      std::size_t run, const KeptVoxels* voxels, KeptClips& kept, const Job& job);

/// The confounds of a run's table; none without one.
Confounds confoundsOf(const Importing& importing, const ImportCell& cell);

}  // namespace cortexscope::importing
