// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "encoding/ceiling.h"
#include "encoding/identification.h"
#include "encoding/split_scores.h"
#include "encoding_commands.h"
#include "io/arrays/npy.h"
#include "io/arrays/npy_columns.h"
#include "stats/correlation.h"
#include "stats/multiple_tests.h"
#include "stats/permutation.h"
#include "terminal_job.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr Index kColumns = 1024;  // targets in memory at a time

void checkSameShape(const NpyColumns& truth, const NpyColumns& other) {
  require(truth.rows() == other.rows() && truth.cols() == other.cols(), ErrorCode::BadShape, [&] {
    return other.file().string() + " is " + textOf(other.rows()) + " x " + textOf(other.cols()) + ", " +
           truth.file().string() + " " + textOf(truth.rows()) + " x " + textOf(truth.cols());
  });
}

struct PredictChoice {
  std::vector<std::string> features;
  std::string weights, intercept, out, parts;
};

/// Intercept of every target; 0 if there is none. Without a name the one beside the weights, which belongs to
/// them.
VectorF interceptOf(const PredictChoice& choice, Index targets) {
  fs::path file = choice.intercept;
  if (file.empty()) file = fs::path(choice.weights).parent_path() / "intercept.npy";
  if (choice.intercept.empty() && !fs::exists(file)) return VectorF::Zero(targets);
  const MatrixF intercept = readNpy(file);
  require(intercept.size() == targets, ErrorCode::BadShape, [&] {
    return file.string() + ": has " + textOf(intercept.size()) + " numbers, the weights are for " +
           textOf(targets) + " targets";
  });
  return Eigen::Map<const VectorF>(intercept.data(), intercept.size());
}

std::vector<MatrixF> spacesFor(const PredictChoice& choice, Index weightRows) {
  std::vector<MatrixF> spaces;
  Index features = 0;
  for (const std::string& file : choice.features) {
    spaces.push_back(readNpy(file));
    features += spaces.back().cols();
    require(spaces.back().rows() == spaces.front().rows(), ErrorCode::BadShape, [&] {
      return file + ": has " + textOf(spaces.back().rows()) + " samples, " + choice.features.front() +
             " has " + textOf(spaces.front().rows());
    });
  }
  require(features == weightRows, ErrorCode::BadShape, [&] {
    return choice.features.front() + (spaces.size() > 1 ? " and the others: have " : ": has ") +
           textOf(features) + " features, the weights are for " + textOf(weightRows);
  });
  return spaces;
}

void runPredict(const PredictChoice& choice) {
  TerminalJob terminal;
  const Job job = terminal.job();
  const NpyColumns weights{fs::path(choice.weights)};
  const std::vector<MatrixF> spaces = spacesFor(choice, weights.rows());
  const VectorF intercept = interceptOf(choice, weights.cols());
  std::vector<std::unique_ptr<PendingFile>> files;
  files.push_back(std::make_unique<PendingFile>(choice.out));
  for (std::size_t s = 0; s < spaces.size() && !choice.parts.empty(); ++s)
    files.push_back(
        std::make_unique<PendingFile>(fs::path(choice.parts) / ("part_" + textOf(s + 1) + ".npy")));
  {
    std::vector<std::unique_ptr<NpyColumnWriter>> out;
    for (const auto& file : files)
      out.push_back(std::make_unique<NpyColumnWriter>(file->path(), spaces.front().rows(), weights.cols()));
    for (Index first = 0; first < weights.cols(); first += kColumns) {
      job.checkpoint(double(first) / double(weights.cols()), "predicting");
      const Index count = std::min(kColumns, weights.cols() - first);
      const MatrixF some = weights.read(first, count);
      MatrixF sum = intercept.segment(first, count).transpose().replicate(spaces.front().rows(), 1);
      Index row = 0;
      for (std::size_t s = 0; s < spaces.size(); row += spaces[s++].cols()) {
        const MatrixF part = spaces[s] * some.middleRows(row, spaces[s].cols());
        sum += part;
        if (out.size() > 1) out[s + 1]->write(first, part);
      }
      out.front()->write(first, sum);
    }
  }
  for (const auto& file : files) file->commit();
  terminal.finish();
}

