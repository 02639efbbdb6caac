// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/tables.h"

#include "import/plan/owner.h"
#include "import/scan/names.h"

namespace cortexscope::importing {
namespace {

constexpr std::size_t kMostTables = 500;
constexpr std::uintmax_t kMostTableBytes = std::uintmax_t{64} << 20;

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

}  // namespace

void findTables(Source& source, const std::set<std::filesystem::path>& used, ImportPlan& plan) {
  std::size_t count = 0;
  for (const ScannedFile& file : source.files()) {
    const std::string name = lowerCase(file.name());
    if (!(name.ends_with(".tsv") || name.ends_with(".csv")) || isBookkeeping(file)) continue;
    if (used.contains(file.path) || lowerFolderName(file.path) == "figures") continue;
    if (++count > kMostTables || file.bytes > kMostTableBytes) {
      plan.tables.push_back({file.path, ownerOf(file.path, plan.people), {}, 0});
      continue;
    }
    if (const FileFacts* facts = source.header(file.path))
      plan.tables.push_back(
          {file.path, ownerOf(file.path, plan.people), facts->columns, facts->rows.value_or(0)});
  }
}

}  // namespace cortexscope::importing
