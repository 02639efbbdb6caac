// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/brain_surface.h"

#include <vtkDataObject.h>
#include <vtkOpenGLVertexBufferObject.h>
#include <vtkOpenGLVertexBufferObjectGroup.h>
#include <vtkPointData.h>
#include <vtkProperty.h>

#include <cmath>

#include "scene/cortex_shader.h"

namespace cortexscope {
namespace {

void fill(vtkFloatArray* array, std::span<const float> values) {
  float* target = array->GetPointer(0);
  for (const float value : values) *target++ = std::isfinite(value) ? value : kNoValue;
}

}  // namespace

BrainSurface::BrainSurface(const HemisphereMesh& mesh)
    : m_mapper(vtkSmartPointer<vtkOpenGLPolyDataMapper>::New()) {
  mesh.shareWith(m_mesh);
  m_now->SetName(kValueNowAttribute);
  m_next->SetName(kValueNextAttribute);
  m_mask->SetName(kMaskAttribute);
  for (vtkFloatArray* values : {m_now.Get(), m_next.Get(), m_mask.Get()}) {
    values->SetNumberOfValues(mesh.vertexCount());
    values->FillValue(values == m_mask.Get() ? 1.0f : kNoValue);
    m_mesh->GetPointData()->AddArray(values);
    m_mapper->MapDataArrayToVertexAttribute(values->GetName(), values->GetName(),
                                            vtkDataObject::FIELD_ASSOCIATION_POINTS, -1);
  }
  m_mapper->MapDataArrayToVertexAttribute(kDepthAttribute, HemisphereMesh::kDepthName,
                                          vtkDataObject::FIELD_ASSOCIATION_POINTS, -1);
  m_mapper->SetInputData(m_mesh);
  m_mapper->ScalarVisibilityOff();
  m_actor->SetMapper(m_mapper);
  m_actor->GetProperty()->SetInterpolationToPhong();
  m_actor->GetProperty()->BackfaceCullingOn();
  installCortexShader(m_actor);
}

void BrainSurface::setValues(std::span<const float> now, std::span<const float> next) {
  fill(m_now, now);
  fill(m_next, next);
  m_hasNewValues = true;
}

void BrainSurface::setMask(std::span<const std::uint8_t> shown) {
  m_mask->FillValue(1.0f);
  float* target = m_mask->GetPointer(0);
  for (const std::uint8_t one : shown) *target++ = one != 0 ? 1.0f : 0.0f;
  m_hasNewMask = true;
}

bool BrainSurface::upload(vtkFloatArray* values, const char* attribute) {
  vtkOpenGLVertexBufferObject* buffer = m_mapper->GetVBOs()->GetVBO(attribute);
  if (buffer == nullptr || buffer->GetHandle() == 0) return false;
  return buffer->Upload(values->GetPointer(0), static_cast<std::size_t>(values->GetNumberOfValues()),
                        vtkOpenGLBufferObject::ArrayBuffer);
}

// Modified() would make the mapper rebuild its index buffers and walk all arrays: tens of times slower.
void BrainSurface::uploadValues() {
  if (m_hasNewMask && !upload(m_mask, kMaskAttribute)) rebuild();
  m_hasNewMask = false;
  if (!m_hasNewValues) return;
  m_hasNewValues = false;
  if (!upload(m_now, kValueNowAttribute) || !upload(m_next, kValueNextAttribute)) rebuild();
}

void BrainSurface::rebuild() {
  m_now->Modified();
  m_next->Modified();
  m_mask->Modified();
  m_hasNewValues = false;
}

}  // namespace cortexscope
