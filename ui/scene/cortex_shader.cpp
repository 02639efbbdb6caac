// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/cortex_shader.h"

#include <vtkActor.h>
#include <vtkShaderProperty.h>
#include <vtkUniforms.h>

#include <algorithm>

namespace cortexscope {
namespace {

constexpr const char* kVertexDeclarations = R"(
in float valueNow;
in float valueNext;
in float foldDepth;
in float shownShare;
out float valueVS;
out float depthVS;
out float shownVS;
)";

constexpr const char* kVertexBody = R"(
  valueVS = mix(valueNow, valueNext, blendToNext);
  depthVS = foldDepth;
  shownVS = shownShare;
)";

constexpr const char* kFragmentDeclarations = R"(
in float valueVS;
in float depthVS;
in float shownVS;

float visibility(float value)
{
  if (abs(value) > 1.0e20) return 0.0;
  float size = signedScale > 0 ? abs(value) : max(value - scaleLimits.x, 0.0);
  if (size >= threshold) return colorOpacity;
  float part = size / threshold;
  if (fadeBelow > 0) return colorOpacity * part * part;
  // One pixel of transition keeps the edge from crawling.
  float edge = max(fwidth(size), 1.0e-12);
  return colorOpacity * smoothstep(threshold - edge, threshold, size);
}

vec3 mapColor(float value)
{
  float place = clamp((value - scaleLimits.x) / (scaleLimits.y - scaleLimits.x), 0.0, 1.0) * 63.0;
  int below = min(int(place), 62);
  return mix(colorTable[below], colorTable[below + 1], place - float(below));
}
)";

// Light from the viewer's upper left, soft (it also reaches around the edge), and a dark rim that sets the
// brain off from the paper. Colours keep their hue: light only scales them.
constexpr const char* kFragmentBody = R"(
  float fold = smoothstep(-0.25, 0.25, depthVS);
  vec3 surface = vec3(mix(greys.x, greys.y, fold));
  // Between a shown and a masked vertex the colour ends half-way, softly: whole triangles would look like teeth.
  float shown = visibility(valueVS) * smoothstep(0.3, 0.7, shownVS);
  surface = mix(surface, mapColor(valueVS), shown);
  vec3 facing = normalize(normalVCVSOutput);
  float key = dot(facing, normalize(vec3(-0.35, 0.55, 0.75)));
  float soft = 0.5 + 0.5 * key;
  float rim = smoothstep(0.0, 0.55, facing.z);
  float light = (0.50 + 0.54 * soft) * mix(0.62, 1.0, rim);
  gl_FragData[0] = vec4(clamp(surface * light, 0.0, 1.0), 1.0);
)";

}  // namespace

void installCortexShader(vtkActor* actor) {
  vtkShaderProperty* shader = actor->GetShaderProperty();
  const auto declare = [](const char* text) { return std::string("//VTK::TCoord::Dec\n") + text; };
  const auto run = [](const char* text) { return std::string("//VTK::TCoord::Impl\n") + text; };
  shader->AddVertexShaderReplacement("//VTK::TCoord::Dec", true, declare(kVertexDeclarations), false);
  shader->AddVertexShaderReplacement("//VTK::TCoord::Impl", true, run(kVertexBody), false);
  shader->AddFragmentShaderReplacement("//VTK::TCoord::Dec", true, declare(kFragmentDeclarations), false);
  shader->AddFragmentShaderReplacement("//VTK::Light::Impl", true, kFragmentBody, false);
  setShaderScale(actor, ColorScale{});
  setShaderUnderlay(actor, Underlay{});
  setShaderBlend(actor, 0.0f);
}

void setShaderScale(vtkActor* actor, const ColorScale& scale) {
  vtkUniforms* uniforms = actor->GetShaderProperty()->GetFragmentCustomUniforms();
  const std::array<Color, kColorCount>& colors = colorsOf(scale.map);
  float table[kColorCount][3];
  for (std::size_t i = 0; i < colors.size(); ++i) std::copy(colors[i].begin(), colors[i].end(), table[i]);
  uniforms->SetUniform3fv("colorTable", kColorCount, table);
  const float limits[2] = {scale.low, scale.high};
  uniforms->SetUniform2f("scaleLimits", limits);
  uniforms->SetUniformf("threshold", scale.threshold);
  uniforms->SetUniformf("colorOpacity", scale.opacity);
  uniforms->SetUniformi("signedScale", scale.isSigned() ? 1 : 0);
  uniforms->SetUniformi("fadeBelow", scale.belowThreshold == BelowThreshold::Fade ? 1 : 0);
}

void setShaderUnderlay(vtkActor* actor, const Underlay& underlay) {
  const float greys[2] = {underlay.gyrus, underlay.sulcus};
  actor->GetShaderProperty()->GetFragmentCustomUniforms()->SetUniform2f("greys", greys);
}

void setShaderBlend(vtkActor* actor, float towardsNext) {
  actor->GetShaderProperty()->GetVertexCustomUniforms()->SetUniformf("blendToNext", towardsNext);
}

}  // namespace cortexscope
