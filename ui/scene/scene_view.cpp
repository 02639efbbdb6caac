// SPDX-License-Identifier: GPL-3.0-or-later
// View, drawing and picking of CortexScene.
#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>
#include "scene/scene_state.h"

namespace cortexscope {

void CortexScene::setView(View view) {
  m_state->view = view;
  resetCamera();
}

View CortexScene::view() const {
  return m_state->view;
}

void CortexScene::setShownHemispheres(ShownHemispheres shown) {
  m_state->shown = shown;
  m_state->lookIsStale = true;
  resetCamera();
}

ShownHemispheres CortexScene::shownHemispheres() const {
  return m_state->shown;
}

void CortexScene::setInflation(float inflation) {
  m_state->inflation = std::isfinite(inflation) ? std::clamp(inflation, 0.0f, 1.0f) : 0.0f;
  for (auto& mesh : m_state->shared.meshes)
    if (mesh) mesh->setInflation(m_state->inflation);
  m_state->bordersAreStale = m_state->poseIsStale = m_state->fitIsStale = true;
  changed();
}

float CortexScene::inflation() const {
  return m_state->inflation;
}

void CortexScene::resetCamera() {
  m_state->rotation = rotationFor(m_state->view);
  m_state->zoom = 1;
  m_state->panXMm = m_state->panYMm = 0;
  m_state->poseIsStale = m_state->fitIsStale = true;
  changed();
}

void CortexScene::rotate(float rightDeg, float upDeg, Hemisphere grabbed) {
  State& s = *m_state;
  const bool mirroredPicture = arrangementOf(s.view, s.shown) == Arrangement::Mirrored;
  const Hemisphere moved = s.shown == ShownHemispheres::Both    ? grabbed
                           : s.shown == ShownHemispheres::Right ? Hemisphere::Right
                                                                : Hemisphere::Left;
  const float right = mirroredPicture && moved == Hemisphere::Right ? -rightDeg : rightDeg;
  // Rounding adds up over many small turns; a quaternion brings the matrix back to a rotation.
  s.rotation = Eigen::Quaternionf(screenTurn(right, upDeg) * s.rotation).normalized().toRotationMatrix();
  s.poseIsStale = true;
  changed();
}

void CortexScene::zoom(float factor) {
  if (!std::isfinite(factor) || factor <= 0) return;
  m_state->zoom = std::clamp(m_state->zoom * factor, 0.25f, 40.0f);
  changed();
}

void CortexScene::pan(double rightPx, double upPx) {
  m_state->prepare();
  m_state->panXMm += rightPx * m_state->mmPerPx();
  m_state->panYMm += upPx * m_state->mmPerPx();
  changed();
}

void CortexScene::attach(vtkRenderWindow* window) {
  detach();
  m_state->window = window;
  m_state->addToWindow();
  changed();
}

void CortexScene::detach() {
  m_state->removeFromWindow();
  m_state->window = nullptr;
}

void CortexScene::resize(int widthPx, int heightPx, double pixelRatio) {
  State& s = *m_state;
  if (s.widthPx == widthPx && s.heightPx == heightPx && s.pixelRatio == pixelRatio) return;
  s.widthPx = std::max(widthPx, 1);
  s.heightPx = std::max(heightPx, 1);
  s.pixelRatio = pixelRatio;
  s.layoutIsStale = true;
  changed();
}

void CortexScene::draw() {
  State& s = *m_state;
  if (s.window == nullptr || s.widthPx < 1) return;
  s.prepare();
  for (auto& cell : s.cells)
    for (int side = 0; side < 2; ++side) cell->surface(side).uploadValues();
  s.window->SetSize(s.widthPx, s.heightPx);
  s.window->SetDPI(static_cast<int>(std::lround(72 * s.pixelRatio)));
  s.window->Render();
}

void CortexScene::rebuild() {
  for (auto& cell : m_state->cells)
    for (int side = 0; side < 2; ++side) cell->surface(side).rebuild();
  changed();
}

std::optional<BrainSpot> CortexScene::pick(double xPx, double yPx) const {
  State& s = *m_state;
  s.prepare();
  const int brain = s.cellAt(xPx, yPx);
  if (brain < 0) return std::nullopt;
  const PixelBox& cell = s.layout.cells[static_cast<std::size_t>(brain)];
  const auto x = static_cast<float>((xPx - cell.x - cell.width / 2.0) * s.mmPerPx() - s.panXMm);
  const auto y = static_cast<float>((yPx - cell.y - cell.height / 2.0) * s.mmPerPx() - s.panYMm);
  std::optional<BrainSpot> spot;
  double nearest = 2;
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
    if (!s.isShown(side)) continue;
    const Pose& pose = s.poseOf(side);
    const auto hit = s.shared.meshes[side == Hemisphere::Left ? 0 : 1]->firstHit(
        pose.toBrain({x, y, s.pose.depthMm + 1}), pose.toBrain({x, y, -s.pose.depthMm - 1}));
    if (!hit || hit->fraction >= nearest) continue;
    nearest = hit->fraction;
    spot = BrainSpot{brain, hit->vertex + (side == Hemisphere::Left ? 0 : s.leftCount)};
  }
  return spot;
}

std::optional<std::array<double, 2>> CortexScene::pixelOf(BrainSpot spot) const {
  State& s = *m_state;
  s.prepare();
  if (spot.brain < 0 || spot.brain >= brainCount() || spot.vertex < 0 || spot.vertex >= vertexCount())
    return std::nullopt;
  const Hemisphere side = spot.vertex < s.leftCount ? Hemisphere::Left : Hemisphere::Right;
  if (!s.isShown(side)) return std::nullopt;
  const bool left = side == Hemisphere::Left;
  const Points& points = s.shared.meshes[left ? 0 : 1]->points();
  const Eigen::Vector3f place =
      s.poseOf(side).toView(points.row(spot.vertex - (left ? 0 : s.leftCount)).transpose());
  const PixelBox& cell = s.layout.cells[static_cast<std::size_t>(spot.brain)];
  const std::array pixel{cell.x + cell.width / 2.0 + (place.x() + s.panXMm) / s.mmPerPx(),
                         cell.y + cell.height / 2.0 + (place.y() + s.panYMm) / s.mmPerPx()};
  if (!cell.contains(pixel[0], pixel[1])) return std::nullopt;
  return pixel;
}

Hemisphere CortexScene::sideAt(double xPx, double yPx) const {
  State& s = *m_state;
  s.prepare();
  if (s.shown != ShownHemispheres::Both)
    return s.isShown(Hemisphere::Left) ? Hemisphere::Left : Hemisphere::Right;
  const int brain = s.cellAt(xPx, yPx);
  if (brain < 0) return Hemisphere::Left;
  const PixelBox& cell = s.layout.cells[static_cast<std::size_t>(brain)];
  const double x = xPx - cell.x - cell.width / 2.0 - s.panXMm / s.mmPerPx();
  const bool leftIsLeft = s.pose.left.translation.x() <= s.pose.right.translation.x();
  return (x < 0) == leftIsLeft ? Hemisphere::Left : Hemisphere::Right;
}

}  // namespace cortexscope
