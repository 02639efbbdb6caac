// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkActor2D.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>
#include <vtkTextActor.h>

#include <array>
#include <string>
#include <vector>

#include "scene/color_scale.h"
#include "scene/grid_layout.h"

class vtkRenderer;

namespace cortexscope {

/// The one colour bar of a grid: colours as they look over both greys of the underlay (so that one sees how
/// far weak values fade), limits, round ticks between them, name and unit, and a note below.
class ColorLegend {
 public:
  /// Adds the legend to a renderer that covers the whole window.
  explicit ColorLegend(vtkRenderer* window);

  struct Look {
    PixelBox box;
    LegendSide side = LegendSide::Right;
    double pixelRatio = 1.0;
    Color ink{0, 0, 0};
    std::array<float, 2> greys{0.8f, 0.58f};  ///< of the underlay: gyri, sulci
  };
  void update(const ColorScale& scale, const Look& look);
  void setShown(bool shown);

 private:
  void placeBar(const ColorScale& scale, const Look& look, const PixelBox& bar);
  void placeTicks(const ColorScale& scale, const Look& look, const PixelBox& bar);
  void placeTitle(const ColorScale& scale, const Look& look, const PixelBox& bar);
  void placeNote(const ColorScale& scale, const Look& look, const PixelBox& bar);
  vtkTextActor* label(std::size_t number);

  vtkRenderer* m_window;
  vtkNew<vtkPolyData> m_barMesh;
  vtkNew<vtkPolyData> m_lineMesh;
  vtkNew<vtkActor2D> m_bar;
  vtkNew<vtkActor2D> m_lines;
  vtkNew<vtkTextActor> m_title;
  vtkNew<vtkTextActor> m_note;
  std::vector<vtkSmartPointer<vtkTextActor>> m_labels;
};

}  // namespace cortexscope
