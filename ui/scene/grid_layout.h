// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace cortexscope {

/// Pixels of the drawing, device pixels, y up from the bottom edge.
struct PixelBox {
  int x = 0, y = 0, width = 0, height = 0;

  bool contains(double px, double py) const {
    return px >= x && px < x + width && py >= y && py < y + height;
  }
};

enum class LegendSide {
  Right,   ///< upright, beside all cells
  Bottom,  ///< lying, below all cells
  Hole,    ///< lying, where the last row has no brains
};

/// Where everything goes: one cell per brain with its name below it, and the legend beside or below them all
/// or in the hole of the last row.
struct GridLayout {
  int columns = 1;
  int rows = 1;
  std::vector<PixelBox> cells;  ///< of the brains, row by row from the top left
  std::vector<PixelBox> names;  ///< strip below each cell
  PixelBox legend;              ///< empty without a legend
  LegendSide legendSide = LegendSide::Right;
};

struct GridRequest {
  int brainCount = 1;
  int widthPx = 0, heightPx = 0;
  double pixelRatio = 1.0;     ///< device pixels per logical pixel; margins and names keep their logical size
  double contentAspect = 1.0;  ///< width / height of one brain's picture
  bool withLegend = true;
  bool withNames = true;
  bool withNote = false;  ///< the legend has a second line
  bool compact = true;    ///< draw cells together around their brains; else they share all the room there is
};

/// The arrangement of rows and columns, and the side of the legend, that draw the brains largest.
GridLayout layOutGrid(const GridRequest& request);

}  // namespace cortexscope
