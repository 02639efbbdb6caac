// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "playback/study_time.h"
#include "study/pipeline/results.h"

namespace cortexscope {

/// What the brains are coloured by.
enum class Layer { Predicted, Measured, Difference, HeldOutR };
inline constexpr std::array kLayers{Layer::Predicted, Layer::Measured, Layer::Difference, Layer::HeldOutR};

struct LayerInfo {
  const char* key;  ///< for the command line and settings
  QString title;
  QString unit;
  QString explanation;  ///< one sentence for the tooltip
  bool isSigned;        ///< drawn with a symmetric, two-sided colour map
  bool changesInTime;
  double weakShare;      ///< of the colour limit: values below it are weak, unless a number is chosen
  bool significantOnly;  ///< a new view shows only vertices whose held-out r is significant
};
LayerInfo layerInfo(Layer layer);
std::optional<Layer> layerFromKey(const QString& key);

/// True if this person's results hold the layer.
bool hasLayer(const PersonResults& person, Layer layer);

/// "not trained yet" or "responses missing"; empty for a person of whom all is there.
QString whatIsMissing(const PersonResults& person);

/// Values of one person at the two samples of a frame, one per vertex; NaN where no kept voxel reaches it.
/// Points into the mapped files where it can; valid until the next call with the same scratch.
struct LayerRows {
  const float* now = nullptr;
  const float* next = nullptr;
  Index count = 0;
};
struct LayerScratch {
  std::vector<float> now, next, other;
};
LayerRows layerRows(const PersonResults& person, Layer layer, const BrainFrame& frame, LayerScratch& scratch);

/// The number drawn at a vertex in this frame: the mix of the two samples. Nothing if the layer or vertex is
/// absent.
std::optional<double> layerValue(const PersonResults& person, Layer layer, const BrainFrame& frame,
                                 Index vertex);

/// True if somebody's voxels were kept, so that brains show means of them.
bool showsMeansOfVoxels(const Results& results);

/// 1 per vertex whose q is below the level, else 0 (also where q is not a number). Empty if the person's q is
/// not known: then nothing can be masked.
std::vector<std::uint8_t> significantVertices(const PersonResults& person, Index vertexCount, double level);

/// Upper colour limit of a person's layer: 99th percentile of |values| over evenly spaced samples, never 0.
float layerLimit(const PersonResults& person, Layer layer);

/// Limits of all people and layers, people in study order; 0 where a layer is absent.
using LayerLimits = std::vector<std::array<float, kLayers.size()>>;
LayerLimits layerLimits(const Results& results);

}  // namespace cortexscope
