#include <algorithm>
#include <array>
#include <charconv>

#include "import/plan/parts.h"

namespace cortexscope::importing {
namespace {

bool isVolumeEnding(const std::string& extension) {
  return extension == ".nii" || extension == ".nii.gz";
}
bool isGiftiEnding(const std::string& extension) {
  return extension == ".func.gii" || extension == ".func.gii.gz" || extension == ".gii";
}

bool isBold(const ScannedFile& file) {
  return file.bids && file.bids->suffix == "bold" && file.bids->entities.contains("sub");
}

bool isDerived(const ScannedFile& file) {
  if (!isBold(file)) return false;
  const BidsName& name = *file.bids;
  if (isVolumeEnding(name.extension))
    return name.entities.contains("space") || name.entities.contains("desc");
  return name.extension == ".dtseries.nii" ||
         (isGiftiEnding(name.extension) && name.entities.contains("hemi"));
}

bool isRaw(const ScannedFile& file) {
  return isBold(file) && isVolumeEnding(file.bids->extension) && !isDerived(file);
}

bool isParcelFile(const ScannedFile& file) {
  return isBold(file) && (file.bids->extension == ".h5" || file.bids->extension == ".hdf5");
}

std::optional<int> wholeNumber(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

FileRole roleOf(const BidsName& name) {
  if (name.extension == ".dtseries.nii") return FileRole::Grayordinates;
  if (isVolumeEnding(name.extension)) return FileRole::Volume;
  return name["hemi"] == "R" ? FileRole::Right : FileRole::Left;
}

Candidate candidateOf(const ScannedFile& file, FileRole role) {
  const BidsName& name = *file.bids;
  Candidate candidate{"sub-" + name["sub"], runOf(name), role, file.path};
  candidate.variant = name["desc"];
  candidate.rank = candidate.variant.empty() || candidate.variant == "preproc" ? 0 : 1;
  return candidate;
}

/// Files that belong to runs in every layout of BIDS: tables and masks.
void addCompanions(Draft& draft) {
  for (const ScannedFile& file : draft.scan.files) {
    if (!file.bids || !file.bids->entities.contains("sub") || !file.bids->entities.contains("task")) continue;
    const BidsName& name = *file.bids;
    const bool table = name.extension == ".tsv";
    if (table && name.suffix == "events") {
      draft.candidates.push_back(candidateOf(file, FileRole::Events));
    } else if (table && name["desc"] == "confounds") {
      draft.candidates.push_back(candidateOf(file, FileRole::Confounds));
      draft.candidates.back().rank = 0;
    } else if (name.suffix == "mask" && isVolumeEnding(name.extension) && name["desc"] == "brain") {
      draft.candidates.push_back(candidateOf(file, FileRole::Mask));
      draft.candidates.back().rank = 0;
      draft.candidates.back().space = spaceOf(name);
    }
  }
}

/// "ses-001_task-s01e02a_run-1", the name of a data set, as a run. Sessions differ between people there.
std::optional<ImportRun> segmentRun(const std::string& name) {
  const std::optional<BidsName> parsed = parseBidsName(name.substr(name.rfind('/') + 1));
  if (!parsed || !parsed->entities.contains("task")) return std::nullopt;
  return runOf(*parsed);
}

std::string parcelSpace(const BidsName& name) {
  std::string space = spaceOf(name);
  for (const char* key : {"atlas", "seg", "parcel"})
    if (name.entities.contains(key)) space += std::string("_") + key + "-" + name[key];
  return space;
}

}  // namespace

ImportRun runOf(const BidsName& name) {
  // In the order in which BIDS writes them.
  static constexpr std::array kKeys = {"task", "acq", "ce", "rec", "dir", "run", "echo", "part"};
  ImportRun run;
  run.task = name["task"];
  run.session = name["ses"];
  run.number = wholeNumber(name["run"]);
  for (const char* key : kKeys) {
    if (!name.entities.contains(key)) continue;
    const bool numbered = std::string_view(key) == "run" && run.number;
    run.id += (run.id.empty() ? "" : "_") + std::string(key) + "-" +
              (numbered ? std::to_string(*run.number) : name[key]);
  }
  if (run.id.empty()) run.id = name.suffix.empty() ? "run" : name.suffix;
  return run;
}

std::string spaceOf(const BidsName& name) {
  std::string space = name["space"];
  const std::string density = name["den"];
  if (space.starts_with("fsaverage")) {
    static const std::map<std::string, std::string> kOldNames{{"642", "fsaverage3"}, {"2562", "fsaverage4"},
                                                              {"3k", "fsaverage4"},  {"10k", "fsaverage5"},
                                                              {"41k", "fsaverage6"}, {"164k", "fsaverage"}};
    const auto old = kOldNames.find(density);
    if (space == "fsaverage" && old != kOldNames.end()) return old->second;
  }
  if (space.empty() && !name.entities.contains("hemi")) space = "native";
  if (name.entities.contains("res")) space += "_res-" + name["res"];
  if (!density.empty()) space += "_den-" + density;
  return space;
}

bool looksLikeFmriprep(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), isDerived);
}
bool looksLikeBidsRaw(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), isRaw);
}
bool looksLikeParcels(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), isParcelFile);
}

void findFmriprep(Draft& draft) {
  std::size_t raw = 0;
  for (const ScannedFile& file : draft.scan.files) {
    raw += isRaw(file) ? 1 : 0;
    if (!isDerived(file)) continue;
    draft.candidates.push_back(candidateOf(file, roleOf(*file.bids)));
    draft.candidates.back().space = spaceOf(*file.bids);
  }
  addCompanions(draft);
  if (raw > 0)
    draft.say(ImportSeverity::Note, "",
              std::to_string(raw) + " unprocessed runs are here too; the preprocessed ones are taken",
              "nothing, unless other runs were meant");
}

void findBidsRaw(Draft& draft) {
  for (const ScannedFile& file : draft.scan.files) {
    if (!isRaw(file)) continue;
    draft.candidates.push_back(candidateOf(file, FileRole::Volume));
    draft.candidates.back().space = "native";
  }
  addCompanions(draft);
  draft.say(
      ImportSeverity::Error, "",
      "the images are as they came from the scanner: not corrected for motion and not aligned to a cortex",
      "preprocess them first (fMRIPrep does) and give the folder of its results, or one that holds both");
}

void findParcels(Draft& draft) {
  for (const ScannedFile& file : draft.scan.files) {
    if (!isParcelFile(file)) continue;
    draft.used.insert(file.path);
    const FileFacts* facts = draft.headers.of(file.path);
    if (facts == nullptr) continue;
    for (const FileFacts::Dataset& dataset : facts->datasets) {
      const std::optional<ImportRun> run = segmentRun(dataset.name);
      if (!run) {
        draft.say(ImportSeverity::Note, file.path.generic_string(),
                  "the name of this data set is no segment (\"ses-..._task-...\"); it was left out",
                  "nothing, unless it holds responses", printable(dataset.name));
        continue;
      }
      Candidate candidate{"sub-" + (*file.bids)["sub"], *run, FileRole::Array, file.path, dataset.name};
      candidate.space = parcelSpace(*file.bids);
      draft.candidates.push_back(std::move(candidate));
    }
  }
}

}  // namespace cortexscope::importing
