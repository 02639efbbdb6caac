// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/bids.h"

#include <algorithm>

#include "base/text.h"
#include "import/layouts/spaces.h"
#include "import/scan/names.h"

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
void addCompanions(const Source& source, Candidates& found) {
  for (const ScannedFile& file : source.files()) {
    if (!file.bids || !file.bids->entities.contains("sub") || !file.bids->entities.contains("task")) continue;
    const BidsName& name = *file.bids;
    const bool table = name.extension == ".tsv";
    if (table && name.suffix == "events") {
      found.files.push_back(candidateOf(file, FileRole::Events));
    } else if (table && name["desc"] == "confounds") {
      found.files.push_back(candidateOf(file, FileRole::Confounds));
      found.files.back().rank = 0;
    } else if (name.suffix == "mask" && isVolumeEnding(name.extension) && name["desc"] == "brain") {
      found.files.push_back(candidateOf(file, FileRole::Mask));
      found.files.back().rank = 0;
      found.files.back().space = spaceOf(name);
    }
  }
}

/// "ses-001_task-s01e02a_run-1", the name of a data set, as a run. Sessions differ between people there.
std::optional<ImportRun> runOfDataset(const std::string& name) {
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

bool looksLikeFmriprep(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), isDerived);
}
bool looksLikeBidsRaw(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), isRaw);
}
bool looksLikeParcels(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), isParcelFile);
}

void findFmriprep(Source& source, Candidates& found) {
  std::size_t raw = 0;
  for (const ScannedFile& file : source.files()) {
    raw += isRaw(file) ? 1 : 0;
    if (!isDerived(file)) continue;
    found.files.push_back(candidateOf(file, roleOf(*file.bids)));
    found.files.back().space = spaceOf(*file.bids);
  }
  addCompanions(source, found);
  if (raw > 0)
    source.say(Severity::Note, "",
               textOf(raw) + " unprocessed runs are here too; the preprocessed ones are taken",
               "nothing, unless other runs were meant");
}

void findBidsRaw(Source& source, Candidates& found) {
  for (const ScannedFile& file : source.files()) {
    if (!isRaw(file)) continue;
    found.files.push_back(candidateOf(file, FileRole::Volume));
    found.files.back().space = "native";
  }
  addCompanions(source, found);
  source.say(
      Severity::Error, "",
      "the images are as they came from the scanner: not corrected for motion and not aligned to a cortex",
      "preprocess them first (fMRIPrep does) and give the folder of its results, or one that holds both");
}

void findParcels(Source& source, Candidates& found) {
  for (const ScannedFile& file : source.files()) {
    if (!isParcelFile(file)) continue;
    found.used.insert(file.path);
    const FileFacts* facts = source.header(file.path);
    if (facts == nullptr) continue;
    for (const FileFacts::Dataset& dataset : facts->datasets) {
      const std::optional<ImportRun> run = runOfDataset(dataset.name);
      if (!run) {
        source.say(Severity::Note, file.path.generic_string(),
                   "the name of this data set says no run (\"ses-..._task-...\"); it was left out",
                   "nothing, unless it holds responses", printable(dataset.name));
        continue;
      }
      Candidate candidate{"sub-" + (*file.bids)["sub"], *run, FileRole::Array, file.path, dataset.name};
      candidate.space = parcelSpace(*file.bids);
      found.files.push_back(std::move(candidate));
    }
  }
}

}  // namespace cortexscope::importing
