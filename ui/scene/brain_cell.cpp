// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/brain_cell.h"

#include <vtkCellArray.h>
#include <vtkPoints.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>

#include <cmath>
#include <numbers>

namespace cortexscope {
namespace {

void addFlat(vtkRenderer* renderer, vtkActor* actor, vtkPolyData* mesh, vtkMatrix4x4* pose) {
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(mesh);
  mapper->ScalarVisibilityOff();
  actor->SetMapper(mapper);
  actor->SetUserMatrix(pose);
  actor->GetProperty()->LightingOff();
  actor->VisibilityOff();
  renderer->AddActor(actor);
}

}  // namespace

BrainCell::BrainCell(const SharedParts& shared, const std::string& name)
    : m_name(name), m_left(*shared.meshes[0]), m_right(*shared.meshes[1]) {
  m_renderer->SetActiveCamera(shared.camera);
  m_renderer->SetBackgroundAlpha(1.0);
  for (std::size_t side = 0; side < 2; ++side) {
    vtkActor* actor = surface(static_cast<int>(side)).actor();
    actor->SetUserMatrix(shared.poses[side]);
    m_renderer->AddActor(actor);
    addFlat(m_renderer, m_borders[side], shared.borders[side], shared.poses[side]);
    addFlat(m_renderer, m_marker[side], side == 0 ? shared.markerRim : shared.markerRing, shared.markerPose);
    m_marker[side]->GetProperty()->SetColor(side == 0 ? 0.0 : 1.0, side == 0 ? 0.0 : 1.0,
                                            side == 0 ? 0.0 : 1.0);
  }
}

void BrainCell::setShown(ShownHemispheres shown) {
  m_sideShown = {shown != ShownHemispheres::Right, shown != ShownHemispheres::Left};
  for (std::size_t side = 0; side < 2; ++side) {
    surface(static_cast<int>(side)).actor()->SetVisibility(m_sideShown[side]);
    m_borders[side]->SetVisibility(m_sideShown[side] && m_bordersShown);
  }
}

void BrainCell::setBordersShown(bool shown, const Color& ink, double widthPx) {
  m_bordersShown = shown;
  for (std::size_t side = 0; side < 2; ++side) {
    m_borders[side]->GetProperty()->SetColor(ink[0], ink[1], ink[2]);
    m_borders[side]->GetProperty()->SetLineWidth(static_cast<float>(widthPx));
    m_borders[side]->SetVisibility(shown && m_sideShown[side]);
  }
}

void BrainCell::setMarkerShown(bool shown) {
  for (auto& part : m_marker) part->SetVisibility(shown);
}

void fillRing(vtkPolyData* mesh, double innerRadius, double outerRadius) {
  constexpr int kCorners = 48;
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> quads;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    points->InsertNextPoint(innerRadius * std::cos(angle), innerRadius * std::sin(angle), 0);
    points->InsertNextPoint(outerRadius * std::cos(angle), outerRadius * std::sin(angle), 0);
    const vtkIdType a = 2 * i, b = 2 * ((i + 1) % kCorners);
    quads->InsertNextCell({a, a + 1, b + 1, b});
  }
  mesh->SetPoints(points);
  mesh->SetPolys(quads);
}

void setViewport(vtkRenderer* renderer, const PixelBox& box, int widthPx, int heightPx) {
  renderer->SetViewport(static_cast<double>(box.x) / widthPx, static_cast<double>(box.y) / heightPx,
                        static_cast<double>(box.x + box.width) / widthPx,
                        static_cast<double>(box.y + box.height) / heightPx);
}

}  // namespace cortexscope
