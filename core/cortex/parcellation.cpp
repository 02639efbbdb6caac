// SPDX-License-Identifier: GPL-3.0-or-later
#include "cortex/parcellation.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {

std::string Parcellation::nameAt(Index vertex) const {
  require(vertex >= 0 && vertex < static_cast<Index>(keys.size()), ErrorCode::BadValue, [&] {
    return "vertex " + textOf(vertex) + " is outside the parcellation of " + textOf(keys.size()) +
           " vertices";
  });
  const std::int32_t key = keys[static_cast<std::size_t>(vertex)];
  const auto region =
      std::find_if(regions.begin(), regions.end(), [&](const Region& r) { return r.key == key; });
  if (region != regions.end()) return region->name;
  return key == 0 || key == kNoRegion ? "no region" : "unknown (" + textOf(key) + ")";
}

std::vector<Index> Parcellation::verticesOf(const std::string& regionName) const {
  // Both hemispheres of an atlas may use one name under two keys.
  std::unordered_set<std::int32_t> wanted;
  for (const Region& region : regions)
    if (region.name == regionName) wanted.insert(region.key);
  std::vector<Index> vertices;
  for (std::size_t v = 0; v < keys.size(); ++v)
    if (wanted.contains(keys[v])) vertices.push_back(static_cast<Index>(v));
  return vertices;
}

}  // namespace cortexscope
