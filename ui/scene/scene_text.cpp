// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/scene_text.h"

#include <vtkStdString.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkTextRenderer.h>

#include <cmath>

namespace cortexscope {
namespace {

/// Without its last character (all bytes of it: text is UTF-8).
std::string shortened(std::string text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

void styleText(vtkTextActor* text, const TextStyle& style) {
  vtkTextProperty* property = text->GetTextProperty();
  property->SetFontFamilyToArial();
  property->SetFontSize(style.sizePt);
  property->SetBold(style.bold);
  property->SetColor(style.ink[0], style.ink[1], style.ink[2]);
  if (style.anchor == TextAnchor::Left)
    property->SetJustificationToLeft();
  else
    property->SetJustificationToCentered();
  if (style.anchor == TextAnchor::Top)
    property->SetVerticalJustificationToTop();
  else
    property->SetVerticalJustificationToCentered();
}

int textWidth(const std::string& text, vtkTextActor* style, double pixelRatio) {
  vtkTextRenderer* renderer = vtkTextRenderer::GetInstance();
  int box[4] = {0, -1, 0, -1};
  if (renderer == nullptr || !renderer->GetBoundingBox(style->GetTextProperty(), text, box,
                                                       static_cast<int>(std::lround(72 * pixelRatio))))
    return 0;
  return box[1] - box[0] + 1;
}

std::string elided(const std::string& text, vtkTextActor* style, int widthPx, double pixelRatio) {
  if (text.empty() || textWidth(text, style, pixelRatio) <= widthPx) return text;
  std::string kept = shortened(text);
  while (!kept.empty() && textWidth(kept + "\u2026", style, pixelRatio) > widthPx) kept = shortened(kept);
  return kept.empty() ? kept : kept + "\u2026";
}

}  // namespace cortexscope
