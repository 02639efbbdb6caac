// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/pipeline.

#include "base/job.h"
#include "study/document/study.h"
#include "study/pipeline/feature_step.h"
#include "study/pipeline/step_cache.h"

namespace cortexscope {

/// Fits the encoders of all people whose result is not there yet; one file set per person.
void fitEncoders(const Study& study, const StudyKeys& keys, LazyLayers& layers, StepCache& cache, int threads,
                 const Job& job);

/// Predicted activation, held-out r, its significance and surface maps of all people.
void predictPeople(const Study& study, const StudyKeys& keys, LazyLayers& layers, StepCache& cache,
                   int threads, const Job& job);

}  // namespace cortexscope
