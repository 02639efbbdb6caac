// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/surfaces.h"

#include "import/layouts/spaces.h"
#include "import/plan/owner.h"
#include "import/scan/names.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

std::string surfaceKind(const std::string& lowerName) {
  for (const char* kind : {"very_inflated", "inflated", "midthickness", "pial", "white"})
    if (lowerName.find(kind) != std::string::npos) return kind;
  return {};
}

std::string surfaceSpace(const ScannedFile& file) {
  if (file.bids && file.bids->entities.contains("space")) {
    const std::string space = spaceOf(*file.bids);
    return space == "fsnative" ? "" : space;
  }
  for (const fs::path& part : file.path.parent_path()) {
    const std::string folder = part.string();
    if (folder == "fsaverage_LR32k") return "fsLR_den-91k";
    if (folder == "fsaverage_LR59k") return "fsLR_den-170k";
    if (folder.starts_with("fsaverage")) return folder;
  }
  return {};
}

/// GIFTI meshes by their ending, FreeSurfer's by their folder: lh.pial in a folder "surf".
bool isSurfaceFile(const ScannedFile& file, bool& gifti) {
  const std::string name = lowerCase(file.name());
  gifti = name.ends_with(".surf.gii") || name.ends_with(".surf.gii.gz");
  if (gifti) return true;
  return file.path.parent_path().filename() == "surf" &&
         (name.starts_with("lh.") || name.starts_with("rh.")) && !surfaceKind(name).empty() &&
         name == name.substr(0, 3) + surfaceKind(name);
}

}  // namespace

void findSurfaces(Source& source, ImportPlan& plan) {
  for (const ScannedFile& file : source.files()) {
    bool gifti = false;
    if (!isSurfaceFile(file, gifti)) continue;
    const std::string kind = surfaceKind(lowerCase(file.name()));
    const std::string space = surfaceSpace(file);
    // HCP keeps each mesh in four densities; responses are on two of them.
    const bool otherDensity = plan.layout == ImportLayout::Hcp && space != plan.space;
    if (kind.empty() || otherDensity) continue;
    ImportSurface surface{
        file.path, ownerOf(file.path, plan.people), hemisphereInName(file.path), kind, space, {}};
    if (gifti) {
      const FileFacts* facts = source.header(file.path);
      if (facts == nullptr) continue;
      surface.vertices = facts->vertices;
      if (surface.side.empty()) surface.side = facts->hemisphere;
    }
    plan.surfaces.push_back(std::move(surface));
  }
}

}  // namespace cortexscope::importing