struct ScoreChoice {
  std::string truth, predicted, folder;
  std::vector<std::string> parts, repeats;
  PermutationOptions permutation{0, 10, 1, 0};
};

/// Per-target results, filled some targets at a time and written together.
class ScoreFiles {
 public:
  ScoreFiles(fs::path folder, Index targets) : m_folder(std::move(folder)), m_targets(targets) {}

  void fill(const std::string& name, Index first, const ConstMatrixRefF& rows) {
    auto found = std::find_if(m_results.begin(), m_results.end(),
                              [&](const auto& each) { return each.first == name; });
    if (found == m_results.end())
      found = m_results.insert(m_results.end(), {name, MatrixF::Zero(rows.rows(), m_targets)});
    found->second.middleCols(first, rows.cols()) = rows;
  }
  void fillRow(const std::string& name, Index first, const VectorF& values) {
    fill(name, first, MatrixF(values.transpose()));
  }

  const MatrixF& of(const std::string& name) const {
    return std::find_if(m_results.begin(), m_results.end(),
                        [&](const auto& each) { return each.first == name; })
        ->second;
  }

  void write() const {
    for (const auto& [name, values] : m_results) {
      const fs::path file = m_folder / (name + ".npy");
      if (values.rows() == 1)
        writeNpyVector(file, {values.data(), static_cast<std::size_t>(values.size())});
      else
        writeNpy(file, values);
    }
  }

 private:
  fs::path m_folder;
  Index m_targets;
  std::vector<std::pair<std::string, MatrixF>> m_results;
};

std::vector<NpyColumns> opened(const std::vector<std::string>& files) {
  std::vector<NpyColumns> all;
  for (const std::string& file : files) all.emplace_back(fs::path(file));
  return all;
}

std::vector<MatrixF> readAll(const std::vector<NpyColumns>& files, Index first, Index count) {
  std::vector<MatrixF> all;
  for (const NpyColumns& file : files) all.push_back(file.read(first, count));
  return all;
}

/// One run that holds every row.
Runs wholeRun(Index rows) {
  Run run;
  run.id = "all";
  run.sampleCount = rows;
  return {run};
}

void scoreSomeTargets(const ScoreChoice& choice, const NpyColumns& truthFile, const NpyColumns& predictedFile,
                      const Job& job, ScoreFiles& results) {
  const std::vector<NpyColumns> parts = opened(choice.parts), repeats = opened(choice.repeats);
  for (const auto* files : {&parts, &repeats})
    for (const NpyColumns& file : *files) checkSameShape(truthFile, file);
  for (Index first = 0; first < truthFile.cols(); first += kColumns) {
    job.checkpoint(double(first) / double(truthFile.cols()), "scoring");
    const Index count = std::min(kColumns, truthFile.cols() - first);
    const MatrixF truth = truthFile.read(first, count);
    const MatrixF predicted = predictedFile.read(first, count);
    const VectorF r = columnwisePearson(truth, predicted);
    results.fillRow("r", first, r);
    results.fillRow("r2", first, columnwiseR2(truth, predicted));
    if (!parts.empty()) {
      const SplitScores split = splitScores(truth, readAll(parts, first, count));
      results.fill("split_r", first, split.r);
      results.fill("split_r2", first, split.r2);
    }
    if (!repeats.empty()) {
      const NoiseCeiling ceiling = noiseCeiling(readAll(repeats, first, count));
      results.fillRow("explainable_variance", first, ceiling.explainableVariance);
      results.fillRow("ceiling_r", first, ceiling.maxR);
      results.fillRow("ceiling_r2", first, ceiling.maxR2);
      results.fillRow("normalized_r", first, normalizedR(r, ceiling));
    }
  }
}

