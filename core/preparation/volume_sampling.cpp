// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/volume_sampling.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr Index kBlockVertices = 4096;
constexpr Index kMostVoxels = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMostDepths = 100;
/// Headers store transforms in float32, twice and in different forms: grids this close are the same one.
constexpr double kSameGridMm = 1e-2;

using Bits = std::vector<std::uint8_t>;
using Box = std::pair<Eigen::Vector3d, Eigen::Vector3d>;

std::string sizeText(const VoxelGrid& grid) {
  return textOf(grid.size[0]) + " x " + textOf(grid.size[1]) + " x " + textOf(grid.size[2]);
}

std::string boxText(const Box& box) {
  std::string text;
  for (int axis = 0; axis < 3; ++axis) {
    text += axis == 0 ? "" : ", ";
    text += "xyz"[axis] + (" " + fixedTextOf(box.first[axis], 1)) + " to " + fixedTextOf(box.second[axis], 1);
  }
  return text + " mm";
}

Eigen::Vector3d mmAt(const VoxelGrid& grid, const Eigen::Vector3d& voxel) {
  return grid.mmFromVoxel.topLeftCorner<3, 3>() * voxel + grid.mmFromVoxel.topRightCorner<3, 1>();
}

/// The eight outer corners of a grid's voxels.
std::array<Eigen::Vector3d, 8> cornersMm(const VoxelGrid& grid) {
  std::array<Eigen::Vector3d, 8> corners;
  for (std::size_t corner = 0; corner < 8; ++corner) {
    Eigen::Vector3d voxel;
    for (std::size_t axis = 0; axis < 3; ++axis)
      voxel[Index(axis)] = (corner >> axis & 1) != 0 ? double(grid.size[axis]) - 0.5 : -0.5;
    corners[corner] = mmAt(grid, voxel);
  }
  return corners;
}

Box boxOf(const VoxelGrid& grid) {
  const auto corners = cornersMm(grid);
  Box box{corners[0], corners[0]};
  for (const Eigen::Vector3d& corner : corners)
    box = {box.first.cwiseMin(corner), box.second.cwiseMax(corner)};
  return box;
}

Box boxOf(const Surface& white, const Surface& pial) {
  const double infinity = std::numeric_limits<double>::infinity();
  Box box{Eigen::Vector3d::Constant(infinity), Eigen::Vector3d::Constant(-infinity)};
  for (const Surface* surface : {&white, &pial})
    for (Index v = 0; v < surface->vertexCount(); ++v) {
      const Eigen::Vector3d point = surface->points.row(v).transpose().cast<double>();
      if (point.allFinite()) box = {box.first.cwiseMin(point), box.second.cwiseMax(point)};
    }
  return box;
}

bool sameGrid(const VoxelGrid& a, const VoxelGrid& b) {
  if (a.size != b.size) return false;
  const auto left = cornersMm(a), right = cornersMm(b);
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!((left[i] - right[i]).cwiseAbs().maxCoeff() <= kSameGridMm)) return false;
  return true;
}

void checkGrid(const VoxelGrid& grid) {
  for (const Index extent : grid.size)
    require(extent > 0, ErrorCode::BadShape,
            [&] { return "an image of " + sizeText(grid) + " has no voxels"; });
  require(grid.size[0] <= kMostVoxels / grid.size[1] / grid.size[2], ErrorCode::Unsupported, [&] {
    return "an image of " + sizeText(grid) + " voxels is too large; at most " + textOf(kMostVoxels) +
           " voxels are sampled";
  });
  const Eigen::Matrix3d step = grid.mmFromVoxel.topLeftCorner<3, 3>();
  const double scale = step.colwise().norm().prod();
  require(grid.mmFromVoxel.allFinite() && std::abs(step.determinant()) > 1e-9 * scale, ErrorCode::BadValue,
          "the volume's transform from voxels to mm cannot be inverted");
}

