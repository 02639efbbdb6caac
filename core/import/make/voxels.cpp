// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/voxels.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "import/make/voxel_mapper.h"
#include "io/images/volume.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// Takes what another mask leaves out out of this one.
void intersect(std::optional<Volume>& common, Volume mask, const fs::path& file, const fs::path& firstFile) {
  if (!common) {
    common = std::move(mask);
    return;
  }
  requireSameGrid(gridOf(*common), firstFile.string(), gridOf(mask), file.string());
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    if (!(mask.values[i] != 0 && mask.values[i] == mask.values[i])) common->values[i] = 0;
}

/// What lies in the masks of all these runs; no volume if none has a mask.
std::optional<Volume> commonMask(const Importing& importing, std::size_t person,
                                 const std::vector<std::size_t>& runs) {
  std::optional<Volume> common;
  std::vector<fs::path> files;
  for (const std::size_t run : runs) {
    const ImportFile* mask = importing.plan.cells[person][run]->file(FileRole::Mask);
    if (mask == nullptr || std::find(files.begin(), files.end(), importing.source(mask->file)) != files.end())
      continue;
    files.push_back(importing.source(mask->file));
    intersect(common, readVolume(files.back()), files.back(), files.front());
  }
  return common;
}

PersonVoxels voxelsOfVolumes(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                             const std::vector<std::size_t>& runs, const Job& job) {
  const auto& cells = importing.plan.cells[person];
  const fs::path first = importing.source(cells[runs.front()]->file(FileRole::Volume)->file);
  const VoxelGrid grid = gridOf(ImageReader(first).info());
  const std::optional<Volume> mask = commonMask(importing, person, runs);
  const SurfaceSampling sampling = samplingOf(importing, cortex, person, grid, mask ? &*mask : nullptr, job);
  return {keptVoxels(sampling), sampling.coverage.shareInside()};
}

PersonVoxels voxelsOfMapper(const ImportCortex& cortex, const fs::path& file, const Job& job) {
  const VoxelMapper mapper = readVoxelMapper(file, job);
  const Index vertices = cortex.mesh.vertexCount();
  require(mapper.rows() == vertices, ErrorCode::BadShape, [&] {
    return file.string() + ": its mapper has " + textOf(mapper.rows()) + " vertices, the surfaces have " +
           textOf(vertices) + " (" + cortex.mesh.space + ")";
  });
  try {
    return {keptVoxels(mapper), std::nullopt};
  } catch (const Error& error) {
    throw error.within(file.string());
  }
}

}  // namespace

SurfaceSampling samplingOf(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                           const VoxelGrid& grid, const Volume* mask, const Job& job) {
  const auto& [left, right] = cortex.sheetsOf(person);
  const std::vector<double> depths = evenDepths(importing.choices.depths);
  const auto side = [&](const ImportCortex::Sheets& sheets, const Job& part) {
    return surfaceSampling(grid, sheets.white, sheets.pial, depths, mask, importing.choices.threads, part);
  };
  return joined(side(left, job.part(0, 0.5)), side(right, job.part(0.5, 1)));
}

void requireVoxels(const Importing& importing) {
  for (std::size_t person = 0; person < importing.plan.people.size(); ++person)
    for (std::size_t run = 0; run < importing.plan.runs.size(); ++run) {
      const auto& cell = importing.plan.cells[person][run];
      require(!importing.isIn[person] || !cell || cell->holdsVoxels(), ErrorCode::BadValue, [&] {
        return importing.plan.place(person, run) +
               ": holds no voxels that could be kept; only volumes and short clips do, so import without "
               "--keep-voxels";
      });
    }
}

PersonVoxels voxelsOf(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                      const std::vector<std::size_t>& runs, const Job& job) {
  const ImportCell& first = *importing.plan.cells[person][runs.front()];
  if (first.file(FileRole::Volume) != nullptr) return voxelsOfVolumes(importing, cortex, person, runs, job);
  return voxelsOfMapper(cortex, importing.source(first.file(FileRole::Mapper)->file), job);
}

}  // namespace cortexscope::importing
