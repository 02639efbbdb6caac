// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/job.h"
#include "import/make/cortex.h"
#include "import/make/importing.h"
#include "preparation/kept_voxels.h"
#include "preparation/volume_sampling.h"

namespace cortexscope::importing {

/// A person's surfaces laid into a grid of voxels, as the choices say. mask: nullptr for none.
/// Errors   as surfaceSampling
SurfaceSampling samplingOf(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                           const VoxelGrid& grid, const Volume* mask, const Job& job);

/// The voxels of one person that are kept.
struct PersonVoxels {
  KeptVoxels kept;
  std::optional<double> coverage;  ///< of the cortex, by images and masks; of volumes alone
};
/// Of volumes, those that the sampling reads and that lie in the masks of all `runs`; of short clips, the
/// mapper's.
/// Errors   BadShape for masks on different grids or a mapper for another cortex; as samplingOf and
///          readVoxelMapper
PersonVoxels voxelsOf(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                      const std::vector<std::size_t>& runs, const Job& job);
/// Errors   BadValue naming the first person and run that are in and hold no voxels
void requireVoxels(const Importing& importing);

}  // namespace cortexscope::importing
