#pragma once

#include "base/job.h"
#include "decoding/transfer.h"
#include "study/feature_step.h"
#include "study/step_cache.h"
#include "study/study.h"

namespace cortexscope {

/// One label of a study with its values for all people.
struct StudyLabel {
  LabelItem item;
  std::string table;
  LabelTask task;
};

/// All labels of a study; a shared label is repeated for every person.
/// Errors   BadShape (a table's rows against the study's samples, both counts and the file), BadFile with the line
std::vector<StudyLabel> readLabels(const Study& study);

/// Estimates every label with all methods and writes estimates (TSV) and statistics (JSON) to results/labels.
void estimateLabels(const Study& study, LazyLayers& layers, StepCache& cache, int threads,
                    const Job& job);

/// Digest of everything the label step depends on.
std::string labelKey(const Study& study);

}  // namespace cortexscope