void checkSurfacesAndDepths(const Surface& white, const Surface& pial, const std::vector<double>& depths) {
  require(white.vertexCount() == pial.vertexCount(), ErrorCode::BadShape, [&] {
    return "the white surface has " + textOf(white.vertexCount()) + " vertices and the pial surface " +
           textOf(pial.vertexCount()) + ": they must be the same cortex, vertex by vertex";
  });
  require(white.vertexCount() > 0, ErrorCode::BadShape, "the surfaces to be sampled have no vertices");
  require(!depths.empty() && depths.size() <= kMostDepths, ErrorCode::BadValue, [&] {
    return "1 to " + textOf(kMostDepths) + " cortical depths can be sampled, got " + textOf(depths.size());
  });
  for (const double depth : depths)
    require(depth >= 0 && depth <= 1, ErrorCode::BadValue,
            [&] { return "cortical depths go from 0 (white) to 1 (pial), got " + textOf(depth); });
}

Bits bitsOf(const Volume& mask) {
  Bits bits(mask.values.size());
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = mask.values[i] != 0 && !std::isnan(mask.values[i]);
  return bits;
}

using Weight = std::pair<std::int32_t, double>;

/// Works out the row of one vertex after the other.
class RowBuilder {
 public:
  RowBuilder(const VoxelGrid& grid, const Bits& mask)
      : m_grid(grid), m_mask(mask), m_voxelFromMm(grid.mmFromVoxel.inverse()) {}

  /// Takes one depth into the row, if it is usable.
  void add(const Eigen::Vector3d& mm) {
    const Eigen::Vector3d voxel =
        m_voxelFromMm.topLeftCorner<3, 3>() * mm + m_voxelFromMm.topRightCorner<3, 1>();
    const std::optional<Index> nearest = nearestVoxel(voxel);
    if (!nearest) return;
    ++m_inGrid;
    if (!inMask(*nearest)) return;
    ++m_used;
    addCorners(voxel);
  }

  /// Voxels and weights of the vertex, ascending; empty without a usable depth. Starts the next row.
  std::vector<Weight> take() {
    std::sort(m_parts.begin(), m_parts.end());
    std::vector<Weight> row;
    for (const auto& [voxel, weight] : m_parts) {
      if (row.empty() || row.back().first != voxel) row.emplace_back(voxel, 0.0);
      row.back().second += weight / m_used;
    }
    m_parts.clear();
    m_used = 0;
    return row;
  }

  int used() const { return m_used; }
  Index inGrid() const { return m_inGrid; }  ///< depths inside the image, of all rows so far

 private:
  bool inMask(Index voxel) const { return m_mask.empty() || m_mask[std::size_t(voxel)] != 0; }
  Index indexOf(const std::array<Index, 3>& at) const {
    return at[0] + m_grid.size[0] * (at[1] + m_grid.size[1] * at[2]);
  }

  std::optional<Index> nearestVoxel(const Eigen::Vector3d& voxel) const {
    std::array<Index, 3> at;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double place = voxel[Index(axis)];
      if (!(place >= -0.5 && place < double(m_grid.size[axis]) - 0.5)) return std::nullopt;
      at[axis] = std::min(Index(std::floor(place + 0.5)), m_grid.size[axis] - 1);
    }
    return indexOf(at);
  }

  /// The nearest voxel is one of the eight and has at least 1/8 of the weight: there is always some to share.
  void addCorners(const Eigen::Vector3d& voxel) {
    const std::size_t before = m_parts.size();
    double total = 0;
    for (std::size_t corner = 0; corner < 8; ++corner) {
      std::array<Index, 3> at;
      double weight = 1;
      bool inside = true;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const double place = voxel[Index(axis)], low = std::floor(place);
        const bool upper = (corner >> axis & 1) != 0;
        at[axis] = Index(low) + (upper ? 1 : 0);
        weight *= upper ? place - low : 1 - (place - low);
        inside = inside && at[axis] >= 0 && at[axis] < m_grid.size[axis];
      }
      if (!inside || weight == 0 || !inMask(indexOf(at))) continue;
      m_parts.emplace_back(std::int32_t(indexOf(at)), weight);
      total += weight;
    }
    for (std::size_t i = before; i < m_parts.size(); ++i) m_parts[i].second /= total;
  }

  const VoxelGrid& m_grid;
  const Bits& m_mask;
  Eigen::Matrix4d m_voxelFromMm;
  std::vector<Weight> m_parts;
  int m_used = 0;
  Index m_inGrid = 0;
};