/// The maximum over targets needs all of them at once.
void testSignificance(const ScoreChoice& choice, const NpyColumns& truth, const NpyColumns& predicted,
                      const Job& job, ScoreFiles& results) {
  const PermutationReport report =
      permutationTest(truth.read(0, truth.cols()), predicted.read(0, truth.cols()), wholeRun(truth.rows()),
                      choice.permutation, job);
  const std::vector<double> p(report.p.begin(), report.p.end());
  const std::vector<double> q = adjustBenjaminiHochberg(p);
  results.fillRow("p", 0, report.p);
  results.fillRow("p_max", 0, report.pMaxT);
  results.fillRow("q", 0,
                  VectorF(Eigen::Map<const VectorD>(q.data(), static_cast<Index>(q.size())).cast<float>()));
}

void runScore(const ScoreChoice& choice) {
  TerminalJob terminal;
  const Job job = terminal.job();
  const NpyColumns truth{fs::path(choice.truth)}, predicted{fs::path(choice.predicted)};
  checkSameShape(truth, predicted);
  require(choice.repeats.size() != 1, ErrorCode::BadValue, "a ceiling needs at least two --repeats");
  const bool tested = choice.permutation.permutations > 0;
  ScoreFiles results(choice.folder, truth.cols());
  scoreSomeTargets(choice, truth, predicted, job.part(0, tested ? 0.3 : 1), results);
  if (tested) testSignificance(choice, truth, predicted, job.part(0.3, 1), results);
  fs::create_directories(choice.folder);
  results.write();
  terminal.finish();
  std::printf("mean r %.6f, mean R2 %.6f over %ld targets\n", double(results.of("r").cast<double>().mean()),
              double(results.of("r2").cast<double>().mean()), long(truth.cols()));
}

struct ComponentsChoice {
  std::string weights, r2, folder;
  Index delays = 1, count = 3;
};

void runComponents(const ComponentsChoice& choice) {
  TerminalJob terminal;
  const MatrixF r2 = readNpy(choice.r2);
  const VectorF scores = Eigen::Map<const VectorF>(r2.data(), r2.size());
  const WeightComponents made =
      weightComponents(readNpy(choice.weights), choice.delays, scores, choice.count);
  const fs::path folder = choice.folder;
  writeNpy(folder / "components.npy", made.components);
  writeNpy(folder / "projections.npy", made.projections);
  writeNpyVector(folder / "share.npy", {made.share.data(), static_cast<std::size_t>(made.share.size())});
  terminal.finish();
  for (Index i = 0; i < made.share.size(); ++i)
    std::printf("component %ld: %.1f %% of the weights' sum of squares\n", long(i + 1), 100 * made.share[i]);
}

struct IdentifyChoice {
  std::string truth, predicted, folder;
  IdentificationOptions options;
};

void runIdentify(const IdentifyChoice& choice) {
  TerminalJob terminal;
  const NpyColumns truth{fs::path(choice.truth)}, predicted{fs::path(choice.predicted)};
  checkSameShape(truth, predicted);
  const Identification found =
      identifyWindows(truth.read(0, truth.cols()), predicted.read(0, truth.cols()), choice.options);
  const fs::path folder = choice.folder;
  const std::vector<std::int64_t> rank(found.rank.begin(), found.rank.end());
  writeNpy(folder / "similarity.npy", found.similarity);
  writeNpyVector(folder / "rank.npy", std::span<const std::int64_t>(rank));
  terminal.finish();
  std::printf(
      "%ld windows, %ld of %ld targets: right prediction the most similar in %.1f %% (chance %.1f %%), "
      "more similar than %.1f %% of the others (chance 50 %%, p %.4f)\n",
      long(found.rank.size()), long(found.targetsUsed), long(truth.cols()), 100 * found.accuracy,
      100.0 / double(found.rank.size()), 100 * found.rankAccuracy, found.p);
}

