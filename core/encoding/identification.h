// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/matrix.h"

namespace cortexscope {

/// Which predicted response a measured one belongs to, of all that were predicted.
struct Identification {
  MatrixF similarity;       ///< measured x predicted windows: r over targets and samples of a window
  std::vector<Index> rank;  ///< per window, of the right prediction: 1 is the most similar
  double accuracy = 0;  ///< share of windows with rank 1, equal predictions sharing it; 1 / windows by chance
  double rankAccuracy = 0;  ///< mean share of wrong predictions that are less similar; 0.5 by chance
  double p = 1;             ///< of rankAccuracy, one-sided, (b + 1) / (n + 1), windows permuted
  Index targetsUsed = 0;    ///< finite and not constant in both
};

struct IdentificationOptions {
  Index windowSamples = 1;  ///< rows are cut into windows of this length; a shorter rest is left out
  int permutations = 1000;
  unsigned seed = 1;
};

/// Identifies windows of time from responses. Every target is z-scored over all rows first, so that what is
/// there all the time tells nothing.
///
/// measured, predicted  samples x targets, held-out rows only
/// Limits   windows shorter than the responses' autocorrelation resemble their neighbours: p is then too
///          small
/// Errors   BadShape (sizes differ, fewer than two windows); BadValue (no usable target, fewer than three
///          numbers in a window)
/// Cost     windows^2 targets windowSamples products
/// Source   Kay, Naselaris, Prenger & Gallant 2008
Identification identifyWindows(const ConstMatrixRefF& measured, const ConstMatrixRefF& predicted,
                               const IdentificationOptions& options);

}  // namespace cortexscope