/// Rows of some vertices that follow each other.
struct Piece {
  std::vector<Index> lengths;
  std::vector<Weight> entries;
  std::vector<float> depthsInside;
  Index inGrid = 0;
};

Piece samplePiece(const VoxelGrid& grid, const Bits& mask, const Surface& white, const Surface& pial,
                  const std::vector<double>& depths, Index first, Index end) {
  Piece piece;
  RowBuilder builder(grid, mask);
  for (Index v = first; v < end; ++v) {
    const Eigen::Vector3d inner = white.points.row(v).transpose().cast<double>();
    const Eigen::Vector3d outer = pial.points.row(v).transpose().cast<double>();
    for (const double depth : depths) builder.add(inner + depth * (outer - inner));
    piece.depthsInside.push_back(float(builder.used()) / float(depths.size()));
    const std::vector<Weight> row = builder.take();
    piece.lengths.push_back(std::ssize(row));
    piece.entries.insert(piece.entries.end(), row.begin(), row.end());
  }
  piece.inGrid = builder.inGrid();
  return piece;
}

SurfaceSampling assembled(const VoxelGrid& grid, const std::vector<Piece>& pieces, Index vertexCount) {
  SurfaceSampling sampling;
  sampling.grid = grid;
  sampling.coverage.depthsInside.resize(vertexCount);
  Index vertex = 0;
  for (const Piece& piece : pieces) {
    for (std::size_t i = 0; i < piece.lengths.size(); ++i, ++vertex) {
      sampling.offsets.push_back(sampling.offsets.back() + piece.lengths[i]);
      sampling.coverage.depthsInside[vertex] = piece.depthsInside[i];
      sampling.coverage.withoutSample += piece.lengths[i] == 0;
    }
    for (const auto& [voxel, weight] : piece.entries) {
      sampling.voxels.push_back(voxel);
      sampling.weights.push_back(float(weight));
    }
  }
  return sampling;
}

void sampleVertices(const SurfaceSampling& sampling, const float* volume, Index first, Index end,
                    float* out) {
  for (Index v = first; v < end; ++v) {
    const Index from = sampling.offsets[std::size_t(v)], to = sampling.offsets[std::size_t(v) + 1];
    double sum = from == to ? std::numeric_limits<double>::quiet_NaN() : 0.0;
    for (Index i = from; i < to; ++i)
      sum += double(sampling.weights[std::size_t(i)]) * double(volume[sampling.voxels[std::size_t(i)]]);
    out[v] = float(sum);
  }
}

Index blockCountOf(Index vertices) {
  return (vertices + kBlockVertices - 1) / kBlockVertices;
}

}  // namespace

void requireSameGrid(const VoxelGrid& a, const std::string& nameA, const VoxelGrid& b,
                     const std::string& nameB) {
  require(sameGrid(a, b), ErrorCode::BadShape, [&] {
    return nameA + " and " + nameB + " must have the same voxels, got " + sizeText(a) + " at " +
           boxText(boxOf(a)) + " and " + sizeText(b) + " at " + boxText(boxOf(b));
  });
}

VoxelGrid gridOf(const Volume& volume) {
  return {volume.size, volume.mmFromVoxel};
}

VoxelGrid gridOf(const ImageInfo& image) {
  VoxelGrid grid;
  for (std::size_t d = 0; d < 3; ++d) grid.size[d] = d < image.size.size() ? Index(image.size[d]) : 1;
  grid.mmFromVoxel = image.mmFromVoxel;
  return grid;
}

std::vector<double> evenDepths(int count) {
  require(count >= 1 && count <= int(kMostDepths), ErrorCode::BadValue, [&] {
    return "1 to " + textOf(kMostDepths) + " cortical depths can be sampled, got " + textOf(count);
  });
  if (count == 1) return {0.5};
  std::vector<double> depths;
  for (int i = 0; i < count; ++i) depths.push_back(0.1 + 0.8 * i / (count - 1));
  return depths;
}

double SamplingCoverage::shareInside() const {
  return depthsInside.size() > 0 ? depthsInside.cast<double>().mean() : 0.0;
}

std::string SamplingCoverage::describe() const {
  return textOf(withoutSample) + " of " + textOf(depthsInside.size()) + " vertices have no sample; " +
         fixedTextOf(100 * shareInside(), 1) + " % of the depths lie inside";
}

