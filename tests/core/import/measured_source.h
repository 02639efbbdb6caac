// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "cortex/surface.h"

// Folders as fMRIPrep leaves them, of people who saw a film of numbers, with a known truth. The truth of a
// voxel or vertex follows the film if it lies at the front (y > 0), and is noise elsewhere.

namespace cortexscope::test {

constexpr Index kMeasuredRuns = 4;
constexpr Index kMeasuredSamples = 50;  ///< of a run
constexpr double kMeasuredTrSec = 1;

struct MeasuredOptions {
  int people = 3;
  bool followsFilm = true;  ///< false: the same signals in an order of their own, which no film shows
  int level = 2;            ///< of the spheres that are the cortex
};

/// The hemispheres' surfaces: spheres of 10 mm (white) and 13 mm (pial) to the left and right of the middle.
Surface measuredSurface(Hemisphere side, bool pial, int level);
/// White and pial of both hemispheres as GIFTI files, without a space in their names.
void writeMeasuredSurfaces(const std::filesystem::path& folder, int level);

/// stimuli/numbers.mkv: one film for all runs, which go on where the one before ended.
void writeMeasuredFilm(const std::filesystem::path& folder);
/// Film second at which a run starts.
Index firstSecond(Index run);

/// What a person's places (mm, n x 3) do in a run: samples x places, with drift and what motion adds.
MatrixF measuredSignal(const Points& places, int person, Index run, const MeasuredOptions& options);
/// Six motion parameters of a run: samples x 6.
MatrixD measuredMotion(int person, Index run);

/// Voxels of 2 mm that hold both spheres.
struct MeasuredGrid {
  Index x = 28, y = 16, z = 16;
  Points places() const;               ///< centres, x fastest
  Eigen::Vector3f firstPlace() const;  ///< centre of voxel 0
};

/// sub-0N/func/..._space-MNI152..._desc-preproc_bold.nii, JSON with the TR, and confounds.
void writeMeasuredVolumes(const std::filesystem::path& folder, const MeasuredOptions& options);
/// The brain mask of one of those runs: voxels whose centre is no higher than `topMm`.
void writeMeasuredMask(const std::filesystem::path& folder, int person, Index run, float topMm);
/// sub-0N/func/..._hemi-L_space-tiny_bold.func.gii with the TR beside it; the last ten vertices of each side
/// are NaN.
void writeMeasuredGifti(const std::filesystem::path& folder, const MeasuredOptions& options);
/// sub-0N/func/..._space-tinyLR_bold.dtseries.nii: every vertex but the last ten of each side, right side
/// first.
void writeMeasuredCifti(const std::filesystem::path& folder, const MeasuredOptions& options);

std::string measuredPerson(int person);  ///< "sub-01"
std::string measuredRun(Index run);      ///< "task-film_run-1"

/// What the vertices did: samples of a run x vertices, left first.
MatrixF measuredVertices(int person, Index run, const MeasuredOptions& options);

/// Weights of all voxels of the grid in all vertices (vertices x voxels, left side first) by the definition
/// of sampling: trilinear among the voxels whose centre is no higher than `topMm` (the mask), mean over the
/// depths from 0.1 to 0.9 whose nearest voxel is in it.
MatrixD plainWeights(int depths, float topMm = std::numeric_limits<float>::infinity());

/// Columns of `values` less cosines down to 128 s and `confounds`, z-scored: by the normal equations, in
/// plain steps.
MatrixD plainlyCleaned(const MatrixD& values, const MatrixD& confounds, double trSec);

}  // namespace cortexscope::test
