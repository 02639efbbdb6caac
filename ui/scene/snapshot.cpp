// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/snapshot.h"

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkOpenGLRenderWindow.h>
#include <vtkPNGWriter.h>
#include <vtkUnsignedCharArray.h>
#include <vtkVersion.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "scene/scene_state.h"
#include "scene/x_display.h"

namespace cortexscope {
namespace {

constexpr double kMostPixelsPerSide = 16384;
constexpr double kMostPixels = 2.0e8;

/// Supersampling that the graphics card can still draw.
int affordableSupersampling(const ImageSize& size) {
  require(size.widthPx > 0 && size.heightPx > 0 && size.scale > 0 && std::isfinite(size.scale),
          ErrorCode::BadValue, [&] {
            return "a picture of " + textOf(size.widthPx) + " x " + textOf(size.heightPx) +
                   " pixels at scale " + textOf(size.scale) + " is empty";
          });
  const double width = size.widthPx * size.scale, height = size.heightPx * size.scale;
  const auto fits = [&](int factor) {
    return std::max(width, height) * factor <= kMostPixelsPerSide &&
           width * height * factor * factor <= kMostPixels;
  };
  require(fits(1), ErrorCode::BadValue, [&] {
    return "a picture of " + textOf(std::llround(width)) + " x " + textOf(std::llround(height)) +
           " pixels is too large: at most " + textOf(std::llround(kMostPixelsPerSide)) + " on a side and " +
           textOf(std::llround(kMostPixels)) + " in all";
  });
  int factor = std::clamp(size.supersampling, 1, 4);
  while (!fits(factor)) --factor;
  return factor;
}

/// Means of factor x factor pixels; turns rows from bottom-up to top-down.
RgbImage reduced(const unsigned char* pixels, int width, int height, int factor) {
  RgbImage image{width, height, {}};
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  const std::size_t rowBytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(factor) * 3;
  std::vector<int> sums(static_cast<std::size_t>(width) * 3);
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 0);
    for (int sub = 0; sub < factor; ++sub) {
      const unsigned char* row =
          pixels + rowBytes * static_cast<std::size_t>((height - 1 - y) * factor + sub);
      for (int x = 0; x < width * factor; ++x)
        for (int c = 0; c < 3; ++c) sums[static_cast<std::size_t>(x / factor * 3 + c)] += row[x * 3 + c];
    }
    std::uint8_t* target = image.pixels.data() + static_cast<std::size_t>(y) * sums.size();
    for (std::size_t i = 0; i < sums.size(); ++i)
      target[i] = static_cast<std::uint8_t>((sums[i] + factor * factor / 2) / (factor * factor));
  }
  return image;
}

}  // namespace

std::array<std::uint8_t, 3> RgbImage::at(int x, int y) const {
  const std::size_t first =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 3;
  return {pixels.at(first), pixels.at(first + 1), pixels.at(first + 2)};
}

RgbImage CortexScene::drawImage(const ImageSize& size) {
  const int factor = affordableSupersampling(size);
  State& s = *m_state;
  require(s.window != nullptr, ErrorCode::BadValue, "a scene needs a window before it can draw a picture");
  const auto width = static_cast<int>(std::lround(size.widthPx * size.scale));
  const auto height = static_cast<int>(std::lround(size.heightPx * size.scale));
  const int oldWidth = s.widthPx, oldHeight = s.heightPx;
  const double oldRatio = s.pixelRatio;
  const bool oldSmooth = s.smoothEdges;
  const std::function<void()> notify = std::exchange(onChange, nullptr);
  if (factor > 1) setSmoothEdges(false);
  resize(width * factor, height * factor, size.scale * factor);
  draw();
  vtkNew<vtkUnsignedCharArray> pixels;
  s.window->GetPixelData(0, 0, width * factor - 1, height * factor - 1, 0, pixels);
  RgbImage image = reduced(pixels->GetPointer(0), width, height, factor);
  setSmoothEdges(oldSmooth);
  if (oldWidth > 0) resize(oldWidth, oldHeight, oldRatio);
  onChange = notify;
  return image;
}

std::string drawingProblem() {
  return XDisplay().problem();
}

struct OffscreenWindow::State {
  XDisplay display;  // outlives the window, which draws through it
  vtkNew<vtkRenderWindow> window;
};

OffscreenWindow::OffscreenWindow(CortexScene& scene) : m_scene(scene), m_state(std::make_unique<State>()) {
  require(m_state->display.problem().empty(), ErrorCode::Unsupported, m_state->display.problem());
  if (m_state->display.handle() != nullptr) m_state->window->SetDisplayId(m_state->display.handle());
  m_state->window->SetOffScreenRendering(1);
  m_state->window->SetMultiSamples(0);
  m_scene.attach(m_state->window);
}

OffscreenWindow::~OffscreenWindow() {
  m_scene.detach();
  m_state->window->Finalize();
}

RgbImage OffscreenWindow::draw(const ImageSize& size) {
  return m_scene.drawImage(size);
}

RgbImage snapshot(CortexScene& scene, const ImageSize& size) {
  return OffscreenWindow(scene).draw(size);
}

void writePng(const std::filesystem::path& file, const RgbImage& image) {
  require(image.width > 0 && image.height > 0, ErrorCode::BadShape,
          "cannot write " + file.string() + ": the picture is empty");
  vtkNew<vtkImageData> data;
  data->SetDimensions(image.width, image.height, 1);
  data->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
  const std::size_t rowBytes = static_cast<std::size_t>(image.width) * 3;
  for (int y = 0; y < image.height; ++y)
    std::copy_n(image.pixels.data() + rowBytes * static_cast<std::size_t>(y), rowBytes,
                static_cast<std::uint8_t*>(data->GetScalarPointer(0, image.height - 1 - y, 0)));
  vtkNew<vtkPNGWriter> writer;
  writer->WriteToMemoryOn();
  writer->SetInputData(data);
  writer->Write();
  vtkUnsignedCharArray* bytes = writer->GetResult();
  writeFileAtomically(file, std::string_view(reinterpret_cast<const char*>(bytes->GetPointer(0)),
                                             static_cast<std::size_t>(bytes->GetNumberOfValues())));
}

std::string drawingLibraryVersion() {
  return std::string("VTK ") + vtkVersion::GetVTKVersion();
}

}  // namespace cortexscope
