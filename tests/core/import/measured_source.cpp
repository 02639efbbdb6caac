// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/measured_source.h"

#include <Eigen/QR>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>

#include "core/cortex/meshes.h"
#include "core/io/images/nifti_spec.h"
#include "core/study/tiny_study.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "support/expect.h"
#include "support/make_media.h"

namespace cortexscope::test {
namespace {

namespace fs = std::filesystem;

constexpr Index kBits = 4;
constexpr Index kWall = 10;  ///< vertices of each side without values
constexpr float kVoxelMm = 2;

std::string funcStem(int person, Index run) {
  return measuredPerson(person) + "/func/" + measuredPerson(person) + "_" + measuredRun(run);
}

void writeText(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void writeTr(const fs::path& file) {
  writeText(file, "{\"RepetitionTime\": " + textOf(kMeasuredTrSec) + "}\n");
}

/// What the brain follows: the film's bits, or bits that no film shows.
float bitAt(Index run, Index second, Index bit, const MeasuredOptions& options) {
  if (options.followsFilm) return shownBit(firstSecond(run) + second, bit);
  return gaussian(1, kMeasuredSamples * kBits, 7000u + unsigned(run))(0, second * kBits + bit) > 0 ? 1.0f
                                                                                                   : -1.0f;
}

/// Bits as blood shows them: about 5 s later, over some seconds.
MatrixF slowBits(Index run, const MeasuredOptions& options) {
  static constexpr std::array<float, 8> kResponse = {0, 0, 0.2f, 0.6f, 1, 1, 0.6f, 0.2f};
  MatrixF slow = MatrixF::Zero(kMeasuredSamples, kBits);
  for (Index t = 0; t < kMeasuredSamples; ++t)
    for (Index lag = 0; lag < std::min<Index>(t + 1, Index(kResponse.size())); ++lag)
      for (Index bit = 0; bit < kBits; ++bit)
        slow(t, bit) += kResponse[std::size_t(lag)] * bitAt(run, t - lag, bit, options);
  return slow;
}

Points vertexPlaces(int level) {
  const Surface left = measuredSurface(Hemisphere::Left, true, level),
                right = measuredSurface(Hemisphere::Right, true, level);
  Points places(left.vertexCount() + right.vertexCount(), 3);
  places << left.points, right.points;
  return places;
}

void writeVolume(const fs::path& file, const MatrixF& values) {
  const MeasuredGrid grid;
  NiftiSpec spec;
  spec.type = 16;
  spec.bits = 32;
  spec.units = 10;  // mm and s
  spec.dims = {4, grid.x, grid.y, grid.z, values.rows(), 1, 1, 1};
  spec.pixdim = {1, kVoxelMm, kVoxelMm, kVoxelMm, kMeasuredTrSec, 1, 1, 1};
  const Eigen::Vector3f first = grid.firstPlace();
  spec.rows = {kVoxelMm, 0, 0, first[0], 0, kVoxelMm, 0, first[1], 0, 0, kVoxelMm, first[2]};
  spec.voxels.assign(reinterpret_cast<const char*>(values.data()),
                     std::size_t(values.size()) * sizeof(float));
  writeText(file, fileOf(spec));
}

void writeMotion(const fs::path& file, const MatrixD& motion) {
  fs::create_directories(file.parent_path());
  writeTsv(file, {"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"}, motion);
}

BrainModel cortexModel(const char* structure, Index offset, Index vertices) {
  BrainModel model{structure, offset, vertices, {}, {}};
  for (Index v = 0; v + kWall < vertices; ++v) model.vertices.push_back(std::int32_t(v));
  return model;
}

}  // namespace

std::string measuredPerson(int person) {
  return "sub-0" + textOf(person + 1);
}
std::string measuredRun(Index run) {
  return "task-film_run-" + textOf(run + 1);
}
Index firstSecond(Index run) {
  return kMeasuredSamples * run;
}

Surface measuredSurface(Hemisphere side, bool pial, int level) {
  Surface surface = icosphere(level, pial ? 13 : 10);
  surface.points.col(0).array() += side == Hemisphere::Left ? -14 : 14;
  return surface;
}

void writeMeasuredSurfaces(const fs::path& folder, int level) {
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right})
    for (const bool pial : {false, true})
      writeGiftiSurface(folder / (std::string(side == Hemisphere::Left ? "lh." : "rh.") +
                                  (pial ? "pial" : "white") + ".surf.gii"),
                        measuredSurface(side, pial, level), side);
}

