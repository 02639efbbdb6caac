// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/plain.h"

#include <algorithm>
#include <array>
#include <set>

#include "import/layouts/spaces.h"
#include "import/scan/names.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// The longest ending that fits comes first.
constexpr std::array kResponseEndings = {
    ".dtseries.nii", ".func.gii.gz", ".func.gii", ".time.gii", ".gii.gz", ".gii", ".nii.gz", ".nii",
    ".npy",          ".npz",         ".mat",      ".hdf5",     ".hdf",    ".h5",  ".mgz",    ".mgh"};
constexpr std::array kOtherEndings = {".dscalar.nii", ".dlabel.nii",   ".pscalar.nii", ".plabel.nii",
                                      ".dconn.nii",   ".surf.gii",     ".label.gii",   ".shape.gii",
                                      ".surf.gii.gz", ".label.gii.gz", ".shape.gii.gz"};
const std::set<std::string> kOtherFolders{"stimuli", "stimulus", "films",   "movies", "features", "labels",
                                          "ratings", "surfaces", "surf",    "anat",   "masks",    "mappers",
                                          "models",  "images",   "figures", "mri",    "results",  "networks"};

template <class Endings>
std::string endingOf(const std::string& lowerName, const Endings& endings) {
  for (const char* ending : endings)
    if (lowerName.ends_with(ending)) return ending;
  return {};
}

bool isElsewhere(const fs::path& file) {
  for (const fs::path& part : file.parent_path())
    if (kOtherFolders.contains(lowerCase(part.string()))) return true;
  return false;
}

/// Ending of a file that may hold responses; empty for others.
std::string responseEnding(const ScannedFile& file) {
  const std::string name = lowerCase(file.name());
  if (isElsewhere(file.path) || !endingOf(name, kOtherEndings).empty()) return {};
  if (name.find("mask") != std::string::npos || name.find("t1w") != std::string::npos) return {};
  return endingOf(name, kResponseEndings);
}

/// The stem without the word that names a hemisphere, so that both files of a run have one name.
std::string withoutSide(const std::string& stem) {
  std::string left = stem;
  std::string lower = lowerCase(stem) + ".";
  for (const char* word :
       {"hemi-l", "hemi-r", "_left", "_right", "lh.", "rh.", ".lh.", ".rh.", ".l.", ".r."}) {
    const std::string_view side = word;
    const std::size_t at = lower.find(side);
    const bool prefix = side == "lh." || side == "rh.";
    if (at == std::string::npos || (prefix && at != 0)) continue;
    left.erase(at, std::min(side.size() - (side.front() == '.' ? 1 : 0), left.size() - at));
    break;
  }
  const std::size_t doubled = left.find("__");
  if (doubled != std::string::npos) left.erase(doubled, 1);
  while (!left.empty() && std::string_view("._-").find(left.front()) != std::string_view::npos)
    left.erase(0, 1);
  while (!left.empty() && std::string_view("._-").find(left.back()) != std::string_view::npos)
    left.pop_back();
  return left.empty() ? stem : left;
}

/// The deepest folder that holds all of these files.
fs::path commonFolder(const std::vector<const ScannedFile*>& files) {
  fs::path common = files.front()->path.parent_path();
  for (const ScannedFile* file : files) {
    const fs::path folder = file->path.parent_path();
    fs::path shared;
    for (auto a = common.begin(), b = folder.begin(); a != common.end() && b != folder.end() && *a == *b;
         ++a, ++b)
      shared /= *a;
    common = shared;
  }
  return common;
}

struct Named {
  std::string person;
  ImportRun run;
};

ImportRun runInFolders(const std::vector<std::string>& folders, const std::string& stem) {
  std::string id;
  for (const std::string& folder : folders)
    if (folder != "func" && folder != "responses") id += folder + "_";
  ImportRun run = runNamed(id + stem, "");
  for (const std::string& folder : folders)
    if (folder.starts_with("ses-")) run.session = folder.substr(4);
  return run;
}

