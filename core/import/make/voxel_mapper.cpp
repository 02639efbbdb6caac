// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/voxel_mapper.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "io/arrays/array_file.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// Beyond it float32, as which arrays are read, skips whole numbers.
constexpr std::size_t kMostWeights = std::size_t{1} << 24;
constexpr const char* kMapper = "voxel_to_fsaverage";

[[noreturn]] void fail(const fs::path& file, const std::string& array, const std::string& what) {
  throw Error(ErrorCode::BadFile, file.string() + ", \"" + kMapper + array + "\": " + what);
}

std::vector<float> valuesOf(const fs::path& file, const std::string& array, const Job& job) {
  return readNumberArray(file, kMapper + array, job).values;
}

/// An array of whole numbers from 0 to `largest`.
std::vector<int> wholeNumbers(const fs::path& file, const std::string& array, Index largest, const Job& job) {
  std::vector<int> numbers;
  for (const float value : valuesOf(file, array, job)) {
    if (!(value >= 0 && double(value) <= double(largest) && std::floor(value) == value))
      fail(file, array,
           "has the value " + textOf(value) + " in place " + textOf(numbers.size()) +
               "; whole numbers from 0 to " + textOf(largest) + " are expected");
    numbers.push_back(int(value));
  }
  return numbers;
}

struct MapperSize {
  Index vertices = 0, voxels = 0;
};

MapperSize sizeOf(const fs::path& file, const Job& job) {
  const std::vector<int> shape = wholeNumbers(file, "_shape", Index(kMostWeights), job);
  if (shape.size() != 2 || shape[0] < 2 || shape[0] % 2 != 0 || shape[1] < 1)
    fail(file, "_shape", "two numbers are expected: vertices of two equal hemispheres, and voxels");
  return {shape[0], shape[1]};
}

}  // namespace

Index mappedVertices(const fs::path& file, const Job& job) {
  return sizeOf(file, job).vertices;
}

VoxelMapper readVoxelMapper(const fs::path& file, const Job& job) {
  const MapperSize size = sizeOf(file, job);
  const std::vector<float> weights = valuesOf(file, "_data", job);
  require(weights.size() <= kMostWeights, ErrorCode::Unsupported, [&] {
    return file.string() + ": its mapper has " + textOf(weights.size()) + " weights; at most " +
           textOf(kMostWeights) + " are read";
  });
  const std::vector<int> voxels = wholeNumbers(file, "_indices", size.voxels - 1, job);
  const std::vector<int> starts = wholeNumbers(file, "_indptr", Index(weights.size()), job);
  if (voxels.size() != weights.size())
    fail(file, "_indices",
         "has " + textOf(voxels.size()) + " numbers, the data have " + textOf(weights.size()));
  if (std::ssize(starts) != size.vertices + 1 || starts.front() != 0 ||
      std::size_t(starts.back()) != weights.size() || !std::is_sorted(starts.begin(), starts.end()))
    fail(file, "_indptr",
         textOf(size.vertices + 1) + " rising numbers from 0 to " + textOf(weights.size()) + " are expected");
  std::vector<Eigen::Triplet<float>> entries;
  entries.reserve(weights.size());
  for (std::size_t vertex = 0; vertex + 1 < starts.size(); ++vertex)
    for (auto i = std::size_t(starts[vertex]); i < std::size_t(starts[vertex + 1]); ++i)
      entries.emplace_back(int(vertex), voxels[i], weights[i]);
  VoxelMapper mapper(size.vertices, size.voxels);
  mapper.setFromTriplets(entries.begin(), entries.end());
  return mapper;
}

MatrixF onVertices(const VoxelMapper& mapper, const MatrixF& voxels) {
  require(voxels.cols() == mapper.cols(), ErrorCode::BadShape, [&] {
    return "the responses have " + textOf(voxels.cols()) + " voxels, the mapper has " + textOf(mapper.cols());
  });
  const MatrixF turned = voxels.transpose();
  const MatrixF mapped = mapper * turned;
  MatrixF values = mapped.transpose();
  for (Index vertex = 0; vertex < mapper.rows(); ++vertex)
    if (mapper.outerIndexPtr()[vertex] == mapper.outerIndexPtr()[vertex + 1])
      values.col(vertex).setConstant(std::numeric_limits<float>::quiet_NaN());
  return values;
}

}  // namespace cortexscope::importing