void addPredict(CLI::App& app) {
  const auto choice = std::make_shared<PredictChoice>();
  auto* command = app.add_subcommand("predict", "Features times weights, plus the intercept if there is one");
  command->add_option("--weights", choice->weights, "weights.npy of a fit")->required();
  command
      ->add_option("--features", choice->features,
                   "Features, samples x features, .npy; once per space, in the fit's order")
      ->required()
      ->expected(1, -1);
  command->add_option(
      "--intercept", choice->intercept,
      "Intercept of every target, .npy (default: intercept.npy beside the weights, if it is there)");
  command->add_option("--out", choice->out, "Predictions to write, .npy")->required();
  command->add_option("--parts", choice->parts,
                      "Folder for part_1.npy, ...: what each space adds to the prediction");
  command->callback([choice] { runPredict(*choice); });
}

void addScore(CLI::App& app) {
  const auto choice = std::make_shared<ScoreChoice>();
  auto* command =
      app.add_subcommand("score",
                         "r and R2 of every target; with more files or options also how much of it is "
                         "possible, significant, and due to a feature space");
  command->add_option("--truth", choice->truth, "Responses, samples x targets, .npy")->required();
  command->add_option("--predicted", choice->predicted, "Predictions of the same shape, .npy")->required();
  command->add_option("--out", choice->folder, "Folder for the results, made if missing")->required();
  command
      ->add_option(
          "--parts", choice->parts,
          "Predictions of single feature spaces that sum to --predicted: writes split_r and split_r2")
      ->expected(1, -1);
  command
      ->add_option("--repeats", choice->repeats,
                   "Responses to repetitions of the stimulus: writes explainable variance and ceilings")
      ->expected(1, -1);
  command
      ->add_option("--permutations", choice->permutation.permutations,
                   "Orders of blocks of time to try: writes p, p_max (family-wise) and q (false discoveries)")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--block", choice->permutation.blockSamples, "Samples in a block that stay together")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--seed", choice->permutation.seed, "Seed of the orders")->capture_default_str();
  command
      ->add_option("--threads", choice->permutation.threads,
                   "Threads, 0 = one per core; results do not depend on it")
      ->check(CLI::Range(0, 1024));
  command->callback([choice] { runScore(*choice); });
}

void addComponents(CLI::App& app) {
  const auto choice = std::make_shared<ComponentsChoice>();
  auto* command = app.add_subcommand("components", "Principal components of weights over targets");
  command->add_option("--weights", choice->weights, "Weights, (delays * features) x targets, .npy")
      ->required();
  command->add_option("--r2", choice->r2, "R2 of every target, .npy: what is not predicted does not count")
      ->required();
  command->add_option("--delays", choice->delays, "Delays in the weights, averaged first")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--count", choice->count, "Components to keep")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--out", choice->folder, "Folder for the results, made if missing")->required();
  command->callback([choice] { runComponents(*choice); });
}

void addIdentify(CLI::App& app) {
  const auto choice = std::make_shared<IdentifyChoice>();
  auto* command =
      app.add_subcommand("identify", "Which window of time responses belong to, among all predicted ones");
  command->add_option("--truth", choice->truth, "Responses, samples x targets, .npy")->required();
  command->add_option("--predicted", choice->predicted, "Predictions of the same shape, .npy")->required();
  command->add_option("--out", choice->folder, "Folder for similarity.npy and rank.npy, made if missing")
      ->required();
  command->add_option("--window", choice->options.windowSamples, "Samples in a window")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--permutations", choice->options.permutations, "Orders of windows to try for p")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--seed", choice->options.seed, "Seed of the orders")->capture_default_str();
  command->callback([choice] { runIdentify(*choice); });
}

}  // namespace

void addScoreCommands(CLI::App& app) {
  addPredict(app);
  addScore(app);
  addComponents(app);
  addIdentify(app);
}

}  // namespace cortexscope
