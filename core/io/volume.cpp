#include "io/volume.h"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cortex/geometry.h"
#include "io/formats/nifti.h"
#include "io/gzip.h"

namespace cortexscope {
namespace {

constexpr std::int64_t kMostVoxels = std::int64_t{1} << 27;
constexpr std::size_t kBlockVoxels = std::size_t{1} << 16;

void checkSizes(const nifti::Header& header, const UnpackingReader& reader, const std::string& name) {
  const std::int64_t voxels = header.voxelsPerVolume();
  require(voxels <= kMostVoxels, ErrorCode::Unsupported, [&] {
    return name + ": one volume has " + std::to_string(voxels) + " voxels; at most " +
           std::to_string(kMostVoxels) + " are read";
  });
  const auto claimed = static_cast<std::uint64_t>(header.dataStart) +
                       static_cast<std::uint64_t>(voxels * header.volumeCount()) *
                           static_cast<std::uint64_t>(header.bytesPerVoxel);
  require(claimed <= reader.largestUnpackedSize(), ErrorCode::BadFile, [&] {
    return name + ": its header claims " + std::to_string(header.size[0]) + " x " +
           std::to_string(header.size[1]) + " x " + std::to_string(header.size[2]) + " x " +
           std::to_string(header.volumeCount()) + " voxels, " + std::to_string(claimed) +
           " bytes with the header; the file has " + std::to_string(reader.fileSize()) +
           (reader.packed() ? " compressed bytes" : " bytes");
  });
}

void skip(UnpackingReader& reader, std::int64_t bytes, const std::string& name) {
  std::string block(kBlockVoxels, '\0');
  while (bytes > 0) {
    const auto wanted = std::min(block.size(), static_cast<std::size_t>(bytes));
    require(reader.read({block.data(), wanted}) == wanted, ErrorCode::BadFile,
            [&] { return name + ": ends before vox_offset, the place where its voxels should start"; });
    bytes -= static_cast<std::int64_t>(wanted);
  }
}

std::vector<float> readVoxels(UnpackingReader& reader, const nifti::Header& header, const std::string& name) {
  const auto count = static_cast<std::size_t>(header.voxelsPerVolume());
  const auto voxelBytes = static_cast<std::size_t>(header.bytesPerVoxel);
  std::vector<float> values(count);
  std::string block(kBlockVoxels * voxelBytes, '\0');
  for (std::size_t first = 0; first < count; first += kBlockVoxels) {
    const std::size_t voxels = std::min(kBlockVoxels, count - first);
    const std::size_t got = reader.read({block.data(), voxels * voxelBytes});
    require(got == voxels * voxelBytes, ErrorCode::BadFile, [&] {
      return name + ": ends inside the voxels: its header claims " + std::to_string(count) + " per volume, " +
             std::to_string(first + got / voxelBytes) + " are there";
    });
    nifti::convert(header, block.data(), voxels, values.data() + first);
  }
  return values;
}

}  // namespace

Volume readNifti(const std::filesystem::path& file) {
  const std::string name = file.string();
  UnpackingReader reader(file);
  std::string start(nifti::kHeaderBytes2, '\0');
  start.resize(reader.read(start));
  nifti::Header header = nifti::parseHeader(start, name);
  checkSizes(header, reader, name);

  // Bytes of the start that belong to the voxels already are read again by a fresh reader: simpler than
  // keeping them.
  UnpackingReader voxels(file);
  skip(voxels, header.dataStart, name);
  Volume volume;
  volume.size = {header.size[0], header.size[1], header.size[2]};
  volume.mmFromVoxel = header.mmFromVoxel;
  volume.values = readVoxels(voxels, header, name);
  volume.warnings = std::move(header.warnings);
  char beyond = 0;
  if (header.volumeCount() == 1 && voxels.read({&beyond, 1}) == 1)
    volume.warnings.push_back(name + ": has more bytes than its header declares; they were not read");
  return volume;
}

std::vector<std::int32_t> sampleLabels(const Volume& labels, const Surface& surface, double depthMm,
                                       double stepMm) {
  require(depthMm >= 0 && stepMm > 0 && depthMm / stepMm < 1e4, ErrorCode::BadValue, [&] {
    return "labels are sampled from 0 to " + std::to_string(depthMm) + " mm in steps of " +
           std::to_string(stepMm) +
           " mm: the depth must not be negative, the step must be positive and not tiny";
  });
  require(labels.mmFromVoxel.allFinite() && labels.mmFromVoxel.determinant() != 0, ErrorCode::BadValue,
          "the volume's transform from voxels to mm cannot be inverted");
  const Eigen::Matrix4d voxelFromMm = labels.mmFromVoxel.inverse();
  const Points normals = vertexNormals(surface);
  const auto stepCount = static_cast<int>(std::floor(depthMm / stepMm + 1e-9));
  std::vector<std::int32_t> found(static_cast<std::size_t>(surface.vertexCount()), 0);
  for (Index v = 0; v < surface.vertexCount(); ++v)
    for (int step = 0; step <= stepCount && found[static_cast<std::size_t>(v)] == 0; ++step) {
      const Eigen::Vector3d mm = (surface.points.row(v) - normals.row(v) * static_cast<float>(step * stepMm))
                                     .transpose()
                                     .cast<double>();
      const Eigen::Vector3d voxel = (voxelFromMm * mm.homogeneous()).head<3>().array().round();
      const auto size =
          Eigen::Array3d(static_cast<double>(labels.size[0]), static_cast<double>(labels.size[1]),
                         static_cast<double>(labels.size[2]));
      if (!((voxel.array() >= 0).all() && (voxel.array() < size).all())) continue;
      const float label =
          labels.at(static_cast<Index>(voxel[0]), static_cast<Index>(voxel[1]), static_cast<Index>(voxel[2]));
      if (std::isfinite(label))
        found[static_cast<std::size_t>(v)] = static_cast<std::int32_t>(std::lround(label));
    }
  return found;
}

}  // namespace cortexscope
