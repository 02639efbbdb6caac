// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding_commands.h"

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "base/panels.h"
#include "encoding/banded_ridge.h"
#include "encoding/fit_folder.h"
#include "encoding/ridge.h"
#include "encoding/ridge_stream.h"
#include "io/arrays/npy.h"
#include "terminal_job.h"
#include "word_choice.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

const std::vector<std::pair<std::string, RidgeMetric>> kMetrics{
    {"mse", RidgeMetric::NegativeMse}, {"r2", RidgeMetric::R2}, {"r", RidgeMetric::R}};

/// What both fits are asked for.
struct FitChoice {
  std::vector<std::string> features;
  std::string responses, alphas, folder, gammas;
  Index folds = 5, gap = 0;
  RidgeMetric metric = RidgeMetric::NegativeMse;
  bool weights = false, center = false, racing = false;
  int threads = 0, candidates = 20;
  Index refinements = 0, stopAfter = 0;
  unsigned seed = 1;
  double memoryGb = 0;
};

/// Processor and wall time since it was made.
class Cost {
 public:
  nlohmann::ordered_json report() const {
    const rusage now = usage();
    return {{"wallSec", std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count()},
            {"cpuSec", seconds(now.ru_utime) + seconds(now.ru_stime) - m_cpu},
            {"peakMemoryBytes", peakMemory()}};
  }

 private:
  /// Of this program alone: what getrusage says also counts the program that started it.
  static std::int64_t peakMemory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
    return 0;
  }

  static rusage usage() {
    rusage now{};
    getrusage(RUSAGE_SELF, &now);
    return now;
  }
  static double seconds(const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); }

  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
  double m_cpu = seconds(usage().ru_utime) + seconds(usage().ru_stime);
};

/// Contiguous folds, the first (samples mod folds) of them one sample longer.
Runs evenRuns(Index samples, Index folds) {
  require(folds >= 2 && folds <= samples, ErrorCode::BadShape,
          [&] { return textOf(folds) + " folds cannot be cut from " + textOf(samples) + " samples"; });
  Runs runs;
  Index next = 0;
  for (Index f = 0; f < folds; ++f) {
    Run run;
    run.id = "fold-" + textOf(f + 1);
    run.firstSample = next;
    run.sampleCount = samples / folds + (f < samples % folds ? 1 : 0);
    next = run.endSample();
    runs.push_back(run);
  }
  return runs;
}

RidgeSetup setupOf(const FitChoice& choice, const MatrixF& features) {
  RidgeSetup setup;
  setup.folds = ridgeFolds(evenRuns(features.rows(), choice.folds), features.rows(), choice.gap);
  if (choice.alphas.empty()) {
    setup.penalties = defaultPenalties(features, 20);
  } else {
    const MatrixD alphas = readNpyDouble(choice.alphas);
    setup.penalties = Eigen::Map<const VectorD>(alphas.data(), alphas.size());
    std::sort(setup.penalties.begin(), setup.penalties.end());
  }
  setup.metric = choice.metric;
  setup.intercept = choice.center;
  setup.weights = choice.weights;
  setup.threads = choice.threads;
  return setup;
}

/// Digest of everything that a fit's numbers depend on; the responses by name, size and time, since a digest
/// of their bytes would read them twice.
std::string keyOf(const FitChoice& choice, const RidgeSetup& setup) {
  Digest digest;
  digest.add("fit 2");
  for (const std::string& file : choice.features) digest.addFile(file);
  const fs::path responses = fs::absolute(choice.responses);
  digest.add(responses.string()).add(textOf(fs::file_size(responses)));
  digest.add(textOf(fs::last_write_time(responses).time_since_epoch().count()));
  digest.add(std::as_bytes(std::span(setup.penalties.data(), std::size_t(setup.penalties.size()))));
  for (const int option :
       {int(choice.folds), int(choice.gap), int(choice.metric), int(choice.weights), int(choice.center)})
    digest.add(textOf(option));
  return digest.hex();
}

void writeReport(const FitChoice& choice, const nlohmann::ordered_json& report) {
  writeFileAtomically(fs::path(choice.folder) / "fit.json", report.dump(2) + "\n");
}

