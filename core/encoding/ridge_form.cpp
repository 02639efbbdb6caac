// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_form.h"

#include "base/dense.h"
#include "encoding/dual_design.h"
#include "encoding/dual_form.h"
#include "encoding/primal_form.h"
#include "encoding/ridge_panels.h"

namespace cortexscope {

std::unique_ptr<RidgeForm> makeRidgeForm(const ConstMatrixRefF& features, const RidgeSetup& setup,
                                         const RidgePlan& plan, const Job& job) {
  checkSetup(features, setup);
  const VectorD mean = columnMeans(features, setup.intercept);
  job.checkpoint(0, "preparing the features");
  if (plan.primal)
    return makePrimalForm(features.cast<double>().rowwise() - mean.transpose(), mean, setup, job);
  return makeDualForm(decomposeGram(gramOfRows(features, mean, setup.threads, job), setup.intercept, job),
                      features, mean, setup, job);
}

}  // namespace cortexscope
