// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/label_step.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "features/delays.h"
#include "io/arrays/npy.h"
#include "io/tables/table.h"
#include "study/labels/label_source.h"
#include "study/pipeline/label_json.h"
#include "study/pipeline/result_files.h"
#include "study/pipeline/word_step.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

TransferInputs transferInputs(const Study& study, const std::vector<ReducedLayer>& layers, const Job& job) {
  const ResultFiles files(study);
  TransferInputs inputs;
  Index columns = 0;
  for (const ReducedLayer& layer : layers) columns += layer.components.cols();
  MatrixF features(sampleCount(study.runs), columns);
  columns = 0;
  for (const ReducedLayer& layer : layers) {
    features.middleCols(columns, layer.components.cols()) = layer.components;
    columns += layer.components.cols();
  }
  std::vector<Index> all(std::size_t(features.cols()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = Index(i);
  inputs.features = decoderInput(features, all, study.options.featureLags, study.runs);

  for (std::size_t i = 0; i < study.people.size(); ++i) {
    const Person& person = study.people[i];
    job.checkpoint(double(i) / double(study.people.size()), "preparing decoders");
    const VectorF r = readNpy(files.person(person.id, "cross_validated_r", ".npy")).col(0);
    const std::vector<Index> vertices = bestVertices(r, study.options.decoderVertices);
    const MappedMatrix predicted(files.person(person.id, "predicted", ".npy"));
    const MappedMatrix measured(study.path(person.responses));
    inputs.predicted.push_back(
        decoderInput(predicted.view(), vertices, study.options.decoderLags, study.runs));
    inputs.measured.push_back(decoderInput(measured.view(), vertices, study.options.decoderLags, study.runs));
  }
  return inputs;
}

/// One TSV per person and method: time and one column per label.
fs::path writeEstimates(const Study& study, const std::vector<StudyLabel>& labels,
                        const TransferReport& report, const std::string& method,
                        MatrixD LabelReport::*estimate, Index person) {
  const fs::path file = ResultFiles(study).label(study.people[std::size_t(person)].id + "_" + method, ".tsv");
  std::vector<std::string> columns{"time_sec"};
  MatrixD values(sampleCount(study.runs), Index(labels.size()) + 1);
  for (Index t = 0; t < values.rows(); ++t) values(t, 0) = study.samplePeriodSec * double(t);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    columns.push_back(labels[k].item.name);
    values.col(Index(k) + 1) = (report.labels[k].*estimate).row(person).transpose();
  }
  writeTsv(file, columns, values);
  fs::path sidecar = file;
  const nlohmann::ordered_json json{{"what", "label estimates, one row per sample"},
                                    {"method", method},
                                    {"person", study.people[std::size_t(person)].id},
                                    {"simulated", study.simulated},
                                    {"simulationNote", study.simulationNote}};
  writeFileAtomically(sidecar.replace_extension(".json"), json.dump(2) + "\n");
  return file;
}

const LabelTable& tableOf(const Study& study, const std::string& id) {
  for (const LabelTable& table : study.labels)
    if (table.id == id) return table;
  throw Error(ErrorCode::BadValue, "the study has no label table \"" + id + "\"");
}

/// Penalties are chosen across training runs: a label that too few know is refused before the work starts.
void checkKnownRuns(const Study& study, const std::vector<StudyLabel>& labels) {
  for (const StudyLabel& label : labels)
    for (std::size_t i = 0; i < study.people.size(); ++i) {
      const VectorD truth = label.task.truth.row(Index(i)).transpose();
      requireKnownRuns(study, tableOf(study, label.table), study.people[i], label.item.name, truth);
    }
}

}  // namespace

void estimateLabels(const Study& study, const StudyKeys& keys, LazyLayers& layers, StepCache& cache,
                    int threads, const Job& job) {
  cache.once("labels/all", keys.labels, [&] {
    const std::vector<StudyLabel> labels = readLabels(study);
    checkKnownRuns(study, labels);
    const std::vector<WordLabel> words = readWordLabels(study);
    std::vector<LabelTask> tasks;
    for (const StudyLabel& label : labels) tasks.push_back(label.task);
    TransferOptions options;
    options.labelledSamples = study.options.labelledSamples;
    options.draws = study.options.learningCurveDraws;
    options.seed = study.options.seed;
    options.threads = threads;
    const TransferInputs inputs = transferInputs(study, layers.get(job.part(0, 0.1)), job.part(0.1, 0.2));
    const double numbersEnd = words.empty() ? 0.95 : 0.5;
    const TransferReport report = compareTransfer(inputs, tasks, options, job.part(0.2, numbersEnd));

    std::vector<fs::path> written;
    for (Index person = 0; person < Index(study.people.size()); ++person) {
      written.push_back(writeEstimates(study, labels, report, "btl", &LabelReport::btl, person));
      written.push_back(writeEstimates(study, labels, report, "tl", &LabelReport::tl, person));
      written.push_back(writeEstimates(study, labels, report, "measured", &LabelReport::measured, person));
    }
    nlohmann::ordered_json statistics = transferToJson(study, labels, report);
    if (!words.empty())
      statistics["wordVectors"] =
          estimateWords(study, words, inputs, options, written, job.part(numbersEnd, 0.95));
    written.push_back(ResultFiles(study).label("statistics", ".json"));
    writeFileAtomically(written.back(), statistics.dump(2) + "\n");
    return written;
  });
}

}  // namespace cortexscope
