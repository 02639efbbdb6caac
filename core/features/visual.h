#pragma once

#include <vector>

#include "base/job.h"
#include "base/time_axis.h"
#include "features/feature_series.h"
#include "features/network.h"
#include "io/media.h"

namespace cortexscope {

struct VisualOptions {
  std::vector<std::string> layers;  ///< empty: all of the network's named layers
  int framesPerSample = 2;          ///< pictures averaged per sample, at evenly spaced times inside it
  int maxValuesPerLayer = 12544;    ///< larger maps are averaged over a square grid that stays below this
};

/// Features of the film's pictures: each sample is the mean over its pictures of the layer's values, after averaging
/// every channel over an n x n grid (n as large as maxValuesPerLayer allows).
///
/// times    film time of the samples; a sample past the film's end uses its last picture
/// Returns  one LayerFeatures per layer, samples x values, unitless activations
/// Errors   BadFile, BadValue (unknown layer; non-finite activation, naming layer and time); Cancelled
std::vector<LayerFeatures> visualFeatures(VideoReader& film, const TimeAxis& times, Network& network,
                                          const VisualOptions& options, const Job& job);

}  // namespace cortexscope
