// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/hcp.h"

#include <algorithm>
#include <set>

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// A file <subject>/MNINonLinear/Results/<run>/<name>.
struct HcpFile {
  std::string subject, run, name;
};

std::optional<HcpFile> hcpFile(const SourceScan& scan, const fs::path& path) {
  const std::vector<fs::path> parts(path.begin(), path.end());
  if (parts.size() < 4) return std::nullopt;
  const std::size_t last = parts.size() - 1;
  if (parts[last - 2] != "Results" || parts[last - 3] != "MNINonLinear") return std::nullopt;
  // A single person's folder may be the source itself.
  const fs::path subject = last >= 4 ? parts[last - 4] : scan.root.filename();
  return HcpFile{subject.string(), parts[last - 1].string(), parts[last].string()};
}

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size()))
    ++count;
  return count;
}

/// The more was cleaned the better; surfaces aligned by function (MSMAll) before those aligned by folds.
int variantRank(const std::string& variant) {
  const std::size_t cleaned = occurrences(variant, "clean"), aligned = occurrences(variant, "MSMAll");
  return -static_cast<int>(10 * std::min<std::size_t>(cleaned, 9) + std::min<std::size_t>(aligned, 1));
}

/// "tfMRI_MOVIE1_7T_AP": task MOVIE, number 1.
ImportRun hcpRun(const std::string& folder) {
  static const std::set<std::string> kScanWords{"tfMRI", "rfMRI", "fMRI", "3T", "7T", "AP", "PA", "LR", "RL"};
  std::string task;
  std::string_view left = folder;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('_'), left.size());
    const std::string part(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
    if (!kScanWords.contains(part)) task += (task.empty() ? "" : "_") + part;
  }
  ImportRun run = runNamed(folder, task);
  const std::size_t digits = task.find_last_not_of("0123456789");
  if (digits != std::string::npos && digits + 1 < task.size()) {
    run.number = std::nullopt;
    if (task.size() - digits <= 7) run.number = std::stoi(task.substr(digits + 1));
    run.task = task.substr(0, digits + 1);
  }
  return run;
}

void addHcp(const HcpFile& parts, const fs::path& path, Candidates& found) {
  constexpr std::string_view kSeries = ".dtseries.nii", kImage = ".nii.gz";
  Candidate candidate{parts.subject, hcpRun(parts.run), FileRole::Grayordinates, path};
  const bool ofRun = parts.name.starts_with(parts.run);
  const std::string rest = ofRun ? parts.name.substr(parts.run.size()) : std::string();
  if (rest.starts_with("_Atlas") && rest.ends_with(kSeries)) {
    candidate.variant = rest.substr(1, rest.size() - 1 - kSeries.size());
    candidate.space = rest.find("1.6mm") == std::string::npos ? "fsLR_den-91k" : "fsLR_den-170k";
    candidate.rank = variantRank(candidate.variant);
  } else if (rest == kImage || (rest.starts_with("_hp") && rest.ends_with("clean.nii.gz"))) {
    candidate.role = FileRole::Volume;
    candidate.variant = rest.substr(0, rest.size() - kImage.size());
    candidate.space = "MNI152NLin6Asym";
    candidate.rank = variantRank(candidate.variant);
  } else if (parts.name.starts_with("brainmask_fs.") && parts.name.ends_with(kImage)) {
    candidate.role = FileRole::Mask;
    candidate.space = "MNI152NLin6Asym";
  } else if (parts.name == "Movement_Regressors.txt") {
    candidate.role = FileRole::Confounds;
  } else {
    return;
  }
  found.files.push_back(std::move(candidate));
}

}  // namespace

bool looksLikeHcp(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(),
                     [&](const ScannedFile& file) { return hcpFile(scan, file.path).has_value(); });
}

void findHcp(Source& source, Candidates& found) {
  for (const ScannedFile& file : source.files())
    if (const std::optional<HcpFile> parts = hcpFile(source.scan(), file.path))
      addHcp(*parts, file.path, found);
}

}  // namespace cortexscope::importing
