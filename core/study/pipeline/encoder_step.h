#pragma once
// Private to study/pipeline.

#include "base/job.h"
#include "study/pipeline/feature_step.h"
#include "study/pipeline/step_cache.h"
#include "study/document/study.h"

namespace cortexscope {

/// Digest of everything a person's encoder depends on. `features` is featureKey(study), which reads whole films.
std::string encoderKey(const Study& study, const Person& person, const std::string& features);

/// Fits the encoders of all people whose result is not there yet; one file set per person.
void fitEncoders(const Study& study, LazyLayers& layers, StepCache& cache, int threads,
                 const Job& job);

/// Predicted activation, held-out r, its significance and surface maps of all people.
void predictPeople(const Study& study, LazyLayers& layers, StepCache& cache, int threads,
                   const Job& job);

}  // namespace cortexscope
