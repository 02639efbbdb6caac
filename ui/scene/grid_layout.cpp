#include "scene/grid_layout.h"

#include <algorithm>
#include <cmath>

namespace cortexscope {
namespace {

// Logical pixels.
constexpr double kMargin = 10;
constexpr double kNameHeight = 22;
constexpr double kLegendWidth = 96;
constexpr double kLegendHeight = 62;

struct Measures {
  int margin = 0;
  int name = 0;
  int legendWidth = 0;
  int legendHeight = 0;
};

Measures measuresOf(const GridRequest& request) {
  const auto px = [&](double logical) { return static_cast<int>(std::lround(logical * request.pixelRatio)); };
  Measures m;
  // In a very small drawing the brains are worth more than words.
  m.margin = std::min(px(kMargin), std::min(request.widthPx, request.heightPx) / 20);
  // A grid has about the root of its brains as rows; more of them need not make names too low to read.
  const int rows = static_cast<int>(std::ceil(std::sqrt(request.brainCount)));
  m.name = request.withNames ? std::min(px(kNameHeight), request.heightPx / (4 * rows + 1) + 1) : 0;
  if (request.withLegend) {
    m.legendWidth = std::min(px(kLegendWidth), request.widthPx / 3);
    m.legendHeight = std::min(px(kLegendHeight), request.heightPx / 3);
  }
  return m;
}

PixelBox brainArea(const GridRequest& request, const Measures& m, LegendSide side) {
  PixelBox area{m.margin, m.margin, request.widthPx - 2 * m.margin, request.heightPx - 2 * m.margin};
  if (side == LegendSide::Right) {
    area.width -= m.legendWidth;
  } else {
    area.y += m.legendHeight;
    area.height -= m.legendHeight;
  }
  area.width = std::max(area.width, 1);
  area.height = std::max(area.height, 1);
  return area;
}

struct Choice {
  int columns = 1;
  LegendSide side = LegendSide::Right;
  double brainHeightPx = -1;
};

Choice bestChoice(const GridRequest& request, const Measures& m) {
  Choice best;
  for (const LegendSide side : {LegendSide::Right, LegendSide::Bottom}) {
    const PixelBox area = brainArea(request, m, side);
    for (int columns = 1; columns <= request.brainCount; ++columns) {
      const int rows = (request.brainCount + columns - 1) / columns;
      const double width = static_cast<double>(area.width) / columns;
      const double height = static_cast<double>(area.height) / rows - m.name;
      const double brain = std::min(height, width / request.contentAspect);
      // Ties and near ties go to fewer empty cells and to the legend at the right, which were tried first or
      // count.
      const double fill = 1.0 - 0.04 * (rows * columns - request.brainCount) / request.brainCount;
      if (brain * fill > best.brainHeightPx * 1.02) best = {columns, side, brain * fill};
    }
  }
  return best;
}

struct CellSize {
  int width = 1, height = 1, nameHeight = 0;
};

CellSize cellSize(const GridRequest& request, const PixelBox& area, const GridLayout& layout,
                  int nameHeight) {
  constexpr double kLoosest = 1.14;  // cell / brain, so that a row of brains reads as a row
  CellSize cell;
  cell.width = std::max(area.width / layout.columns, 1);
  cell.height = std::max(area.height / layout.rows, 1);
  cell.nameHeight = std::min(nameHeight, cell.height - 1);
  if (!request.compact) return cell;
  const double brain = std::min<double>(cell.height - cell.nameHeight, cell.width / request.contentAspect);
  cell.width = std::clamp(static_cast<int>(brain * request.contentAspect * kLoosest), 1, cell.width);
  cell.height =
      std::clamp(static_cast<int>(brain * kLoosest) + cell.nameHeight, cell.nameHeight + 1, cell.height);
  return cell;
}

}  // namespace

GridLayout layOutGrid(const GridRequest& request) {
  GridLayout layout;
  if (request.brainCount < 1 || request.widthPx < 1 || request.heightPx < 1) return layout;
  const Measures m = measuresOf(request);
  const Choice choice = bestChoice(request, m);
  const PixelBox area = brainArea(request, m, choice.side);
  layout.columns = choice.columns;
  layout.rows = (request.brainCount + choice.columns - 1) / choice.columns;
  layout.legendSide = choice.side;
  const CellSize cell = cellSize(request, area, layout, m.name);
  const bool beside = choice.side == LegendSide::Right;
  // Cells and legend as one block in the middle of the window.
  const int blockWidth = cell.width * layout.columns, blockHeight = cell.height * layout.rows;
  const int left = area.x + (area.width - blockWidth) / 2;
  const int top = area.y + area.height - (area.height - blockHeight) / 2;
  for (int i = 0; i < request.brainCount; ++i) {
    const int x = left + (i % layout.columns) * cell.width;
    const int y = top - (i / layout.columns + 1) * cell.height;
    layout.cells.push_back({x, y + cell.nameHeight, cell.width, cell.height - cell.nameHeight});
    layout.names.push_back({x, y, cell.width, cell.nameHeight});
  }
  if (request.withLegend)
    layout.legend = beside ? PixelBox{left + blockWidth, area.y, m.legendWidth, area.height}
                           : PixelBox{area.x, top - blockHeight - m.legendHeight, area.width, m.legendHeight};
  return layout;
}

}  // namespace cortexscope
