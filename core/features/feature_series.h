#pragma once

#include <string>
#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// One layer of one network over time: samples x values. The samples are a study's (runs one after the other) or one
/// run's; who holds it says which.
struct LayerFeatures {
  std::string layer;
  MatrixF values;
};

}  // namespace cortexscope
