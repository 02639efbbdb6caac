// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cortex/parcellation.h"
#include "cortex/surface.h"
#include "scene/color_scale.h"
#include "scene/view_pose.h"

class vtkRenderWindow;

namespace cortexscope {

/// What all brains of a scene look like.
struct CortexShape {
  Cortex anatomical;
  std::optional<Cortex> inflated;  ///< same vertices and triangles
  VectorF sulcalDepth;  ///< any measure that is larger in sulci, one per vertex; empty = plain grey

  /// Errors   BadShape if vertex counts differ; those of checkSurface
  void check() const;
};

/// A place on the brain of one person. Vertices count left first, then right.
struct BrainSpot {
  int brain = 0;
  Index vertex = 0;

  bool operator==(const BrainSpot&) const = default;
};

/// A picture, rows from the top, three bytes (red, green, blue) per pixel.
struct RgbImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;

  std::array<std::uint8_t, 3> at(int x, int y) const;
};

/// Size of a picture: widthPx * scale by heightPx * scale pixels; words and lines grow with scale.
struct ImageSize {
  int widthPx = 1280, heightPx = 800;
  double scale = 1.0;
  int supersampling = 2;  ///< each pixel is the mean of this many squared (1..4)
};

enum class Background { White, Black };
enum class Borders { None, OneRegion, AllRegions };

/// Draws one cortex per person side by side, with one camera and one colour scale. Arrays in, pixels out:
/// knows no study and no widget. Pixel coordinates are device pixels with y up from the lower edge.
///
/// All calls come from the thread that owns the window. Only draw, drawImage and detach need its OpenGL
/// context to be current; setters only note what changed and call onChange.
class CortexScene {
 public:
  static constexpr int kMostBrains = 16;

  CortexScene();
  ~CortexScene();
  CortexScene(const CortexScene&) = delete;
  CortexScene& operator=(const CortexScene&) = delete;

  /// Called after every change that needs a new drawing.
  std::function<void()> onChange;

  /// Brains keep their names and lose their values.
  void setCortex(const CortexShape& shape);
  /// One brain per name, without values.
  /// Errors   BadValue for more than kMostBrains
  void setBrains(const std::vector<std::string>& names);
  int brainCount() const;
  Index vertexCount() const;

  /// One value per vertex; NaN and infinite values show the underlay alone, also where only one corner of a
  /// triangle has none.
  /// Errors   BadShape, BadValue for a brain that is not there
  void setValues(int brain, std::span<const float> now) { setValues(brain, now, now); }
  /// Values of two neighbouring times, mixed by setBlend.
  void setValues(int brain, std::span<const float> now, std::span<const float> next);
  /// One per vertex: where it is 0, the underlay is shown instead of the value. Empty = all are shown.
  /// Errors   as setValues
  void setMask(int brain, std::span<const std::uint8_t> shown);
  void setBlend(float towardsNext);  ///< 0 = now .. 1 = next, for all brains

  void setColorScale(const ColorScale& scale);  ///< errors of ColorScale::check
  const ColorScale& colorScale() const;
  void setBackground(Background background);
  void setLegendShown(bool shown);
  void setSmoothEdges(bool smooth);  ///< costs time; on by default

  /// keys   one per vertex.
  /// Errors   BadShape
  void setRegions(const Parcellation& regions);
  /// regionName   for OneRegion; a name that no region has draws nothing
  void setBorders(Borders borders, const std::string& regionName = {});
  /// Marks this vertex on every brain.
  void setMarker(std::optional<Index> vertex);

  /// Sets view and arrangement and resets zoom, pan and turning.
  void setView(View view);
  View view() const;
  void setShownHemispheres(ShownHemispheres shown);
  ShownHemispheres shownHemispheres() const;
  void setInflation(float inflation);  ///< 0 = anatomical .. 1 = inflated
  float inflation() const;
  void resetCamera();
  /// Turns what is grabbed; with mirrored hemispheres the other one turns as its mirror image.
  void rotate(float rightDeg, float upDeg, Hemisphere grabbed = Hemisphere::Left);
  void zoom(float factor);  ///< > 1 comes closer; total zoom stays within 0.25..40
  void pan(double rightPx, double upPx);

  /// Draws into this window from now on, until detach or another attach. The window must outlive the
  /// attachment.
  void attach(vtkRenderWindow* window);
  void detach();
  void resize(int widthPx, int heightPx, double pixelRatio);
  void draw();
  /// Draws at another size into memory.
  /// Errors   BadValue for a size of 0 or beyond what the graphics card can draw
  RgbImage drawImage(const ImageSize& size);
  /// Sends all arrays to the graphics card again at the next drawing.
  void rebuild();

  /// Vertex under a pixel; nothing beside the brains.
  std::optional<BrainSpot> pick(double xPx, double yPx) const;
  /// Pixel of a vertex; nothing if its hemisphere is not shown. It may be hidden behind other parts of the
  /// brain.
  std::optional<std::array<double, 2>> pixelOf(BrainSpot spot) const;
  /// The hemisphere on whose half of its brain's picture a pixel lies.
  Hemisphere sideAt(double xPx, double yPx) const;

 private:
  struct State;
  void changed() const;
  void requireBrain(int brain) const;

  std::unique_ptr<State> m_state;
};

}  // namespace cortexscope
