// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/color_legend.h"

#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkPoints.h>
#include <vtkPolyDataMapper2D.h>
#include <vtkProperty2D.h>
#include <vtkRenderer.h>
#include <vtkTextProperty.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>

#include "scene/scene_text.h"

namespace cortexscope {
namespace {

constexpr int kSteps = 192;
// Logical pixels.
constexpr double kThickness = 13;
constexpr double kLongest = 300;
constexpr double kTickLength = 4;
constexpr double kTextGap = 4;
constexpr double kTicksHeight = 22;
constexpr double kLineHeight = 20;
constexpr int kTickFont = 12;
constexpr int kTitleFont = 13;

void addMesh(vtkRenderer* window, vtkPolyData* mesh, vtkActor2D* actor) {
  mesh->SetPoints(vtkSmartPointer<vtkPoints>::New());
  vtkNew<vtkPolyDataMapper2D> mapper;
  mapper->SetInputData(mesh);
  actor->SetMapper(mapper);
  window->AddActor2D(actor);
}

/// Where the bar itself stands within the legend's box.
PixelBox barBox(const ColorScale& scale, const ColorLegend::Look& look) {
  const PixelBox& box = look.box;
  const auto px = [&](double logical) { return static_cast<int>(std::lround(logical * look.pixelRatio)); };
  if (look.side == LegendSide::Right) {
    const int length = std::max(std::min(box.height * 3 / 4, px(kLongest)), 1);
    return {box.x + px(14), box.y + (box.height - length) / 2, px(kThickness), length};
  }
  const int length = std::max(std::min(box.width * 3 / 4, px(kLongest)), 1);
  const int below = px(kTicksHeight + (scale.note.empty() ? 0 : kLineHeight));
  const int whole = below + px(kThickness + kLineHeight);
  return {box.x + (box.width - length) / 2, box.y + (box.height - whole) / 2 + below, length, px(kThickness)};
}

bool isUpright(const ColorLegend::Look& look) {
  return look.side == LegendSide::Right;
}

unsigned char byte(float part) {
  return static_cast<unsigned char>(std::lround(std::clamp(part, 0.0f, 1.0f) * 255));
}

}  // namespace

ColorLegend::ColorLegend(vtkRenderer* window) : m_window(window) {
  addMesh(window, m_barMesh, m_bar);
  addMesh(window, m_lineMesh, m_lines);
  window->AddActor2D(m_title);
  window->AddActor2D(m_note);
}

vtkTextActor* ColorLegend::label(std::size_t number) {
  while (m_labels.size() <= number) {
    m_labels.push_back(vtkSmartPointer<vtkTextActor>::New());
    m_window->AddActor2D(m_labels.back());
  }
  return m_labels[number];
}

void ColorLegend::setShown(bool shown) {
  for (vtkActor2D* actor : {m_bar.Get(), m_lines.Get(), static_cast<vtkActor2D*>(m_title.Get()),
                            static_cast<vtkActor2D*>(m_note.Get())})
    actor->SetVisibility(shown);
  for (const auto& text : m_labels) text->SetVisibility(shown);
}

void ColorLegend::update(const ColorScale& scale, const Look& look) {
  const PixelBox bar = barBox(scale, look);
  setShown(true);
  placeBar(scale, look, bar);
  placeTicks(scale, look, bar);
  placeTitle(scale, look, bar);
  placeNote(scale, look, bar);
}

void ColorLegend::placeBar(const ColorScale& scale, const Look& look, const PixelBox& bar) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> quads;
  vtkNew<vtkUnsignedCharArray> colors;
  colors->SetNumberOfComponents(3);
  const auto box = [&](double x, double y, double width, double height) {
    const vtkIdType first = points->InsertNextPoint(x, y, 0);
    points->InsertNextPoint(x + width, y, 0);
    points->InsertNextPoint(x + width, y + height, 0);
    points->InsertNextPoint(x, y + height, 0);
    quads->InsertNextCell({first, first + 1, first + 2, first + 3});
  };
  for (int i = 0; i < 2 * kSteps; ++i) {
    const std::size_t half = static_cast<std::size_t>(i % 2);
    const double along = static_cast<double>(i / 2) / kSteps;
    if (isUpright(look))
      box(bar.x + static_cast<double>(half) * bar.width / 2, bar.y + along * bar.height, bar.width / 2.0,
          static_cast<double>(bar.height) / kSteps);
    else
      box(bar.x + along * bar.width, bar.y + static_cast<double>(1 - half) * bar.height / 2,
          static_cast<double>(bar.width) / kSteps, bar.height / 2.0);
    const auto value = static_cast<float>(scale.low + (along + 0.5 / kSteps) * (scale.high - scale.low));
    const Color color = colorOf(scale, value).value_or(Color{});
    const float shown = visibilityOf(scale, value);
    unsigned char rgb[3];
    for (std::size_t c = 0; c < 3; ++c) rgb[c] = byte(shown * color[c] + (1 - shown) * look.greys[half]);
    colors->InsertNextTypedTuple(rgb);
  }
  m_barMesh->SetPoints(points);
  m_barMesh->SetPolys(quads);
  m_barMesh->GetCellData()->SetScalars(colors);
}

