#include "decoding/transfer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "base/error.h"
#include "base/parallel.h"
#include "decoding/individual_differences.h"
#include "stats/correlation.h"

namespace cortexscope {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Index peopleOf(const TransferInputs& inputs) { return static_cast<Index>(inputs.predicted.size()); }

/// Estimates of every label by one decoder: labels x samples, for one person's truth.
MatrixD estimateAll(const Decoder& decoder, const std::vector<LabelTask>& labels, Index person) {
  MatrixD estimates(static_cast<Index>(labels.size()), labels.front().truth.cols());
  for (std::size_t k = 0; k < labels.size(); ++k) {
    try {
      estimates.row(static_cast<Index>(k)) = decoder.fit(labels[k].truth.row(person).transpose()).estimate;
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

double meanOfFinite(const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values) {
  double sum = 0;
  int count = 0;
  for (Index i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) sum += values[i], ++count;
  return count > 0 ? sum / count : kNaN;
}

VectorD columnMeans(const MatrixD& r) {
  VectorD means(r.cols());
  for (Index k = 0; k < r.cols(); ++k) means[k] = meanOfFinite(VectorD(r.col(k)));
  return means;
}

PairedTest pairedOfFinite(const VectorD& a, const VectorD& b) {
  std::vector<double> left, right;
  for (Index i = 0; i < a.size(); ++i)
    if (std::isfinite(a[i]) && std::isfinite(b[i])) left.push_back(a[i]), right.push_back(b[i]);
  return pairedT(left, right);
}

/// Full training set: estimates of all people through predicted and measured brains and from the features.
void estimateWithAllLabels(const TransferInputs& inputs, const std::vector<LabelTask>& labels,
                           const TransferOptions& options, std::vector<LabelReport>& reports, const Job& job) {
  const Runs& runs = inputs.features.runs;
  const LabelledSamples labelled = allTrainingSamples(runs);
  const std::vector<Index> heldOut = rowsOf(runs, true);
  const Decoder fromFeatures(inputs.features, labelled);
  parallelFor(peopleOf(inputs), options.threads, [&](Index person) {
    job.checkpoint(double(person) / double(peopleOf(inputs)), "estimating labels");
    const auto store = [&](const Decoder& decoder, MatrixD LabelReport::*estimate, VectorD LabelReport::*r) {
      const MatrixD estimates = estimateAll(decoder, labels, person);
      const VectorD rs = heldOutRs(estimates, labels, person, heldOut);
      for (std::size_t k = 0; k < reports.size(); ++k) {
        (reports[k].*estimate).row(person) = estimates.row(Index(k));
        (reports[k].*r)[person] = rs[Index(k)];
      }
    };
    store(Decoder(inputs.predicted[std::size_t(person)], labelled), &LabelReport::btl, &LabelReport::btlR);
    store(Decoder(inputs.measured[std::size_t(person)], labelled), &LabelReport::measured, &LabelReport::measuredR);
    store(fromFeatures, &LabelReport::tl, &LabelReport::tlR);
  });
}

/// Per row, its share of r: z of truth times z of estimate over n. Their sum is Pearson's r.
VectorD sharesOfR(const VectorD& truth, const VectorD& estimate, const std::vector<Index>& rows) {
  const auto standardised = [&](const VectorD& series) {
    VectorD chosen = series(rows);
    chosen.array() -= chosen.mean();
    const double norm = chosen.norm();
    return VectorD(norm > 0 ? VectorD(chosen / norm) : VectorD::Zero(chosen.size()));
  };
  return standardised(truth).cwiseProduct(standardised(estimate));
}

void compareMethods(LabelReport& report, const LabelTask& label, const Runs& runs, const TransferOptions& options) {
  report.btlAgainstTl = pairedOfFinite(report.btlR, report.tlR);
  report.pOverTime = signFlipP(differenceByBlock(label, report, runs, options.blockSamples), options.seed);
  report.p = std::max(report.btlAgainstTl.p, report.pOverTime);
}

void compareIndividuals(LabelReport& report, const std::vector<Index>& rows, const TransferOptions& options,
                        const Job& job) {
  report.measuredDistances = pairDistances(report.measured, rows);
  report.predictedDistances = pairDistances(report.btl, rows);
  if (report.btl.rows() >= 3)
    report.individual =
        mantelTest(report.measuredDistances, report.predictedDistances, options.mantelPermutations, options.seed, job);
}

LearningPoint learningPoint(const TransferInputs& inputs, const std::vector<LabelTask>& labels, int size,
                            const TransferOptions& options, const Job& job) {
  const Runs& runs = inputs.features.runs;
  const std::vector<Index> heldOut = rowsOf(runs, true);
  const Index people = peopleOf(inputs);
  const Index labelCount = static_cast<Index>(labels.size());
  std::vector<MatrixD> btl(std::size_t(options.draws), MatrixD(people, labelCount)), tl = btl;
  parallelFor(options.draws, options.threads, [&](Index draw) {
    job.checkpoint(double(draw) / double(options.draws), "learning curve");
    const unsigned seed = options.seed + 1000u * unsigned(size) + unsigned(draw);
    const LabelledSamples labelled = drawLabelledSamples(runs, size, options.blockSamples, seed);
    const Decoder fromFeatures(inputs.features, labelled);
    for (Index person = 0; person < people; ++person) {
      const Decoder throughBrain(inputs.predicted[std::size_t(person)], labelled);
      btl[std::size_t(draw)].row(person) =
          heldOutRs(estimateAll(throughBrain, labels, person), labels, person, heldOut).transpose();
      tl[std::size_t(draw)].row(person) =
          heldOutRs(estimateAll(fromFeatures, labels, person), labels, person, heldOut).transpose();
    }
  });
  LearningPoint point{size, MatrixD::Zero(people, labelCount), MatrixD::Zero(people, labelCount), {}, {}};
  for (std::size_t d = 0; d < btl.size(); ++d) {
    point.btlR += btl[d] / options.draws;
    point.tlR += tl[d] / options.draws;
  }
  return point;
}

void testPoint(LearningPoint& point) {
  std::vector<Index> all(static_cast<std::size_t>(point.btlR.cols()));
  std::iota(all.begin(), all.end(), Index{0});
  point.overLabels = compareOverLabels(point, all);
  point.overPeople = pairedOfFinite(columnMeans(point.btlR.transpose()), columnMeans(point.tlR.transpose()));
}

LearningPoint fullPoint(const std::vector<LabelReport>& labels, Index people, Index labelledSamples) {
  LearningPoint point{int(labelledSamples), MatrixD(people, Index(labels.size())), MatrixD(people, Index(labels.size())), {}, {}};
  for (std::size_t k = 0; k < labels.size(); ++k) {
    point.btlR.col(Index(k)) = labels[k].btlR;
    point.tlR.col(Index(k)) = labels[k].tlR;
  }
  return point;
}

}  // namespace

double heldOutR(const VectorD& truth, const VectorD& estimate, const std::vector<Index>& rows) {
  std::vector<double> a, b;
  for (const Index row : rows) a.push_back(truth[row]), b.push_back(estimate[row]);
  if (a.empty() || std::all_of(a.begin(), a.end(), [&](double value) { return value == a.front(); })) return kNaN;
  return pearson(a, b);
}

PairedTest compareOverLabels(const LearningPoint& point, const std::vector<Index>& labels) {
  return pairedOfFinite(columnMeans(point.btlR(Eigen::all, labels)), columnMeans(point.tlR(Eigen::all, labels)));
}

std::vector<double> differenceByBlock(const LabelTask& label, const LabelReport& report, const Runs& runs,
                                      Index blockSamples) {
  const std::vector<Index> rows = rowsOf(runs, true);
  VectorD difference = VectorD::Zero(static_cast<Index>(rows.size()));
  for (Index person = 0; person < label.truth.rows(); ++person) {
    if (!std::isfinite(report.btlR[person]) || !std::isfinite(report.tlR[person])) return {};
    const VectorD truth = label.truth.row(person).transpose();
    difference += sharesOfR(truth, report.btl.row(person).transpose(), rows) -
                  sharesOfR(truth, report.tl.row(person).transpose(), rows);
  }
  difference /= static_cast<double>(label.truth.rows());
  std::vector<double> blocks;
  Index first = 0;
  for (const Run& run : runs) {
    if (!run.heldOut) continue;
    for (Index start = 0; start < run.sampleCount; start += blockSamples)
      blocks.push_back(difference.segment(first + start, std::min(blockSamples, run.sampleCount - start)).sum());
    first += run.sampleCount;
  }
  return blocks;
}

TransferReport compareTransfer(const TransferInputs& inputs, const std::vector<LabelTask>& labels,
                               const TransferOptions& options, const Job& job) {
  TransferReport report;
  if (labels.empty() || inputs.predicted.empty()) return report;
  const Index people = peopleOf(inputs);
  const Index samples = sampleCount(inputs.features.runs);
  for (const LabelTask& label : labels) {
    require(label.truth.rows() == people && label.truth.cols() == samples, ErrorCode::BadShape, [&] {
      return "label " + label.name + " has values for " + std::to_string(label.truth.rows()) + " people and " +
             std::to_string(label.truth.cols()) + " samples, the study has " + std::to_string(people) + " and " +
             std::to_string(samples);
    });
    const MatrixD empty(people, samples);
    const VectorD none(people);
    report.labels.push_back({label.name, empty, empty, empty, none, none, none, {}, 1, 1, {}, {}, {}});
  }
  estimateWithAllLabels(inputs, labels, options, report.labels, job.part(0, 0.2));
  const std::vector<Index> heldOut = rowsOf(inputs.features.runs, true);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    compareMethods(report.labels[k], labels[k], inputs.features.runs, options);
    compareIndividuals(report.labels[k], heldOut, options, job.part(0.2, 0.3));
  }

  const Index all = static_cast<Index>(rowsOf(inputs.features.runs, false).size());
  const double sizes = double(std::max<std::size_t>(1, options.labelledSamples.size()));
  for (std::size_t i = 0; i < options.labelledSamples.size(); ++i)
    if (options.labelledSamples[i] < all)
      report.learningCurve.push_back(learningPoint(inputs, labels, options.labelledSamples[i], options,
                                                   job.part(0.3 + 0.7 * double(i) / sizes, 0.3 + 0.7 * double(i + 1) / sizes)));
  report.learningCurve.push_back(fullPoint(report.labels, people, all));
  for (LearningPoint& point : report.learningCurve) testPoint(point);
  return report;
}

}  // namespace cortexscope
