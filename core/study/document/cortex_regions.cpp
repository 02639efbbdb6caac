// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/cortex_regions.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "io/surfaces/surface_files.h"

namespace cortexscope {
namespace {

/// Both hemispheres' regions; where the two files use one key for different names, the right one gets a new
/// key.
Parcellation joinRegions(Parcellation joint, const Parcellation& right) {
  std::map<std::int32_t, std::string> names;
  std::int32_t free = 0;
  for (const Parcellation* side : {&std::as_const(joint), &right})
    for (const Region& region : side->regions) free = std::max(free, region.key);
  for (const Region& region : joint.regions) names.try_emplace(region.key, region.name);
  std::map<std::int32_t, std::int32_t> newKeys;
  for (Region region : right.regions) {
    const auto known = names.find(region.key);
    if (known != names.end() && known->second == region.name) continue;
    if (known != names.end()) {
      require(free < std::numeric_limits<std::int32_t>::max(), ErrorCode::Unsupported,
              "the regions' keys leave no free one");
      newKeys[region.key] = ++free;
      region.key = free;
    }
    joint.regions.push_back(region);
  }
  for (const std::int32_t key : right.keys) {
    const auto changed = newKeys.find(key);
    joint.keys.push_back(changed == newKeys.end() ? key : changed->second);
  }
  return joint;
}

}  // namespace

Parcellation readRegions(const Study& study) {
  if (study.cortex.leftRegions.empty()) return {};
  const Parcellation left = readParcellation(study.path(study.cortex.leftRegions));
  const Parcellation right = readParcellation(study.path(study.cortex.rightRegions));
  return joinRegions(left, right);
}

}  // namespace cortexscope
