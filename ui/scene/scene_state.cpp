// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/scene_state.h"

#include <vtkCellArray.h>
#include <vtkPoints.h>
#include <vtkTextProperty.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "scene/cortex_shader.h"
#include "scene/region_borders.h"
#include "scene/scene_text.h"

namespace cortexscope {
namespace {

constexpr float kGapMm = 6.0f;     // between the hemispheres of a brain
constexpr float kAroundMm = 8.0f;  // on both sides of a brain: together clearly more than between hemispheres
constexpr double kFill = 0.96;     // of a cell, at zoom 1
constexpr float kBorderLiftMm = 0.35f;
constexpr double kBorderWidthPx = 1.1;
constexpr double kMarkerRadiusPx = 6.0;
constexpr int kNameFont = 13;

void copyPose(const Pose& pose, vtkMatrix4x4* matrix) {
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) matrix->SetElement(row, column, pose.rotation(row, column));
    matrix->SetElement(row, 3, pose.translation(row));
  }
}

void fillLines(vtkPolyData* mesh, const std::vector<BorderLine>& lines, const HemisphereMesh& hemisphere) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> cells;
  const auto insert = [&](const BorderPoint& point) {
    const Eigen::Vector3f lifted =
        point.place(hemisphere.points()) + kBorderLiftMm * point.place(hemisphere.normals());
    return points->InsertNextPoint(lifted.data());
  };
  for (const BorderLine& line : lines) {
    const vtkIdType from = insert(line.from);
    cells->InsertNextCell({from, insert(line.to)});
  }
  mesh->SetPoints(points);
  mesh->SetLines(cells);
}

}  // namespace

CortexScene::State::State() {
  shared.camera->ParallelProjectionOn();
  backdrop->SetBackgroundAlpha(1.0);
  backdrop->InteractiveOff();
  fillRing(shared.markerRim, 0.55, 1.25);
  fillRing(shared.markerRing, 0.72, 1.05);
}

Color CortexScene::State::ink() const {
  return background == Background::White ? Color{0.10f, 0.10f, 0.10f} : Color{0.92f, 0.92f, 0.92f};
}

bool CortexScene::State::isShown(Hemisphere side) const {
  return shown == ShownHemispheres::Both || (shown == ShownHemispheres::Left) == (side == Hemisphere::Left);
}

double CortexScene::State::mmPerPx() const {
  if (layout.cells.empty()) return 1.0;
  const PixelBox& cell = layout.cells.front();
  return std::max(fitWidthMm / cell.width, fitHeightMm / cell.height) / kFill / zoom;
}

int CortexScene::State::cellAt(double xPx, double yPx) const {
  for (std::size_t i = 0; i < layout.cells.size(); ++i)
    if (layout.cells[i].contains(xPx, yPx)) return static_cast<int>(i);
  return -1;
}

void CortexScene::State::prepare() {
  if (!shared.meshes[0]) return;
  if (bordersAreStale) rebuildBorders();
  if (poseIsStale || fitIsStale) updatePose();
  if (layoutIsStale || layoutIsCompact != isCompact()) updateLayout();
  if (lookIsStale) updateLook();
  updateCamera();
  updateMarker();
}

void CortexScene::State::rebuildBorders() {
  bordersAreStale = false;
  std::optional<std::int32_t> only;
  bool any = borders != Borders::None && !keys.empty();
  if (borders == Borders::OneRegion) {
    const auto found =
        std::find_if(regions.begin(), regions.end(), [&](const Region& r) { return r.name == borderRegion; });
    any = any && found != regions.end();
    if (found != regions.end()) only = found->key;
  }
  for (std::size_t side = 0; side < 2; ++side) {
    const HemisphereMesh& mesh = *shared.meshes[side];
    std::vector<BorderLine> lines;
    if (any)
      lines = borderLines(
          mesh.triangles(),
          std::span(keys).subspan(side == 0 ? 0 : std::size_t(leftCount), std::size_t(mesh.vertexCount())),
          only);
    fillLines(shared.borders[side], lines, mesh);
  }
}

void CortexScene::State::updatePose() {
  pose = poseBrain(shared.meshes[0]->points(), shared.meshes[1]->points(), rotation, shown,
                   arrangementOf(view, shown), kGapMm);
  copyPose(pose.left, shared.poses[0]);
  copyPose(pose.right, shared.poses[1]);
  poseIsStale = false;
  if (fitIsStale) {
    fitWidthMm = pose.widthMm + 2 * kAroundMm;
    fitHeightMm = pose.heightMm;
    layoutIsStale = true;
    fitIsStale = false;
  } else if (zoom <= 1.0f) {
    // While turning, step back as far as needed, and never come closer again by itself: that would look like
    // breathing.
    fitWidthMm = std::max(fitWidthMm, pose.widthMm + 2 * kAroundMm);
    fitHeightMm = std::max(fitHeightMm, pose.heightMm);
  }
}

