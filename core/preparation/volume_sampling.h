// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "cortex/surface.h"
#include "io/images/image.h"
#include "io/images/volume.h"

namespace cortexscope {

/// Where an image's voxels are: voxel (i, j, k) has its centre at mmFromVoxel * (i, j, k, 1).
struct VoxelGrid {
  std::array<Index, 3> size{0, 0, 0};
  Eigen::Matrix4d mmFromVoxel = Eigen::Matrix4d::Identity();  ///< mm to the right, front and top

  Index voxelCount() const { return size[0] * size[1] * size[2]; }
};
VoxelGrid gridOf(const Volume& volume);
VoxelGrid gridOf(const ImageInfo& image);

/// `count` evenly spaced cortical depths from 0.1 to 0.9 (0 = white, 1 = pial surface); one alone is 0.5.
std::vector<double> evenDepths(int count);

/// Grids are the same if their outermost corners lie within 0.01 mm of each other: headers round transforms.
/// Errors   BadShape, with both names, sizes and boxes
void requireSameGrid(const VoxelGrid& a, const std::string& nameA, const VoxelGrid& b,
                     const std::string& nameB);

/// How much of a surface the image covers.
struct SamplingCoverage {
  VectorF depthsInside;     ///< per vertex, share of its depths that were used, 0 to 1
  Index withoutSample = 0;  ///< vertices none of whose depths could be used

  /// Share of all depths of all vertices that were used, 0 to 1.
  double shareInside() const;
  /// One sentence for people.
  std::string describe() const;
};

/// Which voxels make up each vertex, and with which weight: a sparse vertices x voxels matrix in compressed
/// rows. Vertex v reads voxels[offsets[v] .. offsets[v + 1]), ascending, x fastest; its weights sum to 1.
struct SurfaceSampling {
  VoxelGrid grid;
  std::vector<Index> offsets{0};  ///< vertices + 1
  std::vector<std::int32_t> voxels;
  std::vector<float> weights;
  SamplingCoverage coverage;

  Index vertexCount() const { return std::ssize(offsets) - 1; }
};

/// Samples between the white and the pial surface: at each depth f a vertex is at white + f (pial - white),
/// the value there is interpolated trilinearly, and a vertex is the mean over its usable depths. A depth is
/// usable if the voxel nearest to it is in the image and in the mask; of the eight voxels around it, those
/// outside either have no part and the others share their weight: no value from outside the mask gets in.
///
/// white, pial  vertex by vertex the same cortex, in the scanner's mm. FreeSurfer's own files are in its
///              surface space and need their centre (c_ras) added first; GIFTI surfaces of fMRIPrep do not
/// depths       from 0 (white) to 1 (pial)
/// mask         same grid as the volumes; voxels neither 0 nor NaN count. nullptr: all voxels
/// Limits       2^31 - 1 voxels, 100 depths. A vertex that is not finite has no sample
/// Errors       BadShape if white and pial differ in vertices or the mask lies on another grid; BadValue for
///              depths out of range, a transform that cannot be inverted, a surface wholly outside the image
///              (both boxes are named) or the mask; Unsupported for more voxels; Cancelled
/// Cost         about 20 numbers for each vertex at 2 mm voxels
SurfaceSampling surfaceSampling(const VoxelGrid& grid, const Surface& white, const Surface& pial,
                                const std::vector<double>& depths, const Volume* mask, int threads,
                                const Job& job);

/// Both hemispheres in the joint order, left vertices first.
/// Errors   BadShape if they were made for different grids
SurfaceSampling joined(const SurfaceSampling& left, const SurfaceSampling& right);

/// volumes  volumes x voxels, x fastest
/// Returns  volumes x vertices, summed in float64; NaN at vertices without a sample and where a voxel that
///          is read is NaN. The same bits for every number of threads
/// Errors   BadShape if there are not as many columns as voxels; Cancelled
MatrixF sampleVolumes(const SurfaceSampling& sampling, const ConstMatrixRefF& volumes, int threads,
                      const Job& job);

/// The same for an image file (formats as ImageReader), with memory for one volume alone.
/// Errors   as ImageReader; BadShape, with the file, if its grid is not the sampling's
MatrixF sampleImage(const SurfaceSampling& sampling, const std::filesystem::path& file, int threads,
                    const Job& job);

}  // namespace cortexscope
