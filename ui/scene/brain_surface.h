// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkActor.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkOpenGLPolyDataMapper.h>
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>

#include <cstdint>
#include <span>

#include "scene/hemisphere_mesh.h"

namespace cortexscope {

/// One person's picture of one hemisphere: shared geometry with own values.
class BrainSurface {
 public:
  explicit BrainSurface(const HemisphereMesh& mesh);

  vtkActor* actor() { return m_actor; }
  /// One value per vertex each; what is not finite shows the underlay.
  void setValues(std::span<const float> now, std::span<const float> next);
  /// One per vertex: 0 hides its value. Empty shows all.
  void setMask(std::span<const std::uint8_t> shown);
  /// Brings new values to the graphics card. The window's context must be current.
  void uploadValues();
  /// Makes the next drawing send all arrays again: the slow way, for comparison and after a lost context.
  void rebuild();

 private:
  bool upload(vtkFloatArray* values, const char* attribute);

  vtkNew<vtkPolyData> m_mesh;
  vtkNew<vtkFloatArray> m_now;
  vtkNew<vtkFloatArray> m_next;
  vtkNew<vtkFloatArray> m_mask;
  vtkSmartPointer<vtkOpenGLPolyDataMapper> m_mapper;
  vtkNew<vtkActor> m_actor;
  bool m_hasNewValues = false;
  bool m_hasNewMask = false;
};

}  // namespace cortexscope
