// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scene/color_scale.h"

class vtkActor;

namespace cortexscope {

/// Names of the vertex attributes that the shader reads.
inline constexpr const char* kValueNowAttribute = "valueNow";
inline constexpr const char* kValueNextAttribute = "valueNext";
inline constexpr const char* kDepthAttribute = "foldDepth";
inline constexpr const char* kMaskAttribute = "shownShare";  ///< 1 = values are shown, 0 = the underlay alone

/// Stands for "no value" in the vertex arrays: NaN is not safe on every graphics driver. A triangle with one
/// such corner shows the underlay alone.
inline constexpr float kNoValue = 1e30f;

/// The two greys beneath the colours.
struct Underlay {
  float gyrus = 0.80f;
  float sulcus = 0.58f;
};

/// Makes an actor's surface coloured by its value attributes. Called once per actor, before the first
/// drawing.
void installCortexShader(vtkActor* actor);
void setShaderScale(vtkActor* actor, const ColorScale& scale);
void setShaderUnderlay(vtkActor* actor, const Underlay& underlay);
/// 0 shows the values now, 1 the next ones.
void setShaderBlend(vtkActor* actor, float towardsNext);

}  // namespace cortexscope
