// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/job.h"
#include "encoding/ridge_form.h"
#include "encoding/ridge_setup.h"

// Private to encoding.
namespace cortexscope {

/// Primal: operators of features x features; the Gram matrix of each fold's training rows by subtraction.
///
/// features  samples x features, with an intercept centred by featureMean
std::unique_ptr<RidgeForm> makePrimalForm(MatrixD features, const VectorD& featureMean,
                                          const RidgeSetup& setup, const Job& job);

}  // namespace cortexscope
