// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// One layer of one network over time: samples x values. The samples are a study's (runs one after the other)
/// or one run's; who holds it says which.
struct LayerFeatures {
  std::string layer;
  MatrixF values;
};

/// Takes the features of the next samples, one entry per layer, in the same order of layers each time.
using FeatureSink = std::function<void(const std::vector<LayerFeatures>&)>;

}  // namespace cortexscope
