// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "ellipsoid_cortex.h"
#include "scene/snapshot.h"
#include "support/expect.h"

namespace cortexscope::test {

using Eigen::Vector3f;
inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr ImageSize kSize{600, 400, 1.0, 1};
using Rgb = std::array<std::uint8_t, 3>;

inline bool isRed(const Rgb& c) {
  return c[0] > c[1] + 60 && c[0] > c[2] + 60;
}
inline bool isBlue(const Rgb& c) {
  return c[2] > c[0] + 50;
}
inline bool isGrey(const Rgb& c) {
  return std::abs(c[0] - c[1]) <= 2 && std::abs(c[1] - c[2]) <= 2 && c[0] > 40 && c[0] < 235;
}
inline int difference(const Rgb& a, const Rgb& b) {
  return std::max({std::abs(a[0] - b[0]), std::abs(a[1] - b[1]), std::abs(a[2] - b[2])});
}
inline int largestDifference(const RgbImage& a, const RgbImage& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}
inline int differingPixels(const RgbImage& a, const RgbImage& b) {
  int count = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) count += difference(a.at(x, y), b.at(x, y)) > 8;
  return count;
}
inline QByteArray words(const Rgb& c) {
  return QString("%1 %2 %3").arg(c[0]).arg(c[1]).arg(c[2]).toLatin1();
}

/// A scene of two ellipsoid brains in an invisible window.
struct Stage {
  explicit Stage(std::vector<std::string> names = {"sub-01", "sub-02"}) {
    scene.setCortex(shape);
    scene.setBrains(names);
    scene.setSmoothEdges(false);
    scene.resize(kSize.widthPx, kSize.heightPx, 1.0);
    window = std::make_unique<OffscreenWindow>(scene);
  }
  RgbImage draw() { return window->draw(kSize); }
  void setAll(const std::vector<float>& values) {
    for (int brain = 0; brain < scene.brainCount(); ++brain) scene.setValues(brain, values);
  }
  /// Colour drawn at a vertex.
  Rgb at(const RgbImage& image, BrainSpot spot) const {
    const auto [x, y] = scene.pixelOf(spot).value();
    return image.at(static_cast<int>(x), image.height - 1 - static_cast<int>(y));
  }
  Index vertex(Hemisphere side, const Vector3f& direction) const {
    return shape.anatomical.firstVertex(side) + vertexTowards(shape.anatomical.hemisphere(side), direction);
  }
  std::vector<float> constant(float value) const {
    return std::vector<float>(static_cast<std::size_t>(scene.vertexCount()), value);
  }
  /// Value of every vertex within `radiusMm` of one, `otherwise` elsewhere.
  std::vector<float> patch(Index centre, float radiusMm, float value, float otherwise) const {
    std::vector<float> values = constant(otherwise);
    const Hemisphere side = shape.anatomical.sideOf(centre);
    const Points& points = shape.anatomical.hemisphere(side).points;
    const Index first = shape.anatomical.firstVertex(side);
    for (Index i = 0; i < points.rows(); ++i)
      if ((points.row(i) - points.row(centre - first)).norm() <= radiusMm)
        values[static_cast<std::size_t>(first + i)] = value;
    return values;
  }

  CortexShape shape = ellipsoidCortex();
  CortexScene scene;
  std::unique_ptr<OffscreenWindow> window;
  Index leftFront = vertex(Hemisphere::Left, {-1, 0.5f, 0.3f});
  Index rightFront = vertex(Hemisphere::Right, {1, 0.5f, 0.3f});
  Index leftBack = vertex(Hemisphere::Left, {-1, -0.5f, 0.3f});
};

}  // namespace cortexscope::test