void CortexScene::State::updateLayout() {
  GridRequest request;
  request.brainCount = static_cast<int>(cells.size());
  request.widthPx = widthPx;
  request.heightPx = heightPx;
  request.pixelRatio = pixelRatio;
  request.contentAspect = fitWidthMm / fitHeightMm;
  request.withLegend = legendShown;
  request.withNames =
      std::any_of(cells.begin(), cells.end(), [](const auto& cell) { return !cell->name().empty(); });
  request.withNote = !scale.note.empty();
  request.compact = isCompact();
  layout = layOutGrid(request);
  for (std::size_t i = 0; i < layout.cells.size(); ++i) {
    setViewport(cells[i]->renderer(), layout.cells[i], widthPx, heightPx);
    const PixelBox& box = layout.names[i];
    vtkTextActor* text = cells[i]->nameActor();
    styleText(text, {kNameFont, ink(), TextAnchor::Middle});
    text->SetInput(elided(cells[i]->name(), text, box.width - 4, pixelRatio).c_str());
    text->SetDisplayPosition(box.x + box.width / 2, box.y + box.height / 2);
  }
  layoutIsStale = false;
  layoutIsCompact = request.compact;
  lookIsStale = true;
}

void CortexScene::State::updateLook() {
  lookIsStale = false;
  const double grey = background == Background::White ? 1.0 : 0.0;
  const Underlay underlay = background == Background::White ? Underlay{} : Underlay{0.66f, 0.44f};
  // A line must differ from the strong colours that it crosses: inferno is dark where there is little.
  const Color border = scale.map == ColorMap::Inferno ? Color{1, 1, 1} : Color{0.05f, 0.05f, 0.05f};
  backdrop->SetBackground(grey, grey, grey);
  for (auto& cell : cells) {
    cell->renderer()->SetBackground(grey, grey, grey);
    cell->renderer()->SetUseFXAA(smoothEdges);
    cell->setShown(shown);
    cell->setBordersShown(borders != Borders::None, border, kBorderWidthPx * pixelRatio);
    const Color color = ink();
    cell->nameActor()->GetTextProperty()->SetColor(color[0], color[1], color[2]);
    for (int side = 0; side < 2; ++side) {
      setShaderScale(cell->surface(side).actor(), scale);
      setShaderUnderlay(cell->surface(side).actor(), underlay);
      setShaderBlend(cell->surface(side).actor(), blend);
    }
  }
  if (legendShown && layout.legend.width > 0)
    legend.update(scale,
                  {layout.legend, layout.legendSide, pixelRatio, ink(), {underlay.gyrus, underlay.sulcus}});
  else
    legend.setShown(false);
}

void CortexScene::State::updateCamera() {
  if (layout.cells.empty()) return;
  const double far = pose.depthMm + 50;
  shared.camera->SetFocalPoint(-panXMm, -panYMm, 0);
  shared.camera->SetPosition(-panXMm, -panYMm, far);
  shared.camera->SetViewUp(0, 1, 0);
  shared.camera->SetClippingRange(1, 2 * far);
  shared.camera->SetParallelScale(mmPerPx() * layout.cells.front().height / 2);
}

void CortexScene::State::updateMarker() {
  const bool there = marker && *marker >= 0 && *marker < leftCount + rightCount;
  const Hemisphere side = there && *marker >= leftCount ? Hemisphere::Right : Hemisphere::Left;
  const bool visible = there && isShown(side);
  for (auto& cell : cells) cell->setMarkerShown(visible);
  if (!visible) return;
  const HemisphereMesh& mesh = *shared.meshes[side == Hemisphere::Left ? 0 : 1];
  const Index vertex = *marker - (side == Hemisphere::Left ? 0 : leftCount);
  const Eigen::Vector3f place = poseOf(side).toView(mesh.points().row(vertex).transpose());
  const double radiusMm = kMarkerRadiusPx * pixelRatio * mmPerPx();
  shared.markerPose->Identity();
  for (int i = 0; i < 3; ++i) shared.markerPose->SetElement(i, i, i == 2 ? 1 : radiusMm);
  shared.markerPose->SetElement(0, 3, place.x());
  shared.markerPose->SetElement(1, 3, place.y());
  // In front of the surface around it, which rises towards the viewer on one side of a slope.
  shared.markerPose->SetElement(2, 3, place.z() + 1.25 * radiusMm);
}

void CortexScene::State::addToWindow() {
  if (window == nullptr) return;
  window->AddRenderer(backdrop);
  for (auto& cell : cells) {
    window->AddRenderer(cell->renderer());
    backdrop->AddActor2D(cell->nameActor());
  }
}

void CortexScene::State::removeFromWindow() {
  for (auto& cell : cells) backdrop->RemoveActor2D(cell->nameActor());
  if (window == nullptr) return;
  window->MakeCurrent();  // buffers on the graphics card are given back here
  for (auto& cell : cells) window->RemoveRenderer(cell->renderer());
  window->RemoveRenderer(backdrop);
}

}  // namespace cortexscope
