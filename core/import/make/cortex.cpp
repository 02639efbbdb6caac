// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/cortex.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "import/layouts/spaces.h"
#include "import/make/cortex_files.h"
#include "import/make/parcels.h"
#include "import/make/voxel_mapper.h"
#include "import/scan/names.h"
#include "import/scan/source_scan.h"
#include "io/images/cifti.h"
#include "io/inspect/inspect.h"
#include "io/surfaces/surface_files.h"
#include "preparation/space_check.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

constexpr Index kFsaverageVertices = 163842;  ///< of a hemisphere

/// Vertices of each hemisphere; 0 where the responses do not say it.
struct WantedMesh {
  std::string space;  ///< as the responses' files say it
  Index left = 0, right = 0;
  bool known() const { return left > 0; }
  std::string describe() const {
    const std::string name = known() ? spaceName(space, left) : space;
    return (name.empty() ? "a space without a name" : name) +
           (known() ? " (" + textOf(left) + " + " + textOf(right) + " vertices)" : "");
  }
};

struct SurfacePair {
  fs::path left, right;
  std::string kind, space;
};

Index verticesOf(const CiftiHeader& header, const char* structure) {
  for (const BrainModel& model : header.columns.models)
    if (model.structure == structure) return model.surfaceVertices;
  return 0;
}

const ImportCell* firstCell(const Importing& importing) {
  for (std::size_t person = 0; person < importing.isIn.size(); ++person)
    for (const auto& cell : importing.plan.cells[person])
      if (importing.isIn[person] && cell) return &*cell;
  return nullptr;
}

WantedMesh wantedMesh(const Importing& importing) {
  const ImportCell& cell = *firstCell(importing);
  WantedMesh wanted{importing.plan.space};
  if (const ImportFile* file = cell.file(FileRole::Grayordinates)) {
    const CiftiHeader header = readCiftiHeader(importing.source(file->file));
    wanted.left = verticesOf(header, "CIFTI_STRUCTURE_CORTEX_LEFT");
    wanted.right = verticesOf(header, "CIFTI_STRUCTURE_CORTEX_RIGHT");
  } else if (const ImportFile* left = cell.file(FileRole::Left)) {
    const FileFacts facts = inspectHeader(importing.source(left->file));
    wanted.left = Index(facts.format == "GIFTI" ? facts.shape.value().at(1) : facts.vertices.value_or(0));
    wanted.right = Index(cell.shape.at(1)) - wanted.left;
  } else if (const ImportFile* mapper = cell.file(FileRole::Mapper)) {
    wanted.left = wanted.right = mappedVertices(importing.source(mapper->file)) / 2;
    wanted.space = wanted.left == kFsaverageVertices ? "fsaverage" : "";
  } else if (importing.plan.layout == ImportLayout::Parcels) {
    // It is of the volumes that parcels were averaged in; any surface with such parcels will do.
    wanted.space.clear();
  } else if (cell.file(FileRole::Array) != nullptr) {
    wanted.left = wanted.right = Index(cell.shape.at(1)) / 2;
  }
  return wanted;
}

std::string kindInName(const std::string& lowerName) {
  if (lowerName.find("inflated") != std::string::npos || lowerName.starts_with("infl_")) return "inflated";
  for (const char* kind : {"midthickness", "pial", "white"})
    if (lowerName.find(kind) != std::string::npos) return kind;
  return {};
}

/// Surfaces in a folder given by hand; there, names need not say what they are in one way alone.
std::vector<ImportSurface> surfacesIn(const fs::path& folder) {
  std::vector<ImportSurface> found;
  if (folder.empty()) return found;
  for (const ScannedFile& file : scanSource(folder).files) {
    const std::string name = lowerCase(file.name());
    const bool gifti = name.ends_with(".gii") || name.ends_with(".gii.gz");
    const bool values =
        name.ends_with(".func.gii") || name.ends_with(".shape.gii") || name.ends_with(".label.gii");
    const std::string kind = kindInName(name), side = hemisphereInName(file.path);
    const bool freesurfer = name == "lh." + kind || name == "rh." + kind;
    if (kind.empty() || side.empty() || values || !(gifti || freesurfer)) continue;
    const std::string space = file.bids ? (*file.bids)["space"] : "";
    found.push_back({fs::absolute(folder) / file.path, "", side, kind, space, {}});
  }
  return found;
}

class SurfaceChooser {
 public:
  SurfaceChooser(const Importing& importing, const WantedMesh& wanted)
      : m_wanted(wanted), m_surfaces(surfacesIn(importing.choices.surfaces)) {
    m_given = m_surfaces.size();
    for (ImportSurface surface : importing.plan.surfaces) {
      surface.file = importing.source(surface.file);
      m_surfaces.push_back(std::move(surface));
    }
  }

  /// Both hemispheres of the first kind that is there, in the responses' density where that is known.
  std::optional<SurfacePair> pair(const std::string& person, const std::vector<std::string>& kinds,
                                  bool anyDensity = false) {
    for (const std::string& kind : kinds)
      for (const bool given : {true, false})
        for (const bool gifti : {true, false})
          for (const ImportSurface& left : surfaces(person, kind, "left", given, gifti))
            for (const ImportSurface& right : surfaces(person, kind, "right", given, gifti)) {
              const SurfacePair found{left.file, right.file, kind, left.space};
              if (left.space == right.space && (anyDensity || fits(found))) return found;
            }
    return std::nullopt;
  }

