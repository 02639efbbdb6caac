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

/// All labels of a study that are numbers, on the study's clock; a shared label is repeated for every person.
/// Errors   as readLabelValues (labels/label_source.h)
std::vector<StudyLabel> readLabels(const Study& study);

/// Throws BadValue, naming the item and its file, unless a person's label is known in 2 training runs or more.
void requireKnownRuns(const Study& study, const LabelTable& table, const Person& person, const std::string& item,
                      const VectorD& truth);

/// Estimates every label with all methods and writes estimates (TSV; vectors as .npy) and statistics (JSON) to
/// results/labels.
void estimateLabels(const Study& study, LazyLayers& layers, StepCache& cache, int threads,
                    const Job& job);

/// Digest of everything the label step depends on.
std::string labelKey(const Study& study);

}  // namespace cortexscope
