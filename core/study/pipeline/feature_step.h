// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "encoding/encoder.h"
#include "features/feature_series.h"
#include "study/document/study.h"
#include "study/pipeline/step_cache.h"
#include "study/pipeline/study_keys.h"

namespace cortexscope {

/// Extracts the raw layer values of every run and feature space into results/features, run by run.
void extractFeatures(const Study& study, const StudyKeys& keys, StepCache& cache, int threads,
                     const Job& job);

/// Raw values of one layer for all runs, stacked: samples x values.
LayerFeatures stackedLayer(const Study& study, const FeatureSpace& space, const std::string& layer);

/// A layer, centred per run and reduced to its leading components; basis and scale from training runs alone.
struct ReducedLayer {
  std::string name;  ///< "visual/stage2"
  std::string modality;
  MatrixF components;  ///< samples x components; total variance over training rows = 1
};
std::vector<ReducedLayer> reduceLayers(const Study& study, const Job& job);

/// The reduced layers, made when the first step asks for them: a study that is up to date needs none.
class LazyLayers {
 public:
  explicit LazyLayers(const Study& study) : m_study(study) {}
  const std::vector<ReducedLayer>& get(const Job& job) {
    if (!m_layers) m_layers = reduceLayers(m_study, job);
    return *m_layers;
  }

 private:
  const Study& m_study;
  std::optional<std::vector<ReducedLayer>> m_layers;
};

/// The reduced layers with the study's delays, as encoders use them.
std::vector<EncodingSpace> encodingSpaces(const Study& study, const std::vector<ReducedLayer>& layers);

}  // namespace cortexscope
