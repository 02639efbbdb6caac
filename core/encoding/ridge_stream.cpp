// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_stream.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <limits>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "encoding/fit_tally.h"
#include "encoding/ridge_form.h"
#include "io/arrays/npy_columns.h"

namespace cortexscope {
namespace {

constexpr double kPreparationShare = 0.2;  // of the progress bar

double availableMemory() {
  std::ifstream info("/proc/meminfo");
  for (std::string name, unit; info >> name;) {
    double kilobytes = 0;
    info >> kilobytes;
    std::getline(info, unit);
    if (name == "MemAvailable:") return kilobytes * 1024;
  }
  return double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
}

std::string gigabytes(double bytes) {
  const std::string text = textOf(bytes / 1e9);
  return text.substr(0, text.find('.') + 3) + " GB";
}

/// Fits one strip tile by tile; `done` is called after each tile with its number of targets.
StripResult fitStrip(const RidgeForm& form, const VectorD& penalties, MatrixF& targets,
                     const std::vector<char>& mask, bool weights, VectorD& gain,
                     const std::function<void(Index)>& done) {
  StripResult strip{0, VectorD(targets.cols()), VectorF(targets.cols()), {}, VectorF::Zero(targets.cols())};
  gain.resize(targets.cols());
  TileWants wants;
  wants.weights = weights;
  for (Index first = 0; first < targets.cols(); first += form.tileTargets()) {
    const Index count = std::min(form.tileTargets(), targets.cols() - first);
    TileFit tile = form.fit(targets.middleCols(first, count), wants);
    strip.penalty.segment(first, count) = penalties(tile.best);
    strip.score.segment(first, count) = tile.score.cast<float>();
    gain.segment(first, count) = tile.gain;
    if (weights) {
      if (strip.weights.size() == 0) strip.weights.resize(tile.refit.weights.rows(), targets.cols());
      strip.weights.middleCols(first, count) = tile.refit.weights;
      strip.intercept.segment(first, count) = tile.refit.intercept;
    }
    done(count);
  }
  for (std::size_t t = 0; t < mask.size(); ++t)
    if (mask[t] == 2) {
      strip.penalty[static_cast<Index>(t)] = std::numeric_limits<double>::quiet_NaN();
      strip.score[static_cast<Index>(t)] = std::numeric_limits<float>::quiet_NaN();
    }
  return strip;
}

}  // namespace

TargetSource targetsIn(const MatrixF& matrix) {
  return {matrix.rows(), matrix.cols(),
          [&matrix](Index first, Index count) { return MatrixF(matrix.middleCols(first, count)); }};
}

TargetSource targetsIn(const std::filesystem::path& npyFile) {
  const auto file = std::make_shared<const NpyColumns>(npyFile);
  return {file->rows(), file->cols(), [file](Index first, Index count) { return file->read(first, count); }};
}

std::vector<char> maskTargets(MatrixF& targets) {
  std::vector<char> mask(static_cast<std::size_t>(targets.cols()), 1);
  for (Index row = 0; row < targets.rows(); ++row) {
    const float* values = targets.row(row).data();
    for (Index t = 0; t < targets.cols(); ++t) {
      char& state = mask[static_cast<std::size_t>(t)];
      if (!std::isfinite(values[t])) state = 2;
      if (state == 1 && values[t] != targets(0, t)) state = 0;
    }
  }
  for (Index t = 0; t < targets.cols(); ++t)
    if (mask[static_cast<std::size_t>(t)] != 0) targets.col(t).setZero();
  return mask;
}

void checkPlan(const RidgePlan& plan, Index features, const TargetSource& targets) {
  require(plan.samples == targets.rows && plan.features == features && plan.targets == targets.cols,
          ErrorCode::BadShape, [&] {
            return "the plan is of a fit to " + textOf(plan.samples) + " samples, " + textOf(plan.features) +
                   " features and " + textOf(plan.targets) + " targets, not to " + textOf(targets.rows) +
                   ", " + textOf(features) + " and " + textOf(targets.cols);
          });
}

void checkMemory(double neededBytes, double limitBytes, const std::string& what) {
  const double limit = limitBytes > 0 ? limitBytes : availableMemory();
  require(neededBytes <= limit, ErrorCode::OutOfMemory, [&] {
    return what + " needs about " + gigabytes(neededBytes) + " of memory, " + gigabytes(limit) +
           (limitBytes > 0 ? " are allowed" : " are available") +
           "; fewer samples or features, or fewer threads, need less; the number of targets does not matter";
  });
}

FitEstimate estimateFit(const RidgePlan& plan, const StreamOptions& options) {
  const double perThread =
      plan.bytesPerThread +
      4.0 * double(plan.stripTargets) * double(plan.samples + (options.weights ? plan.features : 0));
  return {plan.preparationBytes + resolvedThreadCount(options.threads) * perThread, plan.flops()};
}

StreamReport fitStreamed(const ConstMatrixRefF& features, const RidgeSetup& setup, const RidgePlan& plan,
                         const TargetSource& targets, const StreamOptions& options, FitSink& sink,
                         const Job& job) {
  require(targets.rows == features.rows(), ErrorCode::BadShape, [&] {
    return "responses have " + textOf(targets.rows) + " samples, features " + textOf(features.rows());
  });
  checkPlan(plan, features.cols(), targets);
  checkSetup(features, setup);
  checkMemory(estimateFit(plan, options).bytes, options.memoryLimitBytes, "this fit");

  const auto form = makeRidgeForm(features, setup, plan, job.part(0, kPreparationShare));
  StreamReport report;
  report.form = form->name();
  report.nodes = form->nodeCount();
  report.strips = plan.stripCount();
  report.flops = plan.preparationFlops / 2 + form->flopsPerTarget() * double(targets.cols);
  FitTally tally;
  std::atomic<Index> done{0};
  const auto progress = [&](Index more) {
    const double part = double(done += more) / double(std::max<Index>(targets.cols, 1));
    job.checkpoint(kPreparationShare + (1 - kPreparationShare) * part, "fitting");
  };
  parallelFor(plan.stripCount(), options.threads, [&](Index s) {
    const auto [first, count] = plan.strip(s);
    progress(0);
    if (const auto counts = sink.finished(s)) {
      tally.add(*counts, true);
      done += count;
      return;
    }
    MatrixF values = targets.read(first, count);
    const std::vector<char> mask = maskTargets(values);
    VectorD gain;
    StripResult result = fitStrip(*form, setup.penalties, values, mask, options.weights, gain, progress);
    result.first = first;
    const StripCounts counts = countTargets(first, mask, result.penalty, gain, setup.penalties);
    sink.put(s, result, counts);
    tally.add(counts);
  });
  tally.writeTo(report);
  return report;
}

MemorySink::MemorySink(Index features, Index targets, bool wantsWeights)
    : penalty(targets), score(targets), intercept(VectorF::Zero(targets)) {
  if (wantsWeights) weights.resize(features, targets);
}

void MemorySink::put(Index, const StripResult& result, const StripCounts&) {
  const Index count = result.penalty.size();
  penalty.segment(result.first, count) = result.penalty;
  score.segment(result.first, count) = result.score;
  if (weights.size() == 0) return;
  weights.middleCols(result.first, count) = result.weights;
  intercept.segment(result.first, count) = result.intercept;
}

}  // namespace cortexscope