  const WantedMesh& wanted() const { return m_wanted; }

 private:
  /// Of one set of files: both hemispheres are taken from the same.
  std::vector<ImportSurface> surfaces(const std::string& person, const std::string& kind,
                                      const std::string& side, bool given, bool gifti) const {
    std::vector<ImportSurface> found;
    for (std::size_t i = 0; i < m_surfaces.size(); ++i) {
      const ImportSurface& surface = m_surfaces[i];
      if ((i < m_given) == given && isGifti(surface.file) == gifti && surface.person == person &&
          surface.kind == kind && surface.side == side)
        found.push_back(surface);
    }
    return found;
  }

  static bool isGifti(const fs::path& file) {
    return lowerCase(file.filename().string()).find(".gii") != std::string::npos;
  }

  bool fits(const SurfacePair& pair) const {
    if (!m_wanted.known()) return true;
    const bool named = !pair.space.empty() && !m_wanted.space.empty();
    if (named && spaceName(pair.space, m_wanted.left) != spaceName(m_wanted.space, m_wanted.left))
      return false;
    return vertices(pair.left) == m_wanted.left && vertices(pair.right) == m_wanted.right;
  }

  /// Files of FreeSurfer say nothing of themselves before they are read whole.
  static Index vertices(const fs::path& path) {
    return isGifti(path) ? Index(inspectHeader(path).vertices.value_or(0)) : readSurface(path).vertexCount();
  }

  WantedMesh m_wanted;
  std::vector<ImportSurface> m_surfaces;
  std::size_t m_given = 0;
};

const std::vector<std::string> kAnatomical{"pial", "midthickness", "white"};

std::string whereToGet(const WantedMesh& wanted) {
  if (wanted.space.starts_with("fsaverage"))
    return "give --surfaces FOLDER: FreeSurfer keeps lh.pial, rh.pial and others in subjects/" +
           wanted.space + "/surf, fMRIPrep puts a copy into sourcedata/freesurfer/" + wanted.space +
           "/surf, and nilearn's fetch_surf_fsaverage writes them as GIFTI";
  if (wanted.space.starts_with("fsLR"))
    return "give --surfaces FOLDER: fMRIPrep writes them into anat (space-fsLR), the Human Connectome "
           "Project keeps them in "
           "MNINonLinear/fsaverage_LR32k";
  return "give --surfaces FOLDER with the surfaces that the responses were sampled on";
}

[[noreturn]] void missing(const Importing& importing, const WantedMesh& wanted, const std::string& what) {
  throw Error(ErrorCode::MissingFile, importing.plan.source.string() + ": the responses are in " +
                                          wanted.describe() + ", and " + what + " is there; " +
                                          whereToGet(wanted));
}

std::pair<Surface, Surface> readPair(const SurfacePair& pair) {
  return {readSurface(pair.left), readSurface(pair.right)};
}

/// People in whose place a surface may stand: templates first, then everybody whose mesh is a template's.
std::vector<std::string> owners(const Importing& importing) {
  std::vector<std::string> names{""};
  for (std::size_t person = 0; person < importing.isIn.size(); ++person)
    if (importing.isIn[person]) names.push_back(importing.plan.people[person]);
  return names;
}

Cortex cortexOf(const SurfacePair& pair, const WantedMesh& wanted) {
  auto [left, right] = readPair(pair);
  Cortex cortex{std::move(left), std::move(right), {}};
  const std::string said = wanted.known() && !wanted.space.empty() ? wanted.space : pair.space;
  const std::string counted = templateWithVertices(cortex.left.vertexCount());
  cortex.space = !said.empty()     ? spaceName(said, cortex.left.vertexCount())
                 : counted.empty() ? "unnamed"
                                   : counted;
  return cortex;
}

/// A person's own mesh has no vertex in common with another's.
void refuseManyMeshes(const Importing& importing) {
  require(importing.peopleLeft() == 1, ErrorCode::Unsupported, [&] {
    return importing.plan.source.string() + ": the responses of " + textOf(importing.peopleLeft()) +
           " people are each in their own space (" + importing.plan.space +
           "), and a study has one cortex for all; take a space that people share (fsaverage5, fsLR) or "
           "import one person "
           "(--leave-out the others)";
  });
}

/// The mesh of responses that are values per vertex already.
SurfacePair meshOfResponses(const Importing& importing, SurfaceChooser& chooser) {
  const WantedMesh& wanted = chooser.wanted();
  if (!isSharedSpace(wanted.space) && !wanted.space.empty()) refuseManyMeshes(importing);
  for (const std::string& owner : owners(importing))
    if (const auto pair = chooser.pair(owner, kAnatomical)) return *pair;
  for (const std::string& owner : owners(importing)) {
    const auto other = chooser.pair(owner, kAnatomical, true);
    if (!other) continue;
    // The only surfaces are others: their space and count are compared in words.
    const auto [left, right] = readPair(*other);
    checkResponseSpace({wanted.space, wanted.left + wanted.right},
                       {other->space.empty() ? templateWithVertices(left.vertexCount()) : other->space,
                        left.vertexCount(), right.vertexCount()});
  }
  missing(importing, wanted,
          "no pial, midthickness or white surface of both hemispheres with that many vertices");
}

