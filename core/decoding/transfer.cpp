// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoding/transfer.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "decoding/individual_differences.h"

namespace cortexscope {
namespace {

constexpr Index kBlockSamples = 5;  // labelled samples are drawn, and held-out time is tested, in blocks

Index peopleOf(const TransferInputs& inputs) {
  return static_cast<Index>(inputs.predicted.size());
}

/// Which samples a label is learned from, given its values over all samples.
using Labelling = std::function<LabelledSamples(const VectorD& label)>;

/// Decoders of one input. Labels known in the same samples share a decomposition; labels of one table mostly
/// are, so the last two are kept. May be asked by several threads.
class Decoders {
 public:
  explicit Decoders(const DecoderInput& input) : m_input(input) {}

  std::shared_ptr<const Decoder> learningFrom(LabelledSamples labelled) {
    const std::lock_guard lock(m_mutex);
    for (const Kept& kept : m_kept)
      if (kept.rows == labelled.rows && kept.fold == labelled.fold) return kept.decoder;
    std::vector<Index> rows = labelled.rows;
    std::vector<int> fold = labelled.fold;
    if (m_kept.size() == kKept) m_kept.erase(m_kept.begin());
    m_kept.push_back(
        {std::move(rows), std::move(fold), std::make_shared<const Decoder>(m_input, std::move(labelled))});
    return m_kept.back().decoder;
  }

