// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "control/layers.h"

namespace cortexscope {

/// What becomes of values near zero.
enum class WeakValues {
  Fade,  ///< the weaker, the more of the cortex is seen through
  Hide,  ///< the cortex alone
  Show,  ///< like all others: near zero their colour covers the cortex
};

/// How the brains are drawn; the same for all people.
struct BrainDisplay {
  Layer layer = Layer::Predicted;
  bool inflated = true;
  bool significantOnly = true;  ///< vertices whose q is not below the study's level show the cortex alone
  WeakValues weak = WeakValues::Fade;
  double threshold = 0;  ///< weak are magnitudes below it, in the layer's unit; 0 = a share of the limit
  double limit = 0;      ///< colour limit in the layer's unit, the same for all people; 0 = automatic
  bool outlines = false;
  double lagSec = 5;  ///< brains show film time + lag

  bool operator==(const BrainDisplay&) const = default;
};

}  // namespace cortexscope