void writeMeasuredFilm(const fs::path& folder) {
  fs::create_directories(folder / "stimuli");
  writeTinyFilm(folder / "stimuli" / "numbers.mkv", kMeasuredRuns * kMeasuredSamples);
}

Points MeasuredGrid::places() const {
  Points places(x * y * z, 3);
  const Eigen::Vector3f first = firstPlace();
  Index voxel = 0;
  for (Index k = 0; k < z; ++k)
    for (Index j = 0; j < y; ++j)
      for (Index i = 0; i < x; ++i, ++voxel)
        places.row(voxel) << first[0] + kVoxelMm * float(i), first[1] + kVoxelMm * float(j),
            first[2] + kVoxelMm * float(k);
  return places;
}

Eigen::Vector3f MeasuredGrid::firstPlace() const {
  return {-kVoxelMm * float(x - 1) / 2, -kVoxelMm * float(y - 1) / 2, -kVoxelMm * float(z - 1) / 2};
}

MatrixD measuredMotion(int person, Index run) {
  return gaussian(kMeasuredSamples, 6, 500u + 10u * unsigned(person) + unsigned(run)).cast<double>();
}

MatrixF measuredSignal(const Points& places, int person, Index run, const MeasuredOptions& options) {
  const Index count = places.rows();
  const unsigned seed = 1000u * unsigned(person + 1);
  MatrixF signal = gaussian(kMeasuredSamples, count, seed + 10u * unsigned(run)) * 0.5f;
  const MatrixF slow = slowBits(run, options);
  // Tuning changes smoothly over the cortex, so that a mean over voxels keeps it.
  const MatrixF axes = gaussian(kBits, 3, seed + 5) * 0.1f;
  const MatrixF motion = (measuredMotion(person, run) * 0.3).cast<float>();
  for (Index v = 0; v < count; ++v) {
    const Eigen::Vector4f tuning = axes * places.row(v).transpose() + Eigen::Vector4f::Constant(0.5f);
    if (places(v, 1) > 0) signal.col(v) += slow * tuning;
    for (Index t = 0; t < kMeasuredSamples; ++t)
      signal(t, v) += 100 + motion.row(t).sum() + 2 * float(t) / float(kMeasuredSamples);
  }
  return signal;
}

MatrixF measuredVertices(int person, Index run, const MeasuredOptions& options) {
  return measuredSignal(vertexPlaces(options.level), person, run, options);
}

void writeMeasuredVolumes(const fs::path& folder, const MeasuredOptions& options) {
  const Points places = MeasuredGrid().places();
  for (int person = 0; person < options.people; ++person)
    for (Index run = 0; run < kMeasuredRuns; ++run) {
      const fs::path stem = folder / funcStem(person, run);
      const std::string space = "_space-MNI152NLin6Asym_desc-preproc_bold";
      writeVolume(fs::path(stem).concat(space + ".nii"), measuredSignal(places, person, run, options));
      writeTr(fs::path(stem).concat(space + ".json"));
      writeMotion(fs::path(stem).concat("_desc-confounds_timeseries.tsv"), measuredMotion(person, run));
    }
}

void writeMeasuredMask(const fs::path& folder, int person, Index run, float topMm) {
  const MatrixF inside = (MeasuredGrid().places().col(2).array() <= topMm).cast<float>().matrix().transpose();
  writeVolume((folder / funcStem(person, run)).concat("_space-MNI152NLin6Asym_desc-brain_mask.nii"), inside);
}

void writeMeasuredGifti(const fs::path& folder, const MeasuredOptions& options) {
  for (int person = 0; person < options.people; ++person)
    for (Index run = 0; run < kMeasuredRuns; ++run) {
      const MatrixF values = measuredVertices(person, run, options);
      const Index half = values.cols() / 2;
      for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
        const bool left = side == Hemisphere::Left;
        std::vector<NamedMap> maps;
        for (Index t = 0; t < values.rows(); ++t) {
          maps.push_back({"", values.row(t).segment(left ? 0 : half, half).transpose()});
          maps.back().values.tail(kWall).setConstant(std::numeric_limits<float>::quiet_NaN());
        }
        const fs::path stem =
            folder / (funcStem(person, run) + (left ? "_hemi-L" : "_hemi-R") + "_space-tiny_bold");
        fs::create_directories(stem.parent_path());
        writeGiftiShape(fs::path(stem).concat(".func.gii"), maps, side, "");
        writeTr(fs::path(stem).concat(".json"));
      }
    }
}