SurfaceSampling surfaceSampling(const VoxelGrid& grid, const Surface& white, const Surface& pial,
                                const std::vector<double>& depths, const Volume* mask, int threads,
                                const Job& job) {
  checkGrid(grid);
  checkSurfacesAndDepths(white, pial, depths);
  if (mask != nullptr) requireSameGrid(grid, "the volume", gridOf(*mask), "its mask");
  const Bits bits = mask != nullptr ? bitsOf(*mask) : Bits{};
  const Index vertices = white.vertexCount();
  std::vector<Piece> pieces(std::size_t(blockCountOf(vertices)));
  parallelFor(std::ssize(pieces), threads, [&](Index block) {
    job.checkpoint(double(block) / double(pieces.size()), "laying the surface into the volume");
    const Index first = block * kBlockVertices;
    pieces[std::size_t(block)] =
        samplePiece(grid, bits, white, pial, depths, first, std::min(vertices, first + kBlockVertices));
  });
  Index inGrid = 0;
  for (const Piece& piece : pieces) inGrid += piece.inGrid;
  require(inGrid > 0, ErrorCode::BadValue, [&] {
    return "the surface lies wholly outside the volume: the surface spans " + boxText(boxOf(white, pial)) +
           ", the volume " + boxText(boxOf(grid)) + "; are both in the scanner's space?";
  });
  SurfaceSampling sampling = assembled(grid, pieces, vertices);
  require(!sampling.voxels.empty(), ErrorCode::BadValue,
          [&] { return "none of the " + textOf(inGrid) + " depths inside the volume lies inside its mask"; });
  return sampling;
}

SurfaceSampling joined(const SurfaceSampling& left, const SurfaceSampling& right) {
  requireSameGrid(left.grid, "the left hemisphere's volume", right.grid, "the right one's");
  SurfaceSampling both = left;
  for (std::size_t v = 1; v < right.offsets.size(); ++v)
    both.offsets.push_back(left.offsets.back() + right.offsets[v]);
  both.voxels.insert(both.voxels.end(), right.voxels.begin(), right.voxels.end());
  both.weights.insert(both.weights.end(), right.weights.begin(), right.weights.end());
  both.coverage.depthsInside.resize(both.vertexCount());
  both.coverage.depthsInside << left.coverage.depthsInside, right.coverage.depthsInside;
  both.coverage.withoutSample += right.coverage.withoutSample;
  return both;
}

MatrixF sampleVolumes(const SurfaceSampling& sampling, const ConstMatrixRefF& volumes, int threads,
                      const Job& job) {
  require(volumes.cols() == sampling.grid.voxelCount(), ErrorCode::BadShape, [&] {
    return "the volumes have " + textOf(volumes.cols()) + " voxels, the surface was laid into " +
           sizeText(sampling.grid) + " = " + textOf(sampling.grid.voxelCount());
  });
  MatrixF sampled(volumes.rows(), sampling.vertexCount());
  const Index perVolume = blockCountOf(sampling.vertexCount()), blocks = perVolume * volumes.rows();
  parallelFor(blocks, threads, [&](Index block) {
    job.checkpoint(double(block) / double(blocks), "sampling volumes on the surface");
    const Index time = block / perVolume, first = block % perVolume * kBlockVertices;
    sampleVertices(sampling, volumes.row(time).data(), first,
                   std::min(sampling.vertexCount(), first + kBlockVertices), sampled.row(time).data());
  });
  return sampled;
}

MatrixF sampleImage(const SurfaceSampling& sampling, const std::filesystem::path& file, int threads,
                    const Job& job) {
  ImageReader reader(file);
  requireSameGrid(sampling.grid, "the volume the surface was laid into", gridOf(reader.info()),
                  file.string());
  const Index times = Index(reader.info().volumeCount());
  MatrixF sampled(times, sampling.vertexCount());
  MatrixF volume(1, sampling.grid.voxelCount());
  for (Index time = 0; time < times; ++time) {
    job.checkpoint(double(time) / double(times), "sampling volumes on the surface");
    reader.read(std::span<float>(volume.data(), std::size_t(volume.size())));
    sampled.row(time) = sampleVolumes(sampling, volume, threads, {});
  }
  return sampled;
}

}  // namespace cortexscope
