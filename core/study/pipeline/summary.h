// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/job.h"
#include "study/document/study.h"
#include "study/pipeline/step_cache.h"

namespace cortexscope {

/// Puts results/summary.json together from the results of all steps.
void writeSummary(const Study& study, const StepCache& cache, const Job& job);

/// The summary as a page for the terminal; says plainly where BTL does not beat TL, and "simulated" where
/// that is so.
/// Errors   MissingFile if the study has no summary yet; BadFile if it was damaged
std::string summaryText(const Study& study);

}  // namespace cortexscope