void writeMeasuredCifti(const fs::path& folder, const MeasuredOptions& options) {
  for (int person = 0; person < options.people; ++person)
    for (Index run = 0; run < kMeasuredRuns; ++run) {
      const MatrixF values = measuredVertices(person, run, options);
      const Index half = values.cols() / 2, kept = half - kWall;
      CiftiHeader header;
      header.rows.kind = CiftiRows::Kind::Series;
      header.rows.count = values.rows();
      header.rows.step = kMeasuredTrSec;
      header.columns.models = {cortexModel("CIFTI_STRUCTURE_CORTEX_RIGHT", 0, half),
                               cortexModel("CIFTI_STRUCTURE_CORTEX_LEFT", kept, half)};
      MatrixF columns(values.rows(), 2 * kept);
      columns << values.middleCols(half, kept), values.leftCols(kept);
      const fs::path file = folder / (funcStem(person, run) + "_space-tinyLR_bold.dtseries.nii");
      fs::create_directories(file.parent_path());
      writeCifti(file, header, columns);
    }
}

namespace {

/// Voxels among whose centres, 2 mm apart, a place lies.
struct Near {
  std::vector<std::pair<Index, double>> shares;  ///< of one altogether, within the mask
  bool nearestIsInMask = false;
};
Near nearPlace(const Eigen::RowVector3f& place, const Points& centres, float topMm) {
  Near near;
  float least = std::numeric_limits<float>::infinity();
  double sum = 0;
  for (Index voxel = 0; voxel < centres.rows(); ++voxel) {
    const float* centre = centres.data() + 3 * voxel;
    const bool inMask = centre[2] <= topMm;
    float squared = 0;
    double share = inMask ? 1 : 0;
    for (int axis = 0; axis < 3; ++axis) {
      const float apart = std::abs(centre[axis] - place.data()[axis]);
      squared += apart * apart;
      share *= std::max(0.0, 1 - double(apart) / 2);
    }
    if (squared < least) least = squared, near.nearestIsInMask = inMask;
    if (share > 0) near.shares.emplace_back(voxel, share), sum += share;
  }
  for (auto& [voxel, share] : near.shares) share /= sum;
  return near;
}

}  // namespace

MatrixD plainWeights(int depths, float topMm) {
  const Points centres = MeasuredGrid().places();
  std::vector<Eigen::RowVectorXd> rows;
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
    const Surface white = measuredSurface(side, false, 2), pial = measuredSurface(side, true, 2);
    for (Index v = 0; v < white.vertexCount(); ++v) {
      Eigen::RowVectorXd& weights = rows.emplace_back(Eigen::RowVectorXd::Zero(centres.rows()));
      int counted = 0;
      for (int d = 0; d < depths; ++d) {
        const float f = 0.1f + 0.8f * float(d) / float(depths - 1);
        const Near near = nearPlace((1 - f) * white.points.row(v) + f * pial.points.row(v), centres, topMm);
        if (!near.nearestIsInMask) continue;
        ++counted;
        for (const auto& [voxel, share] : near.shares) weights[voxel] += share;
      }
      if (counted > 0) weights /= counted;
    }
  }
  MatrixD all(std::ssize(rows), centres.rows());
  for (Index v = 0; v < all.rows(); ++v) all.row(v) = rows[std::size_t(v)];
  return all;
}

MatrixD plainlyCleaned(const MatrixD& values, const MatrixD& confounds, double trSec) {
  const Index samples = values.rows();
  const auto cosines = Index(std::floor(2 * double(samples) * trSec / 128));
  MatrixD design(samples, 1 + cosines + confounds.cols());
  for (Index t = 0; t < samples; ++t)
    for (Index k = 0; k <= cosines; ++k)
      design(t, k) = std::cos(std::numbers::pi * double(k) * (2 * double(t) + 1) / (2 * double(samples)));
  design.rightCols(confounds.cols()) = confounds;
  MatrixD clean = values - design * design.colPivHouseholderQr().solve(values);
  for (Index v = 0; v < clean.cols(); ++v) {
    clean.col(v).array() -= clean.col(v).mean();
    clean.col(v) /= std::sqrt(clean.col(v).squaredNorm() / double(samples));
  }
  return clean;
}

}  // namespace cortexscope::test
