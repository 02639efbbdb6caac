// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/cifti_checks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope::cifti {
namespace {

// Every structure that may stand with _LEFT or _RIGHT, and those without a side.
constexpr std::array<std::string_view, 13> kPaired{"ACCUMBENS",   "AMYGDALA",
                                                   "CAUDATE",     "CEREBELLAR_WHITE_MATTER",
                                                   "CEREBELLUM",  "CEREBRAL_WHITE_MATTER",
                                                   "CORTEX",      "DIENCEPHALON_VENTRAL",
                                                   "HIPPOCAMPUS", "HIPPOCAMPUS_DENTATE",
                                                   "PALLIDUM",    "PUTAMEN",
                                                   "THALAMUS"};
constexpr std::array<std::string_view, 8> kSingle{
    "ALL_GREY_MATTER", "ALL_WHITE_MATTER",  "BRAIN_STEM",        "CEREBELLUM", "CORTEX",
    "OTHER",           "OTHER_GREY_MATTER", "OTHER_WHITE_MATTER"};

void checkVertices(const BrainModel& model, const std::string& name) {
  std::vector<bool> seen(static_cast<std::size_t>(model.surfaceVertices), false);
  for (const std::int32_t vertex : model.vertices) {
    require(vertex < model.surfaceVertices, ErrorCode::BadFile, [&] {
      return name + ": names vertex " + textOf(vertex) + "; its surface has " +
             textOf(model.surfaceVertices) + " vertices";
    });
    require(!seen[static_cast<std::size_t>(vertex)], ErrorCode::BadFile,
            [&] { return name + ": names vertex " + textOf(vertex) + " twice"; });
    seen[static_cast<std::size_t>(vertex)] = true;
  }
}

void checkVoxels(const BrainModel& model, const CiftiColumns& columns, const std::string& name) {
  require(model.voxels.empty() || columns.volumeSize[0] > 0, ErrorCode::BadFile,
          [&] { return name + ": has voxels, but the file does not describe the volume they are in"; });
  for (const VoxelIndex& voxel : model.voxels)
    for (std::size_t axis = 0; axis < 3; ++axis)
      require(voxel[axis] < columns.volumeSize[axis], ErrorCode::BadFile, [&] {
        return name + ": names voxel " + textOf(voxel[0]) + ", " + textOf(voxel[1]) + ", " +
               textOf(voxel[2]) + ", outside the volume of " + textOf(columns.volumeSize[0]) + " x " +
               textOf(columns.volumeSize[1]) + " x " + textOf(columns.volumeSize[2]);
      });
}

}  // namespace

bool isStructure(const std::string& name) {
  constexpr std::string_view kPrefix = "CIFTI_STRUCTURE_";
  if (!name.starts_with(kPrefix)) return false;
  std::string_view bare = std::string_view(name).substr(kPrefix.size());
  if (std::find(kSingle.begin(), kSingle.end(), bare) != kSingle.end()) return true;
  for (const std::string_view side : {"_LEFT", "_RIGHT"})
    if (bare.ends_with(side))
      return std::find(kPaired.begin(), kPaired.end(), bare.substr(0, bare.size() - side.size())) !=
             kPaired.end();
  return false;
}

void checkColumns(const CiftiColumns& columns, const std::vector<Index>& claimedCounts,
                  const std::string& file) {
  Index next = 0;
  for (std::size_t i = 0; i < columns.models.size(); ++i) {
    const BrainModel& model = columns.models[i];
    const std::string name = file + ", brain model " + textOf(i + 1) + " (" + model.structure + ")";
    require(model.count() == claimedCounts[i], ErrorCode::BadFile, [&] {
      return name + ": IndexCount is " + textOf(claimedCounts[i]) + "; it lists " + textOf(model.count()) +
             (model.isSurface() ? " vertices" : " voxels");
    });
    require(model.offset == next, ErrorCode::BadFile, [&] {
      return name + ": IndexOffset is " + textOf(model.offset) + " where column " + textOf(next) +
             " is next, so models overlap or leave a hole";
    });
    next += model.count();
    if (model.isSurface())
      checkVertices(model, name);
    else
      checkVoxels(model, columns, name);
  }
  for (const CiftiParcel& parcel : columns.parcels)
    for (const BrainModel& part : parcel.parts) {
      const std::string name = file + ", parcel \"" + parcel.name.substr(0, 40) + "\"";
      if (part.isSurface()) checkVertices(part, name);
      checkVoxels(part, columns, name);
    }
  require(columns.count() > 0, ErrorCode::BadFile,
          [&] { return file + ": describes neither brain models nor parcels"; });
}

}  // namespace cortexscope::cifti
