// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/demo_cortex.h"

#include "base/digest.h"
#include "base/error.h"
#include "cortex/geometry.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "study/document/cortex_regions.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCortexVersion = "1";

struct CoarserCortex {
  CoarserSurface left, right;
};

Parcellation regionsOf(const Parcellation& fine, const std::vector<Index>& kept, Index offset) {
  Parcellation regions{fine.regions, {}};
  for (const Index vertex : kept) regions.keys.push_back(fine.keys.at(std::size_t(vertex + offset)));
  return regions;
}

CoarserCortex coarserCortex(const fs::path& surface) {
  const auto [left, right] = readTwoHemisphereSurface(surface);
  return {coarserLevel(left), coarserLevel(right)};
}

/// Writes one hemisphere's files and returns its sulcal depth.
VectorF writeHemisphere(const Study& study, const Surface& surface, const Parcellation& regions,
                        Hemisphere side, const Job& job) {
  const bool left = side == Hemisphere::Left;
  const CortexFiles& files = study.cortex;
  const Inflation inflation = inflate(surface, {}, job);
  writeGiftiSurface(study.path(left ? files.leftSurface : files.rightSurface), surface, side);
  writeGiftiSurface(study.path(left ? files.leftInflated : files.rightInflated), inflation.surface, side);
  writeGiftiLabels(study.path(left ? files.leftRegions : files.rightRegions), regions, side);
  return inflation.sulcalDepth;
}

}  // namespace

DemoCortex makeDemoCortex(const fs::path& materials, Study& study, StepCache& inputs, const Job& job) {
  const fs::path surface = materials / "brain-surface.obj.gz", values = materials / "atlas-values.txt.gz",
                 labels = materials / "atlas-labels.txt.gz";
  for (const fs::path& file : {surface, values, labels})
    require(fs::exists(file), ErrorCode::MissingFile, [&] {
      return file.string() + ": this demo material is missing; packaging/fetch_materials.sh fetches it";
    });
  const fs::path folder = "inputs/cortex";
  study.cortex = {"MNI-CIVET-20k",
                  folder / "hemi-L_pial.surf.gii",
                  folder / "hemi-R_pial.surf.gii",
                  folder / "hemi-L_inflated.surf.gii",
                  folder / "hemi-R_inflated.surf.gii",
                  folder / "sulcal_depth.npy",
                  folder / "hemi-L_regions.label.gii",
                  folder / "hemi-R_regions.label.gii",
                  {}};
  Digest key;
  key.add(kCortexVersion).addFile(surface).addFile(values).addFile(labels);
  inputs.once("cortex", key.hex(), [&] {
    job.checkpoint(0, "preparing the cortex");
    const CoarserCortex coarse = coarserCortex(surface);
    const Parcellation fine = readTextParcellation(values, labels);
    const Index rightOffset = Index(fine.keys.size()) / 2;
    const VectorF left =
        writeHemisphere(study, coarse.left.surface, regionsOf(fine, coarse.left.keptVertices, 0),
                        Hemisphere::Left, job.part(0.2, 0.6));
    const VectorF right =
        writeHemisphere(study, coarse.right.surface, regionsOf(fine, coarse.right.keptVertices, rightOffset),
                        Hemisphere::Right, job.part(0.6, 1.0));
    VectorF depth(left.size() + right.size());
    depth << left, right;
    writeNpy(study.path(study.cortex.underlay), depth);
    const CortexFiles& files = study.cortex;
    std::vector<fs::path> written;
    for (const fs::path& file : {files.leftSurface, files.rightSurface, files.leftInflated,
                                 files.rightInflated, files.underlay, files.leftRegions, files.rightRegions})
      written.push_back(study.path(file));
    return written;
  });
  DemoCortex cortex;
  cortex.anatomical = {readSurface(study.path(study.cortex.leftSurface)),
                       readSurface(study.path(study.cortex.rightSurface)), study.cortex.space};
  cortex.regions = readRegions(study);
  return cortex;
}

}  // namespace cortexscope
