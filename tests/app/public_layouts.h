// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "base/matrix.h"

// Small folders laid out as public data sets are: the same names of folders, files, data sets and columns,
// and values that a test knows.

namespace cortexscope::test {

constexpr Index kRecipeSamples = 30;  ///< of a run
constexpr Index kRecipeRuns = 3;

/// What was recorded: person, run, samples x places.
MatrixF recipeValues(int person, Index run, Index places);

/// The Grand Budapest Hotel, preprocessed by fMRIPrep onto fsaverage5 (10,242 vertices a side), one person,
/// TR 1 s: FOLDER/derivatives, FOLDER/films/part1.mkv ..., FOLDER/fsaverage5.
void writeBudapest(const std::filesystem::path& folder);

/// The 7T films of the Human Connectome Project, one person's MNINonLinear in fsLR 32k, TR 1 s: FOLDER/hcp
/// and FOLDER/films/movie1.mp4 ...
constexpr Index kFsLrVertices = 32492;
constexpr Index kFsLrWall = 92;  ///< last vertices of each side that the file does not hold
void writeHcpMovies(const std::filesystem::path& folder);

/// The short clips of the voxelwise tutorials, two people, TR 2 s, 15 pictures a second: FOLDER/shortclips
/// and FOLDER/fsaverage, which here has 162 vertices a side.
constexpr Index kClipVoxels = 40, kClipRepeats = 3, kClipPictures = 15, kSmallHalf = 162;
void writeShortClips(const std::filesystem::path& folder);
/// Samples x vertices that the mapper makes of voxels; NaN where it has none.
MatrixF mappedClips(const MatrixF& voxels, int person);

/// The fMRI of the Algonauts 2025 challenge, two people, TR 1.49 s, with `kParcels` parcels for 1000:
/// FOLDER/algonauts, FOLDER/surfaces with a parcellation and FOLDER/wrong with one that has fewer parcels.
constexpr Index kParcels = 12;
void writeAlgonauts(const std::filesystem::path& folder);
/// Column of a vertex's parcel; -1 for the medial wall.
Index parcelAt(Index vertex);

}  // namespace cortexscope::test
