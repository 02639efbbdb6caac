// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/job.h"
#include "base/time_axis.h"
#include "features/feature_series.h"
#include "io/media/media.h"
#include "networks/network.h"

namespace cortexscope {

struct VisualOptions {
  std::vector<std::string> layers;  ///< empty: all of the network's named layers
  int framesPerSample = 2;          ///< pictures averaged per sample, at evenly spaced times inside it
  int maxValuesPerLayer = 12544;    ///< larger maps are averaged over a square grid that stays below this
  int threadCount = 0;              ///< pictures seen at the same time; 0 = one per core
};

/// Features of the film's pictures: each sample is the mean over its pictures of the layer's values, after
/// averaging every channel over an n x n grid (n as large as maxValuesPerLayer allows).
///
/// Pictures of a sample are taken at (k + 0.5) / framesPerSample of its length, k = 0, 1, ..., and prepared
/// by pictureInput(): a film that is not square is squeezed, so that nothing of it is cut off.
///
/// times    film time of the samples; a sample past the film's end uses its last picture
/// sink     gets the next few samples as soon as they are made, so that a film of hours never is in memory:
///          one LayerFeatures per layer, samples x values (channel by channel, each channel's grid row by
///          row), unitless activations; the same bits for every threadCount
/// Errors   BadFile, BadValue (unknown layer; options out of range; non-finite activation, naming layer and
///          time); OutOfMemory; Cancelled
/// Limits   a layer keeps at least one value per channel, and flat layers all of theirs, whatever
///          maxValuesPerLayer says; threads are reduced where clones of the network would take more than
///          about 2 GiB
void visualFeatures(VideoReader& film, const TimeAxis& times, Network& network, const VisualOptions& options,
                    const FeatureSink& sink, const Job& job);

/// Means of each channel of a map (channels x height x width) over a grid of at most `side` x `side` cells.
/// Cell i of n covers rows floor(i h / n) to floor((i + 1) h / n) - 1: every value counts in exactly one
/// cell.
std::vector<float> gridMeans(const std::vector<float>& map, const std::vector<int>& shape, int side);

/// Cells a side so that channels x side x side stays at or below `maxValues`; at least 1.
int gridSide(int channels, int maxValues);

}  // namespace cortexscope
