// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "study/document/study.h"

namespace cortexscope::test {

/// A whole study in small: a film of 100 s, an image network of two layers, spheres as cortex, people whose
/// front vertices follow what the film shows 4 s earlier, scene labels and each person's own ratings. The
/// last of four runs is held out. Marked as simulated, with the truth kept as a simulation keeps it.
constexpr Index kTinySamples = 100;
constexpr Index kTinyVertices = 2 * 162;
Study makeTinyStudy(const std::filesystem::path& folder, int people = 3);

/// A film of numbers, two pictures a second: second t shows 2 t and 2 t + 1 as black and white fields.
void writeTinyFilm(const std::filesystem::path& file, Index seconds = kTinySamples);
/// An image network of two layers that see such fields.
void writeTinyNetwork(const std::filesystem::path& file);
/// What the film shows in second t, as -1 and 1: bits 1 .. 4 of the number its pictures show.
float shownBit(Index second, Index bit);
/// Adds a table of scenes ("bright", the same as "light" but for two gaps), one of words that follow what the
/// film shows
/// ("words", one of them unknown) and one of the same words at other times ("shuffled").
void addScenesAndWords(Study& study);

/// Is this vertex of a hemisphere among those that follow the film?
bool followsFilm(Index vertex);

}  // namespace cortexscope::test