nlohmann::ordered_json jsonOf(const StreamReport& report) {
  nlohmann::ordered_json json{{"form", report.form},
                              {"nodes", report.nodes},
                              {"flops", report.flops},
                              {"edgeFraction", report.edgeFraction},
                              {"responsiveTargets", report.responsive},
                              {"nanTargets", report.nanTargets},
                              {"constantTargets", report.constantTargets},
                              {"firstMaskedTargets", report.firstMasked},
                              {"strips", report.strips},
                              {"resumedStrips", report.resumedStrips},
                              {"warnings", report.warnings}};
  return json;
}

/// What is to come, said before it starts.
void announce(const FitEstimate& estimate, const FitChoice& choice) {
  std::fprintf(stderr, "needs about %.2f GB of memory beside the program and %.1f s of computing\n",
               estimate.bytes / 1e9, estimate.flops / measuredFlopRate(choice.threads));
}

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings)
    std::fprintf(stderr, "cortexscope-cli: warning: %s\n", warning.c_str());
}

void runFit(const FitChoice& choice) {
  TerminalJob terminal;
  const Cost cost;
  const MatrixF features = readNpy(choice.features.front());
  const RidgeSetup setup = setupOf(choice, features);
  const TargetSource targets = targetsIn(fs::path(choice.responses));
  StreamOptions options;
  options.weights = choice.weights;
  options.threads = choice.threads;
  options.memoryLimitBytes = choice.memoryGb * 1e9;
  const RidgePlan plan = planRidge(targets.rows, features.cols(), targets.cols, setup);
  announce(estimateFit(plan, options), choice);
  fs::create_directories(choice.folder);
  FitFolder sink(choice.folder, keyOf(choice, setup), plan,
                 {choice.weights, choice.weights && choice.center});
  const StreamReport report = fitStreamed(features, setup, plan, targets, options, sink, terminal.job());
  sink.finish();
  terminal.finish();
  nlohmann::ordered_json json = jsonOf(report);
  json.update(cost.report());
  writeReport(choice, json);
  warn(report.warnings);
}

void writeBanded(const fs::path& folder, const BandedSetup& setup, const BandedFit& fit) {
  const VectorF score = fit.score.cast<float>();
  writeNpyVector(folder / "best_alpha.npy",
                 std::span<const double>(fit.penalty.data(), std::size_t(fit.penalty.size())));
  writeNpyVector(folder / "best_candidate.npy", std::span<const std::int64_t>(fit.candidate));
  writeNpyVector(folder / "cv_score.npy", std::span<const float>(score.data(), std::size_t(score.size())));
  writeNpy(folder / "gammas.npy", MatrixF(fit.gammas.cast<float>()));
  writeNpy(folder / "candidate_score.npy", fit.candidateScore);
  fs::remove(folder / "weights.npy");
  fs::remove(folder / "intercept.npy");
  if (!setup.weightsFile.empty()) replaceFile(setup.weightsFile, folder / "weights.npy");
  if (!setup.weightsFile.empty() && setup.ridge.intercept) writeNpy(folder / "intercept.npy", fit.intercept);
  fs::remove_all(folder / "partial");
}

