// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/LU>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "io/images/nifti.h"
#include "io/images/nifti_fields.h"

namespace cortexscope::nifti {
namespace {

/// Names of the form codes, in order.
constexpr const char* kSpaces[] = {"", "scanner", "aligned", "Talairach", "MNI152", "template"};

bool invertible(const Eigen::Matrix4d& transform) {
  return transform.allFinite() && std::abs(transform.topLeftCorner<3, 3>().determinant()) > 1e-12;
}

Eigen::Matrix3d rotation(double b, double c, double d) {
  const double rest = 1 - (b * b + c * c + d * d);
  const double length =
      rest < 0 ? std::sqrt(1 - rest) : 1;  // a quaternion longer than 1 is a turn by 180 degrees
  b /= length, c /= length, d /= length;
  const double a = rest < 0 ? 0 : std::sqrt(rest);
  Eigen::Matrix3d r;
  r << a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c),  //
      2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b),   //
      2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b;
  return r;
}

Eigen::Vector3d voxelSizesMm(const Fields& fields) {
  return {std::abs(fields.pixdim(1)), std::abs(fields.pixdim(2)), std::abs(fields.pixdim(3))};
}

std::optional<Eigen::Matrix4d> sformOf(const Fields& fields) {
  if (fields.sformCode() <= 0) return std::nullopt;
  Eigen::Matrix4d transform = Eigen::Matrix4d::Identity();
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t col = 0; col < 4; ++col)
      transform(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(col)) = fields.sform(row, col);
  return transform;
}

std::optional<Eigen::Matrix4d> qformOf(const Fields& fields) {
  if (fields.qformCode() <= 0) return std::nullopt;
  Eigen::Vector3d sizes = voxelSizesMm(fields);
  if (fields.pixdim(0) < 0) sizes[2] = -sizes[2];
  Eigen::Matrix4d transform = Eigen::Matrix4d::Identity();
  transform.topLeftCorner<3, 3>() =
      rotation(fields.quaternion(0), fields.quaternion(1), fields.quaternion(2)) * sizes.asDiagonal();
  for (std::size_t row = 0; row < 3; ++row) transform(static_cast<Eigen::Index>(row), 3) = fields.offset(row);
  return transform;
}

struct Form {
  std::optional<Eigen::Matrix4d> transform;
  int code;
};

/// What the code names, with a word about codes that the format does not know and quaternions that are too
/// long.
std::string spaceName(int code, const std::string& file, Header& header) {
  if (code >= 1 && code <= 5) return kSpaces[code];
  header.warnings.push_back(file + ": its form code is " + textOf(code) + ", which names no known space");
  return {};
}

void warnOfLongQuaternion(const Fields& fields, const std::string& file, Header& header) {
  double squared = 0;
  for (std::size_t i = 0; i < 3; ++i) squared += fields.quaternion(i) * fields.quaternion(i);
  if (squared > 1 + 1e-5)
    header.warnings.push_back(file + ": its quaternion is longer than 1; the nearest rotation was used");
}

}  // namespace

void readSpace(std::string_view start, const std::string& file, Header& header) {
  const Fields fields(start, header.version, header.numbers.order);
  bool refused = false;
  for (const Form& form :
       {Form{sformOf(fields), fields.sformCode()}, Form{qformOf(fields), fields.qformCode()}}) {
    if (form.transform && invertible(*form.transform)) {
      header.mmFromVoxel = *form.transform;
      header.space = spaceName(form.code, file, header);
      if (refused)
        header.warnings.push_back(file + ": its sform is singular or not finite; the qform was used");
      if (refused || !sformOf(fields)) warnOfLongQuaternion(fields, file, header);
      return;
    }
    refused = refused || form.transform.has_value();
  }
  Eigen::Matrix4d plain = Eigen::Matrix4d::Identity();
  plain.diagonal().head<3>() = voxelSizesMm(fields);
  require(invertible(plain), ErrorCode::BadFile, [&] {
    return file + ": has no usable transform, and its voxel sizes (pixdim) are " + textOf(fields.pixdim(1)) +
           ", " + textOf(fields.pixdim(2)) + ", " + textOf(fields.pixdim(3));
  });
  header.mmFromVoxel = plain;
  header.warnings.push_back(file + ": says no place in space; its voxel sizes were used");
}

}  // namespace cortexscope::nifti
