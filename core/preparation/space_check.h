// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// A template's density that is known by its number of vertices.
struct KnownDensity {
  std::string family;   ///< "fsaverage", "fsLR"
  std::string name;     ///< "fsaverage5", "fsLR 32k"
  std::string density;  ///< as in BIDS' den-: "10k"
  Index perHemisphere = 0;
};
/// fsaverage3 to fsaverage, fsLR 32k to 164k.
const std::vector<KnownDensity>& knownDensities();

/// One name for what people and files call a space in many ways: "space-fsaverage_den-10k" and "fsaverage5"
/// are "fsaverage5"; "fsLR", "fs_LR" and "fsLR_den-91k" are "fsLR 32k" where `count` fits. Names that are not
/// known come back as they are.
/// count  values per map, of one hemisphere or both: it decides where a name leaves the density open
std::string spaceName(const std::string& name, Index count);

/// What a number of values may be, in words: "fsaverage5, both hemispheres"; empty for none that is known.
std::vector<std::string> spacesWith(Index count);

/// Where responses are said to be, and how many values each sample has.
struct ResponseSpace {
  std::string name;  ///< as the file says; empty if it does not
  Index count = 0;
};
/// A surface that responses are to be shown or learned on.
struct SurfaceSpace {
  std::string name;  ///< as Cortex::space
  Index left = 0;    ///< vertices; 0 for a hemisphere that is not there
  Index right = 0;

  Index count() const { return left + right; }
};

/// Refuses responses that are not in the surface's space and density, vertex by vertex.
/// Returns  warnings, each a sentence: a space that cannot be told from the number of values alone
/// Errors   BadShape, with both names and both counts and what can be done: another space, another density of
///          the same template (which is never made to fit by keeping its first vertices), one hemisphere for
///          two, values without the medial wall, a name that its number of values contradicts
std::vector<std::string> checkResponseSpace(const ResponseSpace& responses, const SurfaceSpace& surface);

}  // namespace cortexscope