Surface sheet(const fs::path& file) {
  const std::string name = lowerCase(file.filename().string());
  require(name.ends_with(".gii") || name.ends_with(".gii.gz"), ErrorCode::Unsupported, [&] {
    return file.string() +
           ": volumes are not sampled between FreeSurfer's own files, whose coordinates have another "
           "origin; convert them (mris_convert --to-scanner lh.pial lh.pial.surf.gii)";
  });
  return readSurface(file);
}

std::optional<std::pair<ImportCortex::Sheets, ImportCortex::Sheets>> sheetsFor(SurfaceChooser& chooser,
                                                                               const std::string& owner,
                                                                               std::string& space) {
  const auto white = chooser.pair(owner, {"white"}), pial = chooser.pair(owner, {"pial"});
  if (!white || !pial) return std::nullopt;
  space = pial->space;
  return std::make_pair(ImportCortex::Sheets{sheet(white->left), sheet(pial->left)},
                        ImportCortex::Sheets{sheet(white->right), sheet(pial->right)});
}

/// Everybody's own surfaces, which lie where the person lay: on one template's mesh, or of one person alone.
void addOwnSheets(const Importing& importing, SurfaceChooser& chooser, ImportCortex& cortex,
                  std::string& space) {
  const bool alone = importing.peopleLeft() == 1;
  cortex.between.resize(importing.isIn.size());
  for (std::size_t person = 0; person < importing.isIn.size(); ++person) {
    if (!importing.isIn[person]) continue;
    const std::string& name = importing.plan.people[person];
    auto sheets = sheetsFor(chooser, name, space);
    if (!sheets && alone) sheets = sheetsFor(chooser, "", space);
    if (!sheets) missing(importing, chooser.wanted(), "no white and pial surface of " + name);
    if (!alone && space.empty()) refuseManyMeshes(importing);
    cortex.between[person] = std::move(*sheets);
  }
}

/// Surfaces between which volumes are sampled. Those of people lie in their T1w space: in a template's space,
/// the template's own are needed.
ImportCortex cortexOfVolumes(const Importing& importing, SurfaceChooser& chooser) {
  ImportCortex cortex;
  std::string space;
  if (!isSharedSpace(importing.plan.space)) {
    addOwnSheets(importing, chooser, cortex, space);
  } else {
    auto common = sheetsFor(chooser, "", space);
    if (!common)
      missing(importing, chooser.wanted(),
              "no white and pial surface of that template (people's own fit --space T1w alone)");
    cortex.between.push_back(std::move(*common));
  }
  const auto first = std::find_if(cortex.between.begin(), cortex.between.end(),
                                  [](const auto& sheets) { return sheets.first.pial.vertexCount() > 0; });
  cortex.mesh = {first->first.pial, first->second.pial, {}};
  const std::string counted = templateWithVertices(cortex.mesh.left.vertexCount());
  cortex.mesh.space = !space.empty()     ? spaceName(space, cortex.mesh.left.vertexCount())
                      : !counted.empty() ? counted
                                         : "surface in " + importing.plan.space;
  for (const auto& [left, right] : cortex.between)
    require(left.pial.vertexCount() == 0 || (left.pial.vertexCount() == cortex.mesh.left.vertexCount() &&
                                             right.pial.vertexCount() == cortex.mesh.right.vertexCount()),
            ErrorCode::BadShape,
            "the surfaces of people differ in their numbers of vertices, so they are no one mesh");
  return cortex;
}

}  // namespace

ImportCortex addCortex(Importing& importing, const Job& job) {
  const WantedMesh wanted = wantedMesh(importing);
  SurfaceChooser chooser(importing, wanted);
  ImportCortex cortex;
  if (firstCell(importing)->file(FileRole::Volume) != nullptr) {
    cortex = cortexOfVolumes(importing, chooser);
  } else {
    const SurfacePair pair = meshOfResponses(importing, chooser);
    cortex.mesh = cortexOf(pair, wanted);
    importing.say(Severity::Note, "", "",
                  "responses are shown on the surfaces " + pair.left.string() + " and " + pair.right.string(),
                  "give others with --surfaces");
  }
  if (importing.plan.layout == ImportLayout::Parcels) {
    cortex.parcels = Index(firstCell(importing)->shape.at(1));
    cortex.parcelOf = parcelsOfVertices(importing, cortex.mesh, cortex.parcels);
  }
  CortexExtras extras;
  for (const std::string& owner : owners(importing))
    if (const auto inflated = extras.leftInflated.empty() ? chooser.pair(owner, {"inflated"}) : std::nullopt)
      extras = {inflated->left, inflated->right};
  writeCortex(importing, cortex.mesh, extras, job);
  return cortex;
}

}  // namespace cortexscope::importing
