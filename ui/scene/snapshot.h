// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "scene/cortex_scene.h"

namespace cortexscope {

/// Why nothing can be drawn on this computer right now ("no X display ..."), or an empty text if it can.
std::string drawingProblem();

/// "VTK 9.1.0": the library that draws.
std::string drawingLibraryVersion();

/// Draws scenes without showing a window: for programs without one, and for film frames. Needs an X display
/// (a virtual one will do) and OpenGL 3.2, also in software.
class OffscreenWindow {
 public:
  /// Takes the scene into an invisible window; the scene must not be attached elsewhere and outlive this
  /// object.
  /// Errors   Unsupported with drawingProblem()
  explicit OffscreenWindow(CortexScene& scene);
  ~OffscreenWindow();
  OffscreenWindow(const OffscreenWindow&) = delete;
  OffscreenWindow& operator=(const OffscreenWindow&) = delete;

  /// Errors   those of CortexScene::drawImage
  RgbImage draw(const ImageSize& size);

 private:
  struct State;
  CortexScene& m_scene;
  std::unique_ptr<State> m_state;
};

/// One picture of a scene that is attached nowhere.
RgbImage snapshot(CortexScene& scene, const ImageSize& size);

/// Errors   Io, BadShape for an empty picture
void writePng(const std::filesystem::path& file, const RgbImage& image);

}  // namespace cortexscope
