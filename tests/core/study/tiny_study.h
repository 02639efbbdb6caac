#pragma once

#include <filesystem>

#include "study/study.h"

namespace cortexscope::test {

/// A whole study in small: a film of 100 s, an image network of two layers, spheres as cortex, people whose front vertices
/// follow what the film shows 4 s earlier, scene labels and each person's own ratings. The last of four runs is held out.
/// Marked as simulated, with the truth kept as a simulation keeps it.
constexpr Index kTinySamples = 100;
constexpr Index kTinyVertices = 2 * 162;
Study makeTinyStudy(const std::filesystem::path& folder, int people = 3);

/// Is this vertex of a hemisphere among those that follow the film?
bool followsFilm(Index vertex);

}  // namespace cortexscope::test
