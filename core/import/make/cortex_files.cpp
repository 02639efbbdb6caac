// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/cortex_files.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cortex/geometry.h"
#include "import/scan/names.h"
#include "import/scan/source_scan.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

fs::path cortexFile(Hemisphere side, const std::string& name) {
  return fs::path("inputs/cortex") / ((side == Hemisphere::Left ? "hemi-L_" : "hemi-R_") + name);
}

/// The given inflated surface if it fits the anatomical one.
std::optional<Surface> givenInflated(Importing& importing, const Surface& anatomical, const fs::path& file) {
  if (file.empty()) return std::nullopt;
  Surface surface = readSurface(file);
  if (surface.vertexCount() == anatomical.vertexCount() && surface.triangles == anatomical.triangles)
    return surface;
  importing.say(Severity::Note, file.string(), "",
                "is no inflated shape of the surface that responses are on (" +
                    textOf(surface.vertexCount()) + " vertices, " + textOf(anatomical.vertexCount()) +
                    " there); one was computed",
                "nothing");
  return std::nullopt;
}

struct Shapes {
  Surface left, right;
  VectorF sulcalDepth;  ///< of both
};

std::optional<Shapes> shapesOf(Importing& importing, const Cortex& cortex, const CortexExtras& extras,
                               const Job& job) {
  try {
    const Inflation left = inflate(cortex.left, {}, job.part(0, 0.5)),
                    right = inflate(cortex.right, {}, job.part(0.5, 1));
    Shapes shapes{givenInflated(importing, cortex.left, extras.leftInflated).value_or(left.surface),
                  givenInflated(importing, cortex.right, extras.rightInflated).value_or(right.surface),
                  {}};
    shapes.sulcalDepth.resize(cortex.vertexCount());
    shapes.sulcalDepth << left.sulcalDepth, right.sulcalDepth;
    return shapes;
  } catch (const Error& error) {
    importing.say(Severity::Warning, "", "", std::string("the surface cannot be inflated: ") + error.what(),
                  "nothing: the window shows it as it is");
    return std::nullopt;
  }
}

/// Regions of one hemisphere in the given folder, those of the usual atlas first.
fs::path regionsFile(const Importing& importing, const char* side, Index vertices, Parcellation& regions) {
  if (importing.choices.surfaces.empty()) return {};
  std::vector<fs::path> found;
  for (const ScannedFile& file : scanSource(importing.choices.surfaces).files) {
    const std::string name = lowerCase(file.name());
    if ((name.ends_with(".annot") || name.ends_with(".label.gii")) && hemisphereInName(file.path) == side)
      found.push_back(fs::absolute(importing.choices.surfaces) / file.path);
  }
  std::stable_partition(found.begin(), found.end(), [](const fs::path& file) {
    return file.filename().string().find("aparc.annot") != std::string::npos;
  });
  for (const fs::path& file : found) {
    Parcellation read = readParcellation(file);
    if (Index(read.keys.size()) != vertices) continue;
    regions = std::move(read);
    return file;
  }
  return {};
}

void addRegions(Importing& importing, const Cortex& cortex) {
  Parcellation left, right;
  const fs::path leftFile = regionsFile(importing, "left", cortex.left.vertexCount(), left);
  const fs::path rightFile = regionsFile(importing, "right", cortex.right.vertexCount(), right);
  if (leftFile.empty() || rightFile.empty())
    return importing.say(
        Severity::Note, "", "", "no regions of this cortex were found; maps have no names of places",
        "put lh.aparc.annot and rh.aparc.annot (or .label.gii files) into the folder of --surfaces");
  CortexFiles& files = importing.study.cortex;
  files.leftRegions = cortexFile(Hemisphere::Left, "regions.label.gii");
  files.rightRegions = cortexFile(Hemisphere::Right, "regions.label.gii");
  writeGiftiLabels(importing.study.path(files.leftRegions), left, Hemisphere::Left);
  writeGiftiLabels(importing.study.path(files.rightRegions), right, Hemisphere::Right);
}

}  // namespace

void writeCortex(Importing& importing, const Cortex& cortex, const CortexExtras& extras, const Job& job) {
  Study& study = importing.study;
  CortexFiles& files = study.cortex;
  files.space = cortex.space;
  files.leftSurface = cortexFile(Hemisphere::Left, "anatomical.surf.gii");
  files.rightSurface = cortexFile(Hemisphere::Right, "anatomical.surf.gii");
  writeGiftiSurface(study.path(files.leftSurface), cortex.left, Hemisphere::Left);
  writeGiftiSurface(study.path(files.rightSurface), cortex.right, Hemisphere::Right);
  if (const auto shapes = shapesOf(importing, cortex, extras, job)) {
    files.leftInflated = cortexFile(Hemisphere::Left, "inflated.surf.gii");
    files.rightInflated = cortexFile(Hemisphere::Right, "inflated.surf.gii");
    files.underlay = "inputs/cortex/sulcal_depth.npy";
    writeGiftiSurface(study.path(files.leftInflated), shapes->left, Hemisphere::Left);
    writeGiftiSurface(study.path(files.rightInflated), shapes->right, Hemisphere::Right);
    writeNpy(study.path(files.underlay), shapes->sulcalDepth);
  }
  addRegions(importing, cortex);
}

}  // namespace cortexscope::importing
