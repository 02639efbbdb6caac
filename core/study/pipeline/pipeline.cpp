// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/pipeline.h"

#include "base/error.h"
#include "study/document/findings.h"
#include "study/pipeline/encoder_step.h"
#include "study/pipeline/feature_step.h"
#include "study/pipeline/label_step.h"
#include "study/pipeline/step_cache.h"
#include "study/pipeline/study_keys.h"
#include "study/pipeline/summary.h"

namespace cortexscope {

void runPipeline(const Study& study, const PipelineOptions& options, const Job& job) {
  refuseOpenErrors(study.folder);
  StepCache cache(study.results());
  const StudyKeys keys = studyKeys(study, job.part(0.0, 0.02));
  extractFeatures(study, keys, cache, options.threads, job.part(0.02, 0.5));
  if (options.until == PipelineStep::Features) return;
  require(!study.people.empty(), ErrorCode::BadValue,
          "the study has no people, so there is nothing to learn");

  LazyLayers layers(study);
  fitEncoders(study, keys, layers, cache, options.threads, job.part(0.5, 0.75));
  if (options.until == PipelineStep::Encoders) return;
  predictPeople(study, keys, layers, cache, options.threads, job.part(0.75, 0.85));
  if (options.until == PipelineStep::Activation) return;
  estimateLabels(study, keys, layers, cache, options.threads, job.part(0.85, 0.99));
  writeSummary(study, cache, job.part(0.99, 1.0));
}

std::vector<std::string> outdatedResults(const Study& study, const Job& job) {
  const StepCache cache(study.results());
  std::vector<std::string> outdated;
  if (cache.isEmpty()) return outdated;
  const StudyKeys keys = studyKeys(study, job);
  for (const Person& person : study.people) {
    const std::string step = "encoders/" + person.id;
    if (cache.holds(step) && !cache.has(step, keys.encoder.at(person.id)))
      outdated.push_back("encoder of " + person.id);
  }
  if (cache.holds("labels/all") && !cache.has("labels/all", keys.labels))
    outdated.push_back("label estimates");
  return outdated;
}

}  // namespace cortexscope
