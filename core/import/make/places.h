#pragma once
// Private to import/make.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "cortex/surface.h"
#include "preparation/kept_voxels.h"
#include "import/plan/import_plan.h"
#include "import/make/parts.h"

// Values that are no vertices yet: parcels, voxels of volumes, and voxels that a mapper carries to vertices.

namespace cortexscope::importing {

/// For each vertex of the cortex the column of its parcel's series, -1 outside all parcels. Looked for in the
/// folder of --surfaces, then in the source: .dlabel.nii, or a pair of .annot or .label.gii files. Columns
/// follow the keys of the named labels, left hemisphere first (one table for both where the hemispheres share
/// no label); labels for the medial wall and for nothing are no parcels. Errors   MissingFile without any;
/// BadShape if none has `parcels` parcels on this mesh, with the numbers of each;
///          BadValue if several have
std::vector<Index> parcelsOfVertices(Importing& importing, const Cortex& cortex, Index parcels);

/// Samples x parcels as samples x vertices; NaN outside all parcels.
MatrixF onVertices(const std::vector<Index>& parcelOf, const MatrixF& parcels);

/// A person's surfaces laid into a grid of voxels, as the choices say. mask: nullptr for none.
/// Errors   as surfaceSampling
SurfaceSampling samplingOf(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                           const VoxelGrid& grid, const Volume* mask, const Job& job);

/// The voxels of one person that are kept.
struct PersonVoxels {
  KeptVoxels kept;
  std::optional<double> coverage;  ///< of the cortex, by images and masks; of volumes alone
};
/// Of volumes, those that the sampling reads and that lie in the masks of all `runs`; of short clips, the mapper's.
/// Errors   BadShape for masks on different grids or a mapper for another cortex; as samplingOf and readVoxelMapper
PersonVoxels voxelsOf(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                      const std::vector<std::size_t>& runs, const Job& job);
/// Errors   BadValue naming the first person and run that are in and hold no voxels
void requireVoxels(const Importing& importing);

/// Weights of voxels in vertices (left first), vertices x voxels.
using VoxelMapper = SparseRows;

/// The arrays voxel_to_fsaverage_{data,indices,indptr,shape} of a file: rows in compressed form.
/// Errors   BadFile naming the array; Unsupported beyond 2^24 weights; as readNumberArray
VoxelMapper readVoxelMapper(const std::filesystem::path& file, const Job& job = {});
/// Rows of that mapper, from its shape alone.
Index mappedVertices(const std::filesystem::path& file, const Job& job = {});

/// What was last read of one person's short clips: their arrays hold many runs, and reading one takes a
/// while.
struct KeptClips {
  std::filesystem::path file;
  std::string array;
  MatrixF rows;  ///< samples (of all repeats, one after the other) x voxels
  std::optional<VoxelMapper> mapper{};
};

/// Samples x voxels as samples x vertices. A vertex without voxels, or with one that is NaN, is NaN.
/// Errors   BadShape with both numbers of voxels
MatrixF onVertices(const VoxelMapper& mapper, const MatrixF& voxels);

/// Presentations kept apart in one array as runs of their own, the first of them under the run's name.
ImportPlan repeatsApart(const ImportPlan& plan);

}  // namespace cortexscope::importing
