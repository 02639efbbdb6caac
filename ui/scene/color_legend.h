#pragma once

#include <vtkActor2D.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>
#include <vtkTextActor.h>

#include <string>
#include <vector>

#include "scene/color_scale.h"
#include "scene/grid_layout.h"

class vtkRenderer;

namespace cortexscope {

/// The one colour bar of a grid: colours as they look over the underlay (threshold and opacity included),
/// limits, round ticks between them, name and unit.
class ColorLegend {
 public:
  /// Adds the legend to a renderer that covers the whole window.
  explicit ColorLegend(vtkRenderer* window);

  struct Look {
    PixelBox box;
    LegendSide side = LegendSide::Right;
    double pixelRatio = 1.0;
    Color ink{0, 0, 0};
    float underlayGrey = 0.7f;
  };
  void update(const ColorScale& scale, const Look& look);
  void setShown(bool shown);

 private:
  void placeBar(const ColorScale& scale, const Look& look, const PixelBox& bar);
  void placeTicks(const ColorScale& scale, const Look& look, const PixelBox& bar);
  void placeTitle(const ColorScale& scale, const Look& look, const PixelBox& bar);
  vtkTextActor* label(std::size_t number);

  vtkRenderer* m_window;
  vtkNew<vtkPolyData> m_barMesh;
  vtkNew<vtkPolyData> m_lineMesh;
  vtkNew<vtkActor2D> m_bar;
  vtkNew<vtkActor2D> m_lines;
  vtkNew<vtkTextActor> m_title;
  std::vector<vtkSmartPointer<vtkTextActor>> m_labels;
};

}  // namespace cortexscope
