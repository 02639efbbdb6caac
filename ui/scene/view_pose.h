// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>

#include "cortex/surface.h"

namespace cortexscope {

enum class View { Lateral, Medial, Dorsal, Ventral, Anterior, Posterior };
enum class ShownHemispheres { Both, Left, Right };

/// How the two hemispheres of a brain stand to each other on screen.
enum class Arrangement {
  Mirrored,  ///< side by side, each turned about its own centre, the right one as the mirror image of the
             ///< left
  Together,  ///< as one brain: turned as a whole, left and right moved apart along the ear-to-ear axis
};
/// Views from the side need Mirrored (one hemisphere would hide the other), the other four show one brain.
Arrangement arrangementOf(View view, ShownHemispheres shown);

/// Turns brain space (mm: x to the right ear, y to the nose, z up) into view space (x right, y up, z to the
/// viewer) for the left hemisphere. Dorsal: nose up. Ventral: nose up, so the right hemisphere is on the
/// left.
Eigen::Matrix3f rotationFor(View view);

/// The mirror image of a rotation: turns a right hemisphere so that it looks like the mirrored left one.
Eigen::Matrix3f mirrored(const Eigen::Matrix3f& rotation);

/// A turn of the scene by an angle about the screen's vertical axis (positive: the front moves right) and
/// about its horizontal axis (positive: the front moves up), in degrees.
Eigen::Matrix3f screenTurn(float rightDeg, float upDeg);

/// view = rotation * brain + translation, both in mm.
struct Pose {
  Eigen::Matrix3f rotation = Eigen::Matrix3f::Identity();
  Eigen::Vector3f translation = Eigen::Vector3f::Zero();

  Eigen::Vector3f toView(const Eigen::Vector3f& brainMm) const { return rotation * brainMm + translation; }
  Eigen::Vector3f toBrain(const Eigen::Vector3f& viewMm) const {
    return rotation.transpose() * (viewMm - translation);
  }
};

/// Poses of both hemispheres and the rectangle (mm, around the origin) that the shown ones fill.
struct BrainPose {
  Pose left, right;
  float widthMm = 1.0f;
  float heightMm = 1.0f;
  float depthMm = 1.0f;  ///< nothing shown is further than this in front of or behind the origin
};

/// Places hemispheres `gapMm` apart, so that their pictures (Mirrored) or themselves (Together) never
/// overlap, and the shown ones around the origin. rotation   of the left hemisphere (Mirrored, or the left
/// alone), of the brain (Together); the right hemisphere
///            alone is turned by its mirror image
BrainPose poseBrain(const Points& left, const Points& right, const Eigen::Matrix3f& rotation,
                    ShownHemispheres shown, Arrangement arrangement, float gapMm);

}  // namespace cortexscope
