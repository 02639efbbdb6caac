#include <algorithm>
#include <array>

#include "import/plan/parts.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProbed = 300;  ///< films whose headers are read
constexpr std::size_t kMostTables = 500;
constexpr std::uintmax_t kMostTableBytes = std::uintmax_t{64} << 20;

template <class Endings>
bool endsIn(const std::string& name, const Endings& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const char* ending) { return name.ends_with(ending); });
}

std::string folderName(const fs::path& file) {
  return lowerCase(file.parent_path().filename().string());
}

/// The person whose name is a folder above the file or starts its name.
std::string personIn(const ImportPlan& plan, const fs::path& file) {
  const std::string name = file.filename().string();
  for (const std::string& person : plan.people) {
    for (const fs::path& part : file.parent_path())
      if (part == person) return person;
    if (name.starts_with(person) && name.size() > person.size() &&
        std::string_view("._-").find(name[person.size()]) != std::string_view::npos)
      return person;
  }
  return {};
}

void addMedia(Draft& draft, const ScannedFile& file, bool film, std::size_t& probed) {
  ImportStimulus stimulus{file.path, film ? "film" : "sound", {}, {}, {}, {}, 0};
  if (probed++ < kMostProbed) {
    const FileFacts* facts = draft.headers.of(file.path);
    if (facts == nullptr) return;
    stimulus.durationSec = facts->durationSec;
    stimulus.framesPerSec = facts->framesPerSec;
    stimulus.width = facts->width;
    stimulus.height = facts->height;
  }
  draft.plan.stimuli.push_back(std::move(stimulus));
}

/// Films, sound, folders of pictures, and pictures kept in HDF5 below a folder "stimuli".
void findStimuli(Draft& draft) {
  std::map<fs::path, std::int64_t> pictures;
  std::size_t probed = 0;
  for (const ScannedFile& file : draft.scan.files) {
    const std::string name = lowerCase(file.name());
    if (isFilmName(name) || isSoundName(name)) addMedia(draft, file, isFilmName(name), probed);
    if (isPictureName(name) && folderName(file.path) != "figures") ++pictures[file.path.parent_path()];
    const bool array = endsIn(name, std::array{".hdf", ".hdf5", ".h5"});
    if (!array || folderName(file.path) != "stimuli" || !draft.used.insert(file.path).second) continue;
    if (const FileFacts* facts = draft.headers.of(file.path))
      for (const FileFacts::Dataset& dataset : facts->datasets)
        if (dataset.shape.size() >= 3)
          draft.plan.stimuli.push_back({file.path, "pictures", {}, {}, {}, {}, dataset.shape[0]});
  }
  for (const auto& [folder, count] : pictures)
    if (count > 1) draft.plan.stimuli.push_back({folder, "pictures", {}, {}, {}, {}, count, true});
  if (probed > kMostProbed)
    draft.say(ImportSeverity::Note, "",
              "there are " + std::to_string(probed) + " films and sounds; the headers of the first " +
                  std::to_string(kMostProbed) + " were read",
              "nothing: the others are looked at when they are used");
}

/// Tables that BIDS keeps for other purposes.
bool isBookkeeping(const ScannedFile& file) {
  const std::string name = file.name();
  if (name == "participants.tsv" || name == "samples.tsv" || name.ends_with("_scans.tsv") ||
      name.ends_with("_sessions.tsv"))
    return true;
  static const std::set<std::string> kSuffixes{"events", "timeseries", "regressors", "channels",
                                               "physio", "stim",       "electrodes", "mixing",
                                               "aseg",   "dseg",       "outliers",   "motion"};
  return file.bids && kSuffixes.contains(file.bids->suffix);
}

void findTables(Draft& draft) {
  std::size_t count = 0;
  for (const ScannedFile& file : draft.scan.files) {
    if (!endsIn(lowerCase(file.name()), std::array{".tsv", ".csv"}) || isBookkeeping(file)) continue;
    if (draft.used.contains(file.path) || folderName(file.path) == "figures") continue;
    if (++count > kMostTables || file.bytes > kMostTableBytes) {
      draft.plan.tables.push_back({file.path, personIn(draft.plan, file.path), {}, 0});
      continue;
    }
    if (const FileFacts* facts = draft.headers.of(file.path))
      draft.plan.tables.push_back(
          {file.path, personIn(draft.plan, file.path), facts->columns, facts->rows.value_or(0)});
  }
}

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

void findSurfaces(Draft& draft) {
  for (const ScannedFile& file : draft.scan.files) {
    bool gifti = false;
    if (!isSurfaceFile(file, gifti)) continue;
    const std::string kind = surfaceKind(lowerCase(file.name()));
    const std::string space = surfaceSpace(file);
    // HCP keeps each mesh in four densities; responses are on two of them.
    const bool otherDensity = draft.plan.layout == ImportLayout::Hcp && space != draft.plan.space;
    if (kind.empty() || otherDensity) continue;
    ImportSurface surface{
        file.path, personIn(draft.plan, file.path), hemisphereInName(file.path), kind, space, {}};
    if (gifti) {
      const FileFacts* facts = draft.headers.of(file.path);
      if (facts == nullptr) continue;
      surface.vertices = facts->vertices;
      if (surface.side.empty()) surface.side = facts->hemisphere;
    }
    draft.plan.surfaces.push_back(std::move(surface));
  }
}

void findFeatures(Draft& draft) {
  for (const ScannedFile& file : draft.scan.files) {
    const std::string name = lowerCase(file.name());
    if (folderName(file.path) != "features" || draft.used.contains(file.path)) continue;
    if (!endsIn(name, std::array{".hdf", ".hdf5", ".h5", ".npy", ".npz", ".mat"})) continue;
    const FileFacts* facts = draft.headers.of(file.path);
    if (facts == nullptr) continue;
    ImportFeatures features{file.path, facts->datasets};
    if (features.arrays.empty() && facts->shape)
      features.arrays.push_back({"", *facts->shape, facts->dtype, std::nullopt, ""});
    draft.plan.features.push_back(std::move(features));
  }
}

}  // namespace

bool isFilmName(const std::string& lowerName) {
  static constexpr std::array kEndings = {".mp4", ".mkv", ".avi",  ".mov", ".webm", ".m4v",
                                          ".mpg", ".wmv", ".mpeg", ".ogv", ".flv"};
  return endsIn(lowerName, kEndings);
}
bool isSoundName(const std::string& lowerName) {
  static constexpr std::array kEndings = {".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac"};
  return endsIn(lowerName, kEndings);
}
bool isPictureName(const std::string& lowerName) {
  static constexpr std::array kEndings = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"};
  return endsIn(lowerName, kEndings);
}

void findBeside(Draft& draft) {
  findStimuli(draft);
  findFeatures(draft);
  findTables(draft);
  findSurfaces(draft);
}

}  // namespace cortexscope::importing
