// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/spaces.h"

#include <map>

namespace cortexscope::importing {

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

int spaceRank(const std::string& space) {
  const auto starts = [&](const char* start) { return space.starts_with(start); };
  if (space == "fsaverage5") return 0;
  if (space == "fsaverage6") return 1;
  if (space == "fsaverage") return 2;
  if (starts("fsaverage")) return 3;
  if (space == "fsLR_den-91k") return 4;
  if (starts("fsLR")) return 5;
  if (starts("MNI152NLin2009cAsym")) return 6;
  if (starts("MNI")) return 7;
  if (starts("T1w")) return 9;
  if (starts("native") || space.empty()) return 10;
  if (starts("fsnative")) return 11;
  return 8;
}

bool isSharedSpace(const std::string& space) {
  return spaceRank(space) < 9;
}

}  // namespace cortexscope::importing