void ColorLegend::placeTicks(const ColorScale& scale, const Look& look, const PixelBox& bar) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines;
  const bool upright = isUpright(look);
  const auto line = [&](double x1, double y1, double x2, double y2) {
    const vtkIdType first = points->InsertNextPoint(x1, y1, 0);
    lines->InsertNextCell({first, points->InsertNextPoint(x2, y2, 0)});
  };
  const double right = bar.x + bar.width, top = bar.y + bar.height;
  line(bar.x, bar.y, right, bar.y);
  line(right, bar.y, right, top);
  line(right, top, bar.x, top);
  line(bar.x, top, bar.x, bar.y);
  const double tick = kTickLength * look.pixelRatio, gap = (kTickLength + kTextGap) * look.pixelRatio;
  const std::vector<LegendTick> ticks = legendTicks(scale);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double along = (ticks[i].value - scale.low) / (scale.high - scale.low);
    const double x = upright ? right : bar.x + along * bar.width,
                 y = upright ? bar.y + along * bar.height : bar.y;
    line(x, y, x + (upright ? tick : 0), y - (upright ? 0 : tick));
    styleText(label(i), {kTickFont, look.ink, upright ? TextAnchor::Left : TextAnchor::Top});
    label(i)->SetInput(ticks[i].text.c_str());
    label(i)->SetDisplayPosition(static_cast<int>(std::lround(x + (upright ? gap : 0))),
                                 static_cast<int>(std::lround(y - (upright ? 0 : gap))));
  }
  for (std::size_t i = ticks.size(); i < m_labels.size(); ++i) m_labels[i]->VisibilityOff();
  m_lineMesh->SetPoints(points);
  m_lineMesh->SetLines(lines);
  m_lines->GetProperty()->SetColor(look.ink[0], look.ink[1], look.ink[2]);
  m_lines->GetProperty()->SetLineWidth(static_cast<float>(std::max(1.0, std::floor(look.pixelRatio))));
}

void ColorLegend::placeTitle(const ColorScale& scale, const Look& look, const PixelBox& bar) {
  const bool upright = isUpright(look);
  const int room = upright ? look.box.height : look.box.width;
  styleText(m_title, {kTitleFont, look.ink, TextAnchor::Middle});
  m_title->SetInput(elided(legendTitle(scale), m_title, room, look.pixelRatio).c_str());
  m_title->SetOrientation(upright ? 90 : 0);
  const double half = kTitleFont * look.pixelRatio / 2;
  const double aside = scale.note.empty() ? 6 : 6 + kLineHeight;
  const double x =
      upright ? look.box.x + look.box.width - half - aside * look.pixelRatio : bar.x + bar.width / 2.0;
  const double y = upright ? bar.y + bar.height / 2.0 : bar.y + bar.height + half + 7 * look.pixelRatio;
  m_title->SetDisplayPosition(static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y)));
}

void ColorLegend::placeNote(const ColorScale& scale, const Look& look, const PixelBox& bar) {
  const bool upright = isUpright(look);
  const int room = upright ? look.box.height : look.box.width;
  styleText(m_note, {kTickFont, look.ink, TextAnchor::Middle});
  m_note->SetInput(elided(scale.note, m_note, room, look.pixelRatio).c_str());
  m_note->SetOrientation(upright ? 90 : 0);
  const double half = kTickFont * look.pixelRatio / 2;
  const double x =
      upright ? look.box.x + look.box.width - half - 4 * look.pixelRatio : bar.x + bar.width / 2.0;
  const double y = upright ? bar.y + bar.height / 2.0 : bar.y - kTicksHeight * look.pixelRatio - half;
  m_note->SetDisplayPosition(static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y)));
  if (scale.note.empty()) m_note->VisibilityOff();
}

}  // namespace cortexscope
