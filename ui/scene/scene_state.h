// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkRenderWindow.h>

#include "scene/brain_cell.h"
#include "scene/color_legend.h"
#include "scene/cortex_scene.h"

namespace cortexscope {

/// Everything a CortexScene holds. Setters raise a flag; prepare() does what the flags ask for, once per
/// drawing.
struct CortexScene::State {
  State();

  // What is drawn.
  SharedParts shared;
  std::vector<std::unique_ptr<BrainCell>> cells;
  vtkNew<vtkRenderer> backdrop;  ///< behind the cells: background, names, legend
  ColorLegend legend{backdrop};
  Index leftCount = 0, rightCount = 0;
  std::vector<std::int32_t> keys;
  std::vector<Region> regions;

  // How.
  ColorScale scale;
  Background background = Background::White;
  bool legendShown = true;
  bool smoothEdges = true;
  Borders borders = Borders::None;
  std::string borderRegion;
  std::optional<Index> marker;
  float blend = 0;
  float inflation = 0;

  // From where.
  View view = View::Lateral;
  ShownHemispheres shown = ShownHemispheres::Both;
  Eigen::Matrix3f rotation = rotationFor(View::Lateral);
  float zoom = 1;
  double panXMm = 0, panYMm = 0;
  float fitWidthMm = 1, fitHeightMm = 1;  ///< what fills a cell at zoom 1
  BrainPose pose;

  // Where to.
  vtkRenderWindow* window = nullptr;
  int widthPx = 0, heightPx = 0;
  double pixelRatio = 1;
  GridLayout layout;
  bool layoutIsCompact = true;

  bool poseIsStale = true, fitIsStale = true, bordersAreStale = true, lookIsStale = true,
       layoutIsStale = true;

  void prepare();
  void rebuildBorders();
  void updatePose();
  void updateLayout();
  void updateLook();
  void updateCamera();
  void updateMarker();
  void addToWindow();
  void removeFromWindow();
  double mmPerPx() const;
  /// Room around the brains is for closer looks; as long as they are seen whole it would only push them
  /// apart.
  bool isCompact() const { return zoom <= 1 && panXMm == 0 && panYMm == 0; }
  Color ink() const;
  int cellAt(double xPx, double yPx) const;
  const Pose& poseOf(Hemisphere side) const { return side == Hemisphere::Left ? pose.left : pose.right; }
  bool isShown(Hemisphere side) const;
};

}  // namespace cortexscope