Named nameOfFile(const fs::path& base, const ScannedFile& file, const std::string& stem,
                 const fs::path& root) {
  if (file.bids && file.bids->entities.contains("sub"))
    return {"sub-" + (*file.bids)["sub"], runOf(*file.bids)};
  std::vector<std::string> folders;
  for (const fs::path& part : file.path.parent_path().lexically_relative(base))
    if (part != ".") folders.push_back(part.string());
  const std::string run = withoutSide(stem);
  if (!folders.empty()) return {folders.front(), runInFolders({folders.begin() + 1, folders.end()}, run)};
  const std::size_t bar = run.find('_');
  if (bar != std::string::npos && bar > 0) return {run.substr(0, bar), runNamed(run.substr(bar + 1), "")};
  // Runs of one person alone: their folder is the person.
  const fs::path folder = base.empty() ? root.filename() : base.filename();
  if (runNamed(run, "").number && lowerCase(run).starts_with("run"))
    return {folder.string(), runNamed(run, "")};
  return {run, runNamed("run", "")};
}

std::optional<FileRole> roleOf(Source& source, const ScannedFile& file, const std::string& ending) {
  std::string side = hemisphereInName(file.path);
  const bool gifti = ending.find(".gii") != std::string::npos;
  if (gifti && side.empty())
    if (const FileFacts* facts = source.header(file.path)) side = facts->hemisphere;
  if (side == "left") return FileRole::Left;
  if (side == "right") return FileRole::Right;
  if (gifti) {
    source.say(Severity::Error, file.path.generic_string(),
               "neither its name nor its contents say which hemisphere it is",
               "put \"lh.\" or \"rh.\" in front of its name, or \"hemi-L\" or \"hemi-R\" into it");
    return std::nullopt;
  }
  if (ending.ends_with("tseries.nii")) return FileRole::Grayordinates;
  return ending == ".nii" || ending == ".nii.gz" || ending == ".mgz" || ending == ".mgh" ? FileRole::Volume
                                                                                         : FileRole::Array;
}

void addPlainFile(Source& source, ArraysTaken& arrays, const ScannedFile& file, const fs::path& base,
                  Candidates& found) {
  found.used.insert(file.path);
  const std::string ending = responseEnding(file);
  const std::string stem = file.name().substr(0, file.name().size() - ending.size());
  const std::optional<FileRole> role = roleOf(source, file, ending);
  if (!role) return;
  Named named = nameOfFile(base, file, stem, source.scan().root);
  Candidate candidate{named.person, named.run, *role, file.path};
  // A volume whose name says no space is in the scanner's; an array of vertices may be on any mesh.
  if (file.bids && (*role == FileRole::Volume || file.bids->entities.contains("space")))
    candidate.space = spaceOf(*file.bids);
  const FileFacts* facts = isArrayName(ending) ? source.header(file.path) : nullptr;
  const auto matrices =
      facts == nullptr ? std::optional(std::vector<std::string>()) : arrays.of(file.path, *facts);
  if (!matrices) return;
  if (matrices->size() == 1) candidate.array = matrices->front();
  if (matrices->size() < 2) return found.files.push_back(candidate);
  // A file of several arrays is a person's, and each array a run.
  if (file.path.parent_path().lexically_relative(base) == "." && !file.bids)
    candidate.person = withoutSide(stem);
  for (const std::string& matrix : *matrices) {
    candidate.array = matrix;
    candidate.run = runNamed(printable(matrix), "");
    found.files.push_back(candidate);
  }
}

}  // namespace

void findPlain(Source& source, ArraysTaken& arrays, Candidates& found) {
  std::vector<const ScannedFile*> files;
  for (const ScannedFile& file : source.files())
    if (!responseEnding(file).empty()) files.push_back(&file);
  if (files.empty()) return;
  const fs::path base = commonFolder(files);
  for (const ScannedFile* file : files) {
    source.progress(0);
    addPlainFile(source, arrays, *file, base, found);
  }
  source.say(Severity::Note, "",
             "no known layout: people and runs were read from the names of folders and files",
             "compare the table with what you know; folders PERSON/RUN or files PERSON_RUN are understood");
}

}  // namespace cortexscope::importing
