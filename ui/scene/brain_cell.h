// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkRenderer.h>
#include <vtkTextActor.h>

#include <array>
#include <memory>
#include <string>

#include "scene/brain_surface.h"
#include "scene/color_scale.h"
#include "scene/grid_layout.h"
#include "scene/view_pose.h"

namespace cortexscope {

/// What the brains of a scene have in common. Index 0 is the left hemisphere, 1 the right.
struct SharedParts {
  std::array<std::unique_ptr<HemisphereMesh>, 2> meshes;
  std::array<vtkNew<vtkMatrix4x4>, 2> poses;
  std::array<vtkNew<vtkPolyData>, 2> borders;
  vtkNew<vtkMatrix4x4> markerPose;
  vtkNew<vtkPolyData> markerRim;
  vtkNew<vtkPolyData> markerRing;
  vtkNew<vtkCamera> camera;
};

/// The part of the window that shows one person's brain.
class BrainCell {
 public:
  BrainCell(const SharedParts& shared, const std::string& name);

  vtkRenderer* renderer() { return m_renderer; }
  vtkTextActor* nameActor() { return m_nameActor; }
  const std::string& name() const { return m_name; }
  BrainSurface& surface(int side) { return side == 0 ? m_left : m_right; }

  void setShown(ShownHemispheres shown);
  void setBordersShown(bool shown, const Color& ink, double widthPx);
  void setMarkerShown(bool shown);

 private:
  vtkNew<vtkRenderer> m_renderer;
  vtkNew<vtkTextActor> m_nameActor;
  std::string m_name;
  BrainSurface m_left, m_right;
  std::array<vtkNew<vtkActor>, 2> m_borders;
  std::array<vtkNew<vtkActor>, 2> m_marker;
  std::array<bool, 2> m_sideShown{true, true};
  bool m_bordersShown = false;
};

/// A flat ring around the origin, facing +z.
void fillRing(vtkPolyData* mesh, double innerRadius, double outerRadius);

/// Part of a window as VTK counts it (0..1).
void setViewport(vtkRenderer* renderer, const PixelBox& box, int widthPx, int heightPx);

}  // namespace cortexscope
