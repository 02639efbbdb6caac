// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/pipeline.

#include "base/job.h"
#include "study/document/study.h"
#include "study/labels/study_labels.h"
#include "study/pipeline/feature_step.h"
#include "study/pipeline/step_cache.h"

namespace cortexscope {

/// Estimates every label with all methods and writes estimates (TSV; vectors as .npy) and statistics (JSON)
/// to results/labels.
void estimateLabels(const Study& study, const StudyKeys& keys, LazyLayers& layers, StepCache& cache,
                    int threads, const Job& job);

}  // namespace cortexscope
