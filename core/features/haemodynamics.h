// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// Haemodynamic response to a brief event, sampled every periodSec over 32 s, sum 1: the difference of two
/// gamma densities, the second (undershoot) 10 s later and 1/6 as large.
///
/// peakSec  time of the maximum; 5 s is the canonical response
/// Errors   BadValue if periodSec or peakSec is not above 0
/// Source   Friston et al. 1998; Glover 1999
VectorD haemodynamicResponse(double periodSec, double peakSec = 5.0);

/// Series convolved with a kernel within each run, from rest at the run's first sample.
VectorD convolvePerRun(const VectorD& series, const VectorD& kernel, const Runs& runs);

/// Features as a brain with a roughly known haemodynamic response would answer them: every feature convolved
/// with the canonical response, then every feature convolved with its derivative in peak time (half as
/// weighty under ridge), which lets a fit move the peak by about a second. Far fewer columns than free
/// delays: for films of minutes, not hours.
///
/// features  samples x features over all runs
/// Returns   samples x (2 * features): [response | derivative]
/// Errors    BadShape if the runs do not cover the rows
MatrixF withHaemodynamics(const ConstMatrixRefF& features, double periodSec, const Runs& runs);

}  // namespace cortexscope