void runBanded(const FitChoice& choice) {
  TerminalJob terminal;
  const Cost cost;
  std::vector<MatrixF> spaces;
  for (const std::string& file : choice.features) spaces.push_back(readNpy(file));
  BandedSetup setup;
  setup.ridge = setupOf(choice, spaces.front());
  setup.gammas = choice.gammas.empty() ? drawCandidates(Index(spaces.size()), choice.candidates, choice.seed)
                                       : readNpyDouble(choice.gammas);
  if (choice.racing) setup.racingMargin = kUsualRacingMargin;
  setup.refinements = choice.refinements;
  setup.stopAfter = choice.stopAfter;
  setup.seed = choice.seed;
  setup.memoryLimitBytes = choice.memoryGb * 1e9;
  const fs::path folder = choice.folder, partial = folder / "partial";
  fs::create_directories(partial);
  setup.checkpoint = partial / "search";
  if (choice.weights) setup.weightsFile = partial / "weights.npy";
  Digest key;
  key.add(keyOf(choice, setup.ridge)).add(choice.racing ? "racing" : "all");
  key.add(std::as_bytes(std::span(setup.gammas.data(), std::size_t(setup.gammas.size()))));
  for (const Index option : {choice.refinements, choice.stopAfter, Index(choice.seed)})
    key.add(textOf(option));
  setup.key = key.hex();
  const TargetSource targets = targetsIn(fs::path(choice.responses));
  const RidgePlan plan = planBanded(spaces, setup, targets);
  announce(estimateBanded(plan, setup), choice);
  const BandedFit fit = fitBanded(spaces, setup, plan, targets, terminal.job());
  terminal.finish();
  writeBanded(folder, setup, fit);
  nlohmann::ordered_json json = jsonOf(fit.report);
  json["candidates"] = fit.candidatesTried;
  json["skippedFits"] = fit.skippedFits;
  json.update(cost.report());
  writeReport(choice, json);
  warn(fit.report.warnings);
}

void addCommonOptions(CLI::App* command, FitChoice& choice) {
  command->add_option("--responses", choice.responses, "Responses, samples x targets, .npy")->required();
  command->add_option("--folds", choice.folds, "Contiguous folds of nearly equal length")->required();
  command->add_option("--alphas", choice.alphas,
                      "Ridge penalties, .npy; anchored to the features' scale if left out");
  command->add_option("--out", choice.folder, "Folder for the results, made if missing")->required();
  command
      ->add_option("--gap", choice.gap,
                   "Samples on both sides of a fold that are neither fitted to nor scored")
      ->check(CLI::NonNegativeNumber);
  takeOneOf(command->add_option("--metric", choice.metric, "What chooses penalties"), kMetrics)
      ->type_name("METRIC");
  command->add_flag("--weights", choice.weights, "Refit on all samples and write weights");
  command->add_flag("--center", choice.center, "Fit an intercept: centre by the training rows of each fold");
  command->add_option("--threads", choice.threads, "Threads, 0 = one per core; results do not depend on it")
      ->check(CLI::Range(0, 1024));
  command->add_option("--memory", choice.memoryGb,
                      "Refuse fits that need more than this many GB (default: what is available)");
}

void addFit(CLI::App& app) {
  auto* command = app.add_subcommand(
      "fit", "Ridge regression with a penalty per target, responses read from disk part by part");
  const auto choice = std::make_shared<FitChoice>();
  choice->features.resize(1);
  command->add_option("--features", choice->features.front(), "Features, samples x features, .npy")
      ->required();
  addCommonOptions(command, *choice);
  command->callback([choice] { runFit(*choice); });
}

void addBanded(CLI::App& app) {
  auto* command =
      app.add_subcommand("banded", "Banded ridge: a weighting of feature spaces and a penalty per target");
  const auto choice = std::make_shared<FitChoice>();
  command
      ->add_option("--features", choice->features,
                   "Features of a space, samples x features, .npy; once per space")
      ->required()
      ->take_all()
      ->expected(1, -1);
  addCommonOptions(command, *choice);
  auto* candidates = command->add_option("--candidates", choice->candidates, "Weightings to try")
                         ->check(CLI::Range(1, 100000));
  command->add_option("--seed", choice->seed, "Seed of the weightings");
  command
      ->add_option(
          "--refine", choice->refinements,
          "More weightings, each near one that many well explained targets chose, for targets near it")
      ->check(CLI::Range(0, 100000));
  command
      ->add_option("--stop-after", choice->stopAfter,
                   "Stop when so many weightings in a row improve less than 0.1 % of the targets they are "
                   "for; 0: never")
      ->check(CLI::Range(0, 100000));
  command->add_option("--gammas", choice->gammas, "Weightings to try, candidates x spaces, .npy")
      ->excludes(candidates);
  command->add_flag("--racing", choice->racing,
                    "Drop targets from a weighting that trails after the first fold");
  command->callback([choice] { runBanded(*choice); });
}

}  // namespace

void addEncodingCommands(CLI::App& app) {
  addFit(app);
  addBanded(app);
}

}  // namespace cortexscope
