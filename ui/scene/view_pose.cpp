// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/view_pose.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <numbers>

namespace cortexscope {
namespace {

using Eigen::Matrix3f;
using Eigen::Vector3f;

/// Smallest box around turned points, in view space.
Eigen::AlignedBox3f turnedBox(const Points& points, const Matrix3f& rotation) {
  Eigen::AlignedBox3f box;
  for (Index i = 0; i < points.rows(); ++i) box.extend(rotation * points.row(i).transpose());
  return box;
}

/// Moves everything shown around the origin and notes how much room it takes.
void centre(BrainPose& pose, const Eigen::AlignedBox3f& shown) {
  const Vector3f middle = shown.center();
  pose.left.translation -= middle;
  pose.right.translation -= middle;
  pose.widthMm = std::max(shown.sizes().x(), 1.0f);
  pose.heightMm = std::max(shown.sizes().y(), 1.0f);
  pose.depthMm = std::max(shown.sizes().z(), 1.0f) / 2 + 1.0f;
}

Matrix3f rows(const Vector3f& right, const Vector3f& up, const Vector3f& towardsViewer) {
  Matrix3f rotation;
  rotation << right.transpose(), up.transpose(), towardsViewer.transpose();
  return rotation;
}

BrainPose poseMirrored(const Points& left, const Points& right, const Matrix3f& rotation, float gapMm) {
  BrainPose pose;
  pose.left.rotation = rotation;
  pose.right.rotation = mirrored(rotation);
  Eigen::AlignedBox3f leftBox = turnedBox(left, pose.left.rotation);
  Eigen::AlignedBox3f rightBox = turnedBox(right, pose.right.rotation);
  const Vector3f leftMove(-gapMm / 2 - leftBox.max().x(), -leftBox.center().y(), -leftBox.center().z());
  const Vector3f rightMove(gapMm / 2 - rightBox.min().x(), -rightBox.center().y(), -rightBox.center().z());
  pose.left.translation = leftMove;
  pose.right.translation = rightMove;
  centre(pose, leftBox.translate(leftMove).merged(rightBox.translate(rightMove)));
  return pose;
}

BrainPose poseTogether(const Points& left, const Points& right, const Matrix3f& rotation, float gapMm) {
  BrainPose pose;
  pose.left.rotation = pose.right.rotation = rotation;
  const float leftMost = left.rows() > 0 ? left.col(0).maxCoeff() : 0.0f;
  const float rightLeast = right.rows() > 0 ? right.col(0).minCoeff() : 0.0f;
  // Anatomical hemispheres already stand apart or nearly so: only ever move them outwards.
  const float move = std::max((leftMost - rightLeast + gapMm) / 2, 0.0f);
  pose.left.translation = rotation * Vector3f(-move, 0, 0);
  pose.right.translation = rotation * Vector3f(move, 0, 0);
  Eigen::AlignedBox3f leftBox = turnedBox(left, rotation);
  Eigen::AlignedBox3f rightBox = turnedBox(right, rotation);
  centre(pose, leftBox.translate(pose.left.translation).merged(rightBox.translate(pose.right.translation)));
  return pose;
}

}  // namespace

Arrangement arrangementOf(View view, ShownHemispheres shown) {
  const bool fromTheSide = view == View::Lateral || view == View::Medial;
  return fromTheSide || shown != ShownHemispheres::Both ? Arrangement::Mirrored : Arrangement::Together;
}

Matrix3f rotationFor(View view) {
  const Vector3f right = Vector3f::UnitX(), front = Vector3f::UnitY(), up = Vector3f::UnitZ();
  switch (view) {
    case View::Lateral:
      return rows(-front, up, -right);
    case View::Medial:
      return rows(front, up, right);
    case View::Dorsal:
      return rows(right, front, up);
    case View::Ventral:
      return rows(-right, front, -up);
    case View::Anterior:
      return rows(-right, up, front);
    case View::Posterior:
      return rows(right, up, -front);
  }
  return Matrix3f::Identity();
}

Matrix3f mirrored(const Matrix3f& rotation) {
  const Vector3f mirror(-1, 1, 1);
  return mirror.asDiagonal() * rotation * mirror.asDiagonal();
}

Matrix3f screenTurn(float rightDeg, float upDeg) {
  constexpr float kRadPerDeg = std::numbers::pi_v<float> / 180.0f;
  return (Eigen::AngleAxisf(rightDeg * kRadPerDeg, Vector3f::UnitY()) *
          Eigen::AngleAxisf(-upDeg * kRadPerDeg, Vector3f::UnitX()))
      .toRotationMatrix();
}

BrainPose poseBrain(const Points& left, const Points& right, const Matrix3f& rotation, ShownHemispheres shown,
                    Arrangement arrangement, float gapMm) {
  if (shown == ShownHemispheres::Both)
    return arrangement == Arrangement::Mirrored ? poseMirrored(left, right, rotation, gapMm)
                                                : poseTogether(left, right, rotation, gapMm);
  BrainPose pose;
  pose.left.rotation = rotation;
  pose.right.rotation = mirrored(rotation);
  centre(pose, shown == ShownHemispheres::Left ? turnedBox(left, pose.left.rotation)
                                               : turnedBox(right, pose.right.rotation));
  return pose;
}

}  // namespace cortexscope
