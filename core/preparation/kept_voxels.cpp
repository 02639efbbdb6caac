// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/kept_voxels.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "io/arrays/npz.h"

namespace cortexscope {
namespace {

constexpr double kLeastSum = 1e-3;      ///< of a row that is scaled to 1
constexpr double kSumTolerance = 1e-3;  ///< of a row that was
constexpr std::int64_t kMostKept = std::numeric_limits<std::int32_t>::max();
constexpr const char *kVoxels = "voxels", *kGrid = "grid", *kTransform = "mm_from_voxel";

double sumOf(const SparseRows& matrix, Index row) {
  double sum = 0;
  for (SparseRows::InnerIterator weight(matrix, row); weight; ++weight) sum += double(weight.value());
  return sum;
}

/// Rows scaled to sum to 1, without what is 0; those that hardly sum to anything become empty.
void scaleRows(SparseRows& matrix) {
  for (Index row = 0; row < matrix.rows(); ++row) {
    const double sum = sumOf(matrix, row), scale = sum >= kLeastSum ? 1 / sum : 0;
    for (SparseRows::InnerIterator weight(matrix, row); weight; ++weight)
      weight.valueRef() = float(double(weight.value()) * scale);
  }
  matrix.prune([](Index, Index, float weight) { return weight != 0; });
}

KeptVoxels::Places placesIn(const NpzReader& reader, Index voxelCount) {
  const auto fail = [&](const char* array, const std::string& what) {
    throw Error(ErrorCode::BadFile, reader.file().string() + ", \"" + array + "\": " + what);
  };
  KeptVoxels::Places places;
  const std::vector<std::int64_t> size = reader.wholeNumbers(kGrid, kMostKept);
  if (size.size() != 3 || *std::min_element(size.begin(), size.end()) < 1 ||
      size[0] > kMostKept / size[1] / size[2])
    fail(kGrid, "three numbers above 0 are expected, of together at most " + textOf(kMostKept) + " voxels");
  std::copy(size.begin(), size.end(), places.grid.size.begin());
  const MatrixD transform = reader.numbers(kTransform);
  if (transform.rows() != 4 || transform.cols() != 4 || !transform.allFinite() ||
      transform.row(3) != Eigen::RowVector4d(0, 0, 0, 1) ||
      transform.topLeftCorner<3, 3>().determinant() == 0)
    fail(kTransform, "a transform from voxels to mm (4 x 4) that can be inverted is expected");
  places.grid.mmFromVoxel = transform;
  places.index = reader.wholeNumbers(kVoxels, places.grid.voxelCount() - 1);
  if (std::ssize(places.index) != voxelCount)
    fail(kVoxels, "has " + textOf(places.index.size()) + " voxels, the matrix " + textOf(voxelCount));
  if (std::adjacent_find(places.index.begin(), places.index.end(), std::greater_equal<>()) !=
      places.index.end())
    fail(kVoxels, "its numbers do not rise");
  return places;
}

}  // namespace

Index KeptVoxels::vertexCountWithout() const {
  Index without = 0;
  for (Index vertex = 0; vertex < means.rows(); ++vertex)
    without += !SparseRows::InnerIterator(means, vertex);
  return without;
}

KeptVoxels keptVoxels(const SurfaceSampling& sampling) {
  std::vector<std::int64_t> index(sampling.voxels.begin(), sampling.voxels.end());
  std::sort(index.begin(), index.end());
  index.erase(std::unique(index.begin(), index.end()), index.end());
  std::vector<Eigen::Triplet<float>> weights;
  weights.reserve(sampling.weights.size());
  for (Index vertex = 0; vertex < sampling.vertexCount(); ++vertex)
    for (Index i = sampling.offsets[std::size_t(vertex)]; i < sampling.offsets[std::size_t(vertex) + 1];
         ++i) {
      const auto column =
          std::lower_bound(index.begin(), index.end(), sampling.voxels[std::size_t(i)]) - index.begin();
      weights.emplace_back(int(vertex), int(column), sampling.weights[std::size_t(i)]);
    }
  KeptVoxels kept{SparseRows(sampling.vertexCount(), std::ssize(index))};
  kept.means.setFromTriplets(weights.begin(), weights.end());
  kept.places = {sampling.grid, std::move(index)};
  return kept;
}

KeptVoxels keptVoxels(const SparseRows& mapper) {
  for (Index row = 0; row < mapper.rows(); ++row)
    for (SparseRows::InnerIterator weight(mapper, row); weight; ++weight)
      require(std::isfinite(weight.value()), ErrorCode::BadValue, [&] {
        return "the mapper's weight of voxel " + textOf(weight.col()) + " in vertex " + textOf(row) +
               " is not finite";
      });
  KeptVoxels kept{mapper};
  scaleRows(kept.means);
  return kept;
}

void leaveOutOfMeans(KeptVoxels& kept, const std::vector<bool>& without) {
  require(std::ssize(without) == kept.voxelCount(), ErrorCode::BadShape, [&] {
    return textOf(without.size()) + " voxels are marked, " + textOf(kept.voxelCount()) + " are kept";
  });
  if (std::none_of(without.begin(), without.end(), [](bool marked) { return marked; })) return;
  kept.means.prune([&](Index, Index voxel, float) { return !without[std::size_t(voxel)]; });
  scaleRows(kept.means);
}

MatrixF readVoxels(const KeptVoxels& kept, const std::filesystem::path& file, const Job& job) {
  require(kept.places.has_value(), ErrorCode::BadShape,
          [&] { return file.string() + ": is a volume; the voxels that are kept came with a mapper"; });
  const KeptVoxels::Places& places = *kept.places;
  ImageReader reader(file);
  requireSameGrid(places.grid, "the volume whose voxels are kept", gridOf(reader.info()), file.string());
  const Index times = Index(reader.info().volumeCount());
  MatrixF values(times, std::ssize(places.index));
  std::vector<float> volume(std::size_t(places.grid.voxelCount()));
  for (Index time = 0; time < times; ++time) {
    job.checkpoint(double(time) / double(times), "reading voxels");
    reader.read(std::span<float>(volume));
    for (Index i = 0; i < values.cols(); ++i)
      values(time, i) = volume[std::size_t(places.index[std::size_t(i)])];
  }
  return values;
}

void writeKeptVoxels(const std::filesystem::path& file, const KeptVoxels& kept) {
  NpzWriter writer;
  addSparseRows(writer, kept.means);
  if (kept.places) {
    writer.add(kVoxels, std::span<const std::int64_t>(kept.places->index));
    const std::vector<std::int64_t> size(kept.places->grid.size.begin(), kept.places->grid.size.end());
    writer.add(kGrid, std::span<const std::int64_t>(size));
    writer.add(kTransform, MatrixD(kept.places->grid.mmFromVoxel));
  }
  writer.write(file);
}

KeptVoxels readKeptVoxels(const std::filesystem::path& file) {
  const NpzReader reader(file);
  KeptVoxels kept{sparseRowsIn(reader)};
  for (Index vertex = 0; vertex < kept.vertexCount(); ++vertex) {
    if (!SparseRows::InnerIterator(kept.means, vertex)) continue;
    const double sum = sumOf(kept.means, vertex);
    require(std::abs(sum - 1) <= kSumTolerance, ErrorCode::BadFile, [&] {
      return file.string() + ": the weights of vertex " + textOf(vertex) + " sum to " + textOf(sum) +
             "; a mean needs 1";
    });
  }
  if (reader.has(kVoxels) || reader.has(kGrid) || reader.has(kTransform))
    kept.places = placesIn(reader, kept.voxelCount());
  return kept;
}

}  // namespace cortexscope
