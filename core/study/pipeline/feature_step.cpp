// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/feature_step.h"

#include <cmath>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "features/auditory.h"
#include "features/delays.h"
#include "features/haemodynamics.h"
#include "features/reduction.h"
#include "features/visual.h"
#include "io/arrays/npy.h"
#include "io/media/media.h"
#include "networks/network.h"
#include "study/document/run_times.h"
#include "study/pipeline/result_files.h"

namespace cortexscope {
namespace {

/// A film that is cut would go on with its last picture, or with silence, and give features of what nobody
/// saw.
void checkComplete(const std::optional<double>& earlyEndSec, const char* what,
                   const std::filesystem::path& film, const Run& run, const TimeAxis& times) {
  require(!earlyEndSec || *earlyEndSec + times.periodSec > times.endSec(), ErrorCode::BadFile, [&] {
    return film.string() + ": its " + what + " stop at " + textOf(*earlyEndSec) +
           " s, before the end that the file claims; run " + run.id + " needs them up to " +
           textOf(times.endSec()) + " s, so the file is cut or damaged";
  });
}

/// A feature space with its network loaded, made when the first run needs it.
class Extractor {
 public:
  Extractor(const Study& study, const FeatureSpace& space, int threads)
      : m_study(study), m_space(space), m_threads(threads) {}

  void extract(const Run& run, const FeatureSink& sink, const Job& job) {
    if (!m_network) m_network.emplace(m_study.path(m_space.network), job);
    const std::filesystem::path film = m_study.path(m_study.stimulus(run.stimulus).file);
    const TimeAxis times = filmTimes(m_study, run);
    if (m_space.modality == "visual") {
      VideoReader reader(film);
      VisualOptions options;
      options.layers = m_space.layers;
      options.threadCount = m_threads;
      visualFeatures(reader, times, *m_network, options, sink, job);
      checkComplete(reader.earlyEndSec(), "pictures", film, run, times);
      return;
    }
    require(m_space.modality == "auditory", ErrorCode::BadValue, [&] {
      return "feature space " + m_space.id + ": modality \"" + m_space.modality +
             "\" is neither visual nor auditory";
    });
    if (m_mel.size() == 0) m_mel = readNpy(m_study.path(m_space.melMatrix));
    AudioReader reader(film, kSpeechRateHz);
    AuditoryOptions options;
    options.layers = m_space.layers;
    sink(auditoryFeatures(reader, times, *m_network, m_mel, options, job));
    checkComplete(reader.earlyEndSec(), "sounds", film, run, times);
  }

 private:
  const Study& m_study;
  const FeatureSpace& m_space;
  int m_threads;
  std::optional<Network> m_network;
  MatrixF m_mel;
};

/// One file per layer of a run's features, which appear together and only when all of the run is there.
class LayerFiles {
 public:
  LayerFiles(const ResultFiles& files, const FeatureSpace& space, const Run& run)
      : m_files(files), m_space(space), m_run(run) {}

  void append(const std::vector<LayerFeatures>& features) {
    for (std::size_t i = 0; i < features.size(); ++i) {
      if (m_writers.size() == i) {
        m_written.push_back(m_files.layer(m_space.id, m_run.id, features[i].layer));
        m_writers.push_back(
            std::make_unique<NpyRowWriter>(m_written.back(), m_run.sampleCount, features[i].values.cols()));
      }
      m_writers[i]->append(features[i].values);
    }
  }

  std::vector<std::filesystem::path> finish() {
    for (const auto& writer : m_writers) writer->finish();
    return m_written;
  }

 private:
  const ResultFiles& m_files;
  const FeatureSpace& m_space;
  const Run& m_run;
  std::vector<std::filesystem::path> m_written;
  std::vector<std::unique_ptr<NpyRowWriter>> m_writers;
};

}  // namespace

void extractFeatures(const Study& study, const StudyKeys& keys, StepCache& cache, int threads,
                     const Job& job) {
  const ResultFiles files(study);
  for (const Stimulus& film : study.stimuli) checkRunTimes(study, film);
  const double total = double(study.featureSpaces.size() * study.runs.size());
  double done = 0;
  for (std::size_t s = 0; s < study.featureSpaces.size(); ++s) {
    const FeatureSpace& space = study.featureSpaces[s];
    Extractor extractor(study, space, threads);
    for (std::size_t r = 0; r < study.runs.size(); ++r, ++done) {
      const Run& run = study.runs[r];
      const Job part = job.part(done / total, (done + 1) / total);
      part.checkpoint(0, space.id + " features");
      cache.once("features/" + space.id + "/" + run.id, keys.extraction[s][r], [&] {
        LayerFiles layers(files, space, run);
        try {
          extractor.extract(
              run, [&](const std::vector<LayerFeatures>& next) { layers.append(next); }, part);
        } catch (const Error& error) {
          throw error.within("feature space " + space.id + " (" + space.network.string() + "), run " +
                             run.id);
        }
        return layers.finish();
      });
    }
  }
}

LayerFeatures stackedLayer(const Study& study, const FeatureSpace& space, const std::string& layer) {
  const ResultFiles files(study);
  LayerFeatures stacked{layer, {}};
  for (const Run& run : study.runs) {
    const std::filesystem::path file = files.layer(space.id, run.id, layer);
    const MappedMatrix values(file);
    if (stacked.values.size() == 0) stacked.values.resize(sampleCount(study.runs), values.cols());
    require(values.rows() == run.sampleCount && values.cols() == stacked.values.cols(), ErrorCode::BadShape,
            [&] {
              return file.string() + ": is " + textOf(values.rows()) + " x " + textOf(values.cols()) +
                     ", expected " + textOf(run.sampleCount) + " x " + textOf(stacked.values.cols());
            });
    stacked.values.middleRows(run.firstSample, run.sampleCount) = values.view();
  }
  return stacked;
}

std::vector<ReducedLayer> reduceLayers(const Study& study, const Job& job) {
  const std::vector<Index> training = rowsOf(study.runs, false);
  std::vector<ReducedLayer> reduced;
  for (const FeatureSpace& space : study.featureSpaces)
    for (const std::string& name : space.layers) {
      job.checkpoint(0, "reducing " + space.id + "/" + name);
      LayerFeatures layer = stackedLayer(study, space, name);
      centrePerRun(layer.values, study.runs);
      const Reduction basis = fitReduction(rowsOf(layer.values, training), space.components, job);
      const double kept = basis.explainedVariance.cast<double>().sum();
      ReducedLayer result{space.id + "/" + name, space.modality, basis.apply(layer.values)};
      if (kept > 0) result.components *= static_cast<float>(1.0 / std::sqrt(kept));
      reduced.push_back(std::move(result));
    }
  return reduced;
}

std::vector<EncodingSpace> encodingSpaces(const Study& study, const std::vector<ReducedLayer>& layers) {
  std::vector<EncodingSpace> spaces;
  const bool haemodynamic = study.options.responseModel == "haemodynamic";
  for (const ReducedLayer& layer : layers)
    spaces.push_back({layer.name, layer.modality,
                      haemodynamic ? withHaemodynamics(layer.components, study.samplePeriodSec, study.runs)
                                   : withDelays(layer.components, study.options.delays, study.runs)});
  return spaces;
}

}  // namespace cortexscope
