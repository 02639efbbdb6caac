// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/eigen.h"
#include "base/job.h"
#include "encoding/ridge_form.h"
#include "encoding/ridge_setup.h"

// Private to encoding.
namespace cortexscope {

/// Dual: operators of samples x samples, made from the eigenvectors of the Gram matrix of all samples.
///
///   Q = (K + a I)^-1,   y_F - prediction_F = rows F of (Q_HH)^-1 (Q y)_H      for held-out rows H, which
///   hold F
///
/// eigen, features, featureMean   as designDual
/// Source   block inverse; Rasmussen & Williams 2006, 5.4.2 for leave-one-out
std::unique_ptr<RidgeForm> makeDualForm(SymmetricEigen eigen, const ConstMatrixRefF& features,
                                        const VectorD& featureMean, const RidgeSetup& setup, const Job& job);

}  // namespace cortexscope
