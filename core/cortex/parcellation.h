// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// Key of a vertex that its file puts in no region, where key 0 may be a region of its own (FreeSurfer
/// annotations).
inline constexpr std::int32_t kNoRegion = -1;

/// A named region of the cortex with its colour as the source file gives it (0..1).
struct Region {
  std::int32_t key = 0;
  std::string name;
  float red = 0.7f, green = 0.7f, blue = 0.7f;
};

/// One region per vertex (left vertices first). Key 0 means "no region" unless regions say otherwise.
struct Parcellation {
  std::vector<Region> regions;
  std::vector<std::int32_t> keys;  ///< one per vertex
  std::vector<std::string>
      warnings{};  ///< odd but usable things met while reading, each a sentence with the file

  /// Name of the region at a vertex; "unknown (KEY)" for a key that no region has, "no region" for an
  /// unlabelled one.
  /// Errors   BadValue for a vertex that is not there
  std::string nameAt(Index vertex) const;
  /// Vertices whose region has this name, ascending; none for an unknown name.
  std::vector<Index> verticesOf(const std::string& regionName) const;
};

}  // namespace cortexscope
