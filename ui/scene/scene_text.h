// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "scene/color_scale.h"

class vtkTextActor;

namespace cortexscope {

/// Which point of a text sits at its position.
enum class TextAnchor { Left, Top, Middle };

struct TextStyle {
  int sizePt = 12;  ///< logical pixels: the window's DPI is 72 times the pixel ratio
  Color ink{0, 0, 0};
  TextAnchor anchor = TextAnchor::Middle;
  bool bold = false;
};
void styleText(vtkTextActor* text, const TextStyle& style);

/// Width in device pixels of a text in the actor's style.
int textWidth(const std::string& text, vtkTextActor* style, double pixelRatio);

/// The text, or its beginning and "…", so that it is at most `widthPx` device pixels wide in the actor's
/// style.
std::string elided(const std::string& text, vtkTextActor* style, int widthPx, double pixelRatio);

}  // namespace cortexscope
