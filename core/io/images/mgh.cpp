// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/mgh.h"

#include <Eigen/LU>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/byte_reader.h"

namespace cortexscope::mgh {
namespace {

constexpr std::int32_t kVersion = 1;
constexpr std::size_t kTypePlace = 20;

std::optional<NumberType> numberType(std::int32_t code) {
  switch (code) {
    case 0:
      return NumberType::UInt8;
    case 1:
      return NumberType::Int32;
    case 3:
      return NumberType::Float32;
    case 4:
      return NumberType::Int16;
    case 10:
      return NumberType::UInt16;
    default:
      return std::nullopt;
  }
}

/// Spacing, directions and centre; without them the format's own default: coronal slices of 1 mm round the
/// origin.
struct Geometry {
  Eigen::Vector3d spacing{1, 1, 1};
  Eigen::Matrix3d directions = (Eigen::Matrix3d() << -1, 0, 0, 0, 0, 1, 0, -1, 0).finished();
  Eigen::Vector3d centreMm{0, 0, 0};
};

Geometry readGeometry(ByteReader& reader) {
  Geometry geometry;
  const auto next = [&] { return static_cast<double>(reader.number<float>("the orientation")); };
  for (double& size : geometry.spacing) size = next();
  for (int axis = 0; axis < 3; ++axis)
    for (int row = 0; row < 3; ++row) geometry.directions(row, axis) = next();
  for (double& place : geometry.centreMm) place = next();
  return geometry;
}

void place(const Geometry& geometry, const std::string& file, Header& header) {
  const Eigen::Vector3d middle{static_cast<double>(header.size[0]) / 2,
                               static_cast<double>(header.size[1]) / 2,
                               static_cast<double>(header.size[2]) / 2};
  const Eigen::Matrix3d step = geometry.directions * geometry.spacing.asDiagonal();
  header.mmFromVoxel.topLeftCorner<3, 3>() = step;
  header.mmFromVoxel.topRightCorner<3, 1>() = geometry.centreMm - step * middle;
  if (!header.mmFromVoxel.allFinite() || std::abs(step.determinant()) < 1e-12)
    header.warnings.push_back(
        file +
        ": its orientation or voxel sizes are zero or not finite, so its voxels have no "
        "place in space");
}

}  // namespace

bool isHeader(std::string_view start) {
  return start.size() >= kTypePlace + 4 &&
         numberAt<std::int32_t>(start.data(), std::endian::big) == kVersion &&
         numberType(numberAt<std::int32_t>(start.data() + kTypePlace, std::endian::big)).has_value();
}

Header parseHeader(std::string_view start, const std::string& file) {
  ByteReader reader(start, std::endian::big, file);
  const auto version = reader.number<std::int32_t>("the version");
  require(version == kVersion, ErrorCode::BadFile,
          [&] { return file + ": its version is " + textOf(version) + "; MGH files have 1"; });
  Header header;
  static constexpr const char* kNames[] = {"width", "height", "depth", "number of frames"};
  for (std::size_t d = 0; d < 4; ++d) {
    header.size[d] = reader.number<std::int32_t>(kNames[d]);
    require(header.size[d] > 0, ErrorCode::BadFile, [&] {
      return file + ": its " + kNames[d] + " is " + textOf(header.size[d]) + ", not a positive number";
    });
  }
  const auto code = reader.number<std::int32_t>("the type");
  const auto type = numberType(code);
  require(type.has_value(), ErrorCode::Unsupported, [&] {
    return file + ": its type is " + textOf(code) + "; 0, 1, 3, 4 and 10 (plain numbers) are read";
  });
  header.numbers = {*type, std::endian::big};
  checkedCount(header.size, bytesPerNumber(*type), file);
  reader.number<std::int32_t>("the degrees of freedom");
  const bool placed = reader.number<std::int16_t>("the mark of a valid orientation") != 0;
  const Geometry stored = readGeometry(reader);
  if (!placed)
    header.warnings.push_back(file + ": says no orientation; FreeSurfer's default (coronal, 1 mm) was used");
  place(placed ? stored : Geometry(), file, header);
  reader.bytes(kHeaderBytes - reader.position(), "the header");
  return header;
}

}  // namespace cortexscope::mgh
