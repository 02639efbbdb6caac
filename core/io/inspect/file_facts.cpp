// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/inspect/file_facts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace cortexscope {

std::string templateWithVertices(std::int64_t vertexCount) {
  static constexpr std::array<std::pair<std::int64_t, const char*>, 6> kTemplates{{{642, "fsaverage3"},
                                                                                   {2562, "fsaverage4"},
                                                                                   {10242, "fsaverage5"},
                                                                                   {40962, "fsaverage6"},
                                                                                   {163842, "fsaverage"},
                                                                                   {32492, "fsLR 32k"}}};
  for (const auto& [count, name] : kTemplates)
    if (count == vertexCount) return name;
  return {};
}

std::string hemisphereInName(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto holds = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (name.starts_with("lh.") || holds("hemi-l") || holds(".l.") || holds("_left") || holds(".lh."))
    return "left";
  if (name.starts_with("rh.") || holds("hemi-r") || holds(".r.") || holds("_right") || holds(".rh."))
    return "right";
  return {};
}

}  // namespace cortexscope
