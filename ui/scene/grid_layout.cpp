// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/grid_layout.h"

#include <algorithm>
#include <cmath>

namespace cortexscope {
namespace {

// Logical pixels.
constexpr double kMargin = 8;
constexpr double kNameHeight = 19;
constexpr double kLegendWidth = 84;
constexpr double kLegendHeight = 58;
constexpr double kNoteHeight = 20;
constexpr double kLeastHoleWidth = 170;
constexpr double kWidestGap = 16;  // between rows, so that a name stays with the brain above it

struct Measures {
  int margin = 0;
  int name = 0;
  int gap = 0;
  int legendWidth = 0;
  int legendHeight = 0;
  int leastHoleWidth = 0;
};

Measures measuresOf(const GridRequest& request) {
  const auto px = [&](double logical) { return static_cast<int>(std::lround(logical * request.pixelRatio)); };
  Measures m;
  // In a very small drawing the brains are worth more than words.
  m.margin = std::min(px(kMargin), std::min(request.widthPx, request.heightPx) / 20);
  // A grid has about the root of its brains as rows; more of them need not make names too low to read.
  const int rows = static_cast<int>(std::ceil(std::sqrt(request.brainCount)));
  m.name = request.withNames ? std::min(px(kNameHeight), request.heightPx / (4 * rows + 1) + 1) : 0;
  m.gap = px(kWidestGap);
  if (request.withLegend) {
    const double note = request.withNote ? kNoteHeight : 0;
    m.legendWidth = std::min(px(kLegendWidth + note), request.widthPx / 3);
    m.legendHeight = std::min(px(kLegendHeight + note), request.heightPx / 3);
    m.leastHoleWidth = px(kLeastHoleWidth);
  }
  return m;
}

PixelBox brainArea(const GridRequest& request, const Measures& m, LegendSide side) {
  PixelBox area{m.margin, m.margin, request.widthPx - 2 * m.margin, request.heightPx - 2 * m.margin};
  if (side == LegendSide::Right) area.width -= m.legendWidth;
  if (side == LegendSide::Bottom) {
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

struct CellSize {
  int width = 1, height = 1, nameHeight = 0, rowGap = 0;
};

CellSize cellSize(const GridRequest& request, const PixelBox& area, const Choice& choice, const Measures& m) {
  constexpr double kLoosestWidth = 1.12;  // cell / brain, so that a row of brains reads as a row
  constexpr double kLoosestHeight = 1.04;
  const int rows = (request.brainCount + choice.columns - 1) / choice.columns;
  CellSize cell;
  cell.width = std::max(area.width / choice.columns, 1);
  cell.height = std::max(area.height / rows, 1);
  cell.nameHeight = std::min(m.name, cell.height - 1);
  if (!request.compact) return cell;
  const int room = cell.height;
  const double brain = std::min<double>(cell.height - cell.nameHeight, cell.width / request.contentAspect);
  cell.width = std::clamp(static_cast<int>(brain * request.contentAspect * kLoosestWidth), 1, cell.width);
  cell.height = std::clamp(static_cast<int>(brain * kLoosestHeight) + cell.nameHeight, cell.nameHeight + 1,
                           cell.height);
  cell.rowGap = std::min(room - cell.height, m.gap);
  return cell;
}

/// True if the legend can be read where the last row has no brains.
bool holeTakesLegend(const GridRequest& request, const Measures& m, const Choice& choice) {
  const int rows = (request.brainCount + choice.columns - 1) / choice.columns;
  const int empty = rows * choice.columns - request.brainCount;
  const CellSize cell = cellSize(request, brainArea(request, m, LegendSide::Hole), choice, m);
  return empty > 0 && rows > 1 && empty * cell.width >= m.leastHoleWidth && cell.height >= m.legendHeight;
}

Choice bestChoice(const GridRequest& request, const Measures& m) {
  Choice best;
  for (const LegendSide side : {LegendSide::Right, LegendSide::Bottom, LegendSide::Hole}) {
    const PixelBox area = brainArea(request, m, side);
    for (int columns = 1; columns <= request.brainCount; ++columns) {
      if (side == LegendSide::Hole &&
          (!request.withLegend || !holeTakesLegend(request, m, {columns, side, 0})))
        continue;
      const int rows = (request.brainCount + columns - 1) / columns;
      const double width = static_cast<double>(area.width) / columns;
      const double height = static_cast<double>(area.height) / rows - m.name;
      const double brain = std::min(height, width / request.contentAspect);
      // Ties and near ties go to fewer empty cells and to the legend at the right, which were tried first or
      // count. A hole with the legend in it is the best use of both.
      const int empty = rows * columns - request.brainCount;
      const double fill = side == LegendSide::Hole ? 1.05 : 1.0 - 0.04 * empty / request.brainCount;
      if (brain * fill > best.brainHeightPx * 1.02) best = {columns, side, brain * fill};
    }
  }
  return best;
}

PixelBox legendBox(const GridLayout& layout, const PixelBox& area, const PixelBox& block, const Measures& m) {
  if (layout.legendSide == LegendSide::Right)
    return {block.x + block.width, area.y, m.legendWidth, area.height};
  if (layout.legendSide == LegendSide::Bottom)
    return {area.x, block.y - m.legendHeight, area.width, m.legendHeight};
  const PixelBox &last = layout.cells.back(), &name = layout.names.back();
  const int left = last.x + last.width;
  return {left, name.y, block.x + block.width - left, last.height + name.height};
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
  const CellSize cell = cellSize(request, area, choice, m);
  // Cells and legend as one block in the middle of the window.
  PixelBox block;
  block.width = cell.width * layout.columns;
  block.height = cell.height * layout.rows + cell.rowGap * (layout.rows - 1);
  block.x = area.x + (area.width - block.width) / 2;
  block.y = area.y + (area.height - block.height + 1) / 2;
  const int top = block.y + block.height;
  for (int i = 0; i < request.brainCount; ++i) {
    const int row = i / layout.columns;
    const int x = block.x + (i % layout.columns) * cell.width;
    const int y = top - (row + 1) * cell.height - row * cell.rowGap;
    layout.cells.push_back({x, y + cell.nameHeight, cell.width, cell.height - cell.nameHeight});
    layout.names.push_back({x, y, cell.width, cell.nameHeight});
  }
  if (request.withLegend) layout.legend = legendBox(layout, area, block, m);
  return layout;
}

}  // namespace cortexscope