 private:
  static constexpr std::size_t kKept = 2;
  struct Kept {
    std::vector<Index> rows;
    std::vector<int> fold;
    std::shared_ptr<const Decoder> decoder;
  };
  const DecoderInput& m_input;
  std::mutex m_mutex;
  std::vector<Kept> m_kept;
};

/// Estimates of every label from one input: labels x samples, for one person's truth.
MatrixD estimateAll(Decoders& decoders, const Labelling& labelling, const std::vector<LabelTask>& labels,
                    Index person) {
  MatrixD estimates(static_cast<Index>(labels.size()), labels.front().truth.cols());
  for (std::size_t k = 0; k < labels.size(); ++k) {
    try {
      const VectorD truth = labels[k].truth.row(person).transpose();
      estimates.row(static_cast<Index>(k)) = decoders.learningFrom(labelling(truth))->fit(truth).estimate;
    } catch (const Error& error) {
      throw error.within("label " + labels[k].name);
    }
  }
  return estimates;
}

VectorD heldOutRs(const MatrixD& estimates, const std::vector<LabelTask>& labels, Index person,
                  const std::vector<Index>& rows) {
  VectorD r(estimates.rows());
  for (Index k = 0; k < r.size(); ++k)
    r[k] = heldOutR(labels[std::size_t(k)].truth.row(person).transpose(), estimates.row(k).transpose(), rows);
  return r;
}

/// Full training set: estimates of all people through predicted and measured brains and from the features.
void estimateWithAllLabels(const TransferInputs& inputs, const std::vector<LabelTask>& labels,
                           const TransferOptions& options, std::vector<LabelReport>& reports,
                           const Job& job) {
  const Runs& runs = inputs.features.runs;
  const Labelling labelling = [&](const VectorD& label) { return allTrainingSamples(runs, label); };
  const std::vector<Index> heldOut = rowsOf(runs, true);
  Decoders fromFeatures(inputs.features);
  parallelFor(peopleOf(inputs), options.threads, [&](Index person) {
    job.checkpoint(double(person) / double(peopleOf(inputs)), "estimating labels");
    const auto store = [&](Decoders& decoders, MatrixD LabelReport::*estimate, VectorD LabelReport::*r) {
      const MatrixD estimates = estimateAll(decoders, labelling, labels, person);
      const VectorD rs = heldOutRs(estimates, labels, person, heldOut);
      for (std::size_t k = 0; k < reports.size(); ++k) {
        (reports[k].*estimate).row(person) = estimates.row(Index(k));
        (reports[k].*r)[person] = rs[Index(k)];
      }
    };
    Decoders fromPredicted(inputs.predicted[std::size_t(person)]),
        fromMeasured(inputs.measured[std::size_t(person)]);
    store(fromPredicted, &LabelReport::btl, &LabelReport::btlR);
    store(fromMeasured, &LabelReport::measured, &LabelReport::measuredR);
    store(fromFeatures, &LabelReport::tl, &LabelReport::tlR);
  });
}

void compareIndividuals(LabelReport& report, const std::vector<Index>& rows, const TransferOptions& options,
                        const Job& job) {
  report.measuredDistances = pairDistances(report.measured, rows);
  report.predictedDistances = pairDistances(report.btl, rows);
  if (report.btl.rows() >= 3 && options.mantelPermutations > 0)
    report.individual = mantelTest(report.measuredDistances, report.predictedDistances,
                                   options.mantelPermutations, options.seed, job);
}

MethodScores noScores(const TransferInputs& inputs, Index labels) {
  const VectorD none = VectorD::Zero(inputs.features.kernel.rows());
  const Index blocks = differenceByBlock(none, none, none, inputs.features.runs, kBlockSamples).size();
  const Index people = peopleOf(inputs);
  return {MatrixD::Zero(people, labels), MatrixD::Zero(people, labels), MatrixD::Zero(blocks, labels)};
}

/// Enters one person's estimates of all labels (labels x samples each).
void score(MethodScores& scores, const std::vector<LabelTask>& labels, Index person, const MatrixD& btl,
           const MatrixD& tl, const Runs& runs) {
  const std::vector<Index> heldOut = rowsOf(runs, true);
  scores.btlR.row(person) = heldOutRs(btl, labels, person, heldOut).transpose();
  scores.tlR.row(person) = heldOutRs(tl, labels, person, heldOut).transpose();
  const double share = 1.0 / double(scores.btlR.rows());
  for (Index k = 0; k < scores.byBlock.cols(); ++k)
    scores.byBlock.col(k) +=
        share * differenceByBlock(labels[std::size_t(k)].truth.row(person).transpose(),
                                  btl.row(k).transpose(), tl.row(k).transpose(), runs, kBlockSamples);
}

MethodScores scoresOfDraw(const TransferInputs& inputs, const std::vector<LabelTask>& labels, int size,
                          unsigned seed) {
  const Runs& runs = inputs.features.runs;
  const Labelling labelling = [&](const VectorD& label) {
    return drawLabelledSamples(runs, label, size, kBlockSamples, seed);
  };
  Decoders fromFeatures(inputs.features);
  MethodScores scores = noScores(inputs, Index(labels.size()));
  for (Index person = 0; person < peopleOf(inputs); ++person) {
    Decoders throughBrain(inputs.predicted[std::size_t(person)]);
    score(scores, labels, person, estimateAll(throughBrain, labelling, labels, person),
          estimateAll(fromFeatures, labelling, labels, person), runs);
  }
  return scores;
}

LearningPoint learningPoint(const TransferInputs& inputs, const std::vector<LabelTask>& labels, int size,
                            const TransferOptions& options, const Job& job) {
  std::vector<MethodScores> draws(static_cast<std::size_t>(options.draws));
  parallelFor(options.draws, options.threads, [&](Index draw) {
    job.checkpoint(double(draw) / double(options.draws), "learning curve");
    draws[std::size_t(draw)] =
        scoresOfDraw(inputs, labels, size, options.seed + 1000u * unsigned(size) + unsigned(draw));
  });
  LearningPoint point{size, noScores(inputs, Index(labels.size())), {}};
  for (const MethodScores& draw : draws) {
    point.scores.btlR += draw.btlR / options.draws;
    point.scores.tlR += draw.tlR / options.draws;
    point.scores.byBlock += draw.byBlock / options.draws;
  }
  return point;
}

LearningPoint fullPoint(const TransferInputs& inputs, const std::vector<LabelTask>& labels,
                        const std::vector<LabelReport>& reports, Index labelledSamples) {
  const auto rowOfAll = [&](MatrixD LabelReport::*estimate, Index person) {
    MatrixD rows(Index(reports.size()), inputs.features.kernel.rows());
    for (std::size_t k = 0; k < reports.size(); ++k) rows.row(Index(k)) = (reports[k].*estimate).row(person);
    return rows;
  };
  LearningPoint point{int(labelledSamples), noScores(inputs, Index(labels.size())), {}};
  for (Index person = 0; person < peopleOf(inputs); ++person)
    score(point.scores, labels, person, rowOfAll(&LabelReport::btl, person),
          rowOfAll(&LabelReport::tl, person), inputs.features.runs);
  return point;
}

std::vector<Index> countUp(std::size_t count) {
  std::vector<Index> all(count);
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

}  // namespace

TransferReport compareTransfer(const TransferInputs& inputs, const std::vector<LabelTask>& labels,
                               const TransferOptions& options, const Job& job) {
  TransferReport report;
  if (labels.empty() || inputs.predicted.empty()) return report;
  const Index people = peopleOf(inputs);
  const Index samples = sampleCount(inputs.features.runs);
  for (const LabelTask& label : labels) {
    require(label.truth.rows() == people && label.truth.cols() == samples, ErrorCode::BadShape, [&] {
      return "label " + label.name + " has values for " + textOf(label.truth.rows()) + " people and " +
             textOf(label.truth.cols()) + " samples, the study has " + textOf(people) + " and " +
             textOf(samples);
    });
    const MatrixD empty(people, samples);
    const VectorD none(people);
    report.labels.push_back({label.name, empty, empty, empty, none, none, none, {}, {}, {}, {}});
  }
  estimateWithAllLabels(inputs, labels, options, report.labels, job.part(0, 0.2));
  const std::vector<Index> heldOut = rowsOf(inputs.features.runs, true);
  for (LabelReport& label : report.labels) compareIndividuals(label, heldOut, options, job.part(0.2, 0.3));

  const Index all = static_cast<Index>(rowsOf(inputs.features.runs, false).size());
  const double sizes = double(std::max<std::size_t>(1, options.labelledSamples.size()));
  for (std::size_t i = 0; i < options.labelledSamples.size(); ++i)
    if (options.labelledSamples[i] < all)
      report.learningCurve.push_back(
          learningPoint(inputs, labels, options.labelledSamples[i], options,
                        job.part(0.3 + 0.7 * double(i) / sizes, 0.3 + 0.7 * double(i + 1) / sizes)));
  report.learningCurve.push_back(fullPoint(inputs, labels, report.labels, all));
  const MethodScores& full = report.learningCurve.back().scores;
  for (std::size_t k = 0; k < labels.size(); ++k)
    report.labels[k].comparison = compareMethods(full, {Index(k)}, options.seed);
  for (LearningPoint& point : report.learningCurve)
    point.comparison = compareMethods(point.scores, countUp(labels.size()), options.seed);
  return report;
}

}  // namespace cortexscope
