// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/job.h"
#include "decoding/comparison.h"
#include "decoding/decoder.h"
#include "stats/mantel.h"

namespace cortexscope {

/// One label to estimate for all people.
struct LabelTask {
  std::string name;
  bool perPerson = false;
  MatrixD truth;  ///< people x samples; all rows equal for a label shared by everybody; NaN = unknown,
                  ///< neither learned from nor scored
};

/// What decoders of one study read. The order of people is that of LabelTask::truth.
struct TransferInputs {
  DecoderInput features;                ///< straight from the features (TL)
  std::vector<DecoderInput> predicted;  ///< per person, predicted activation (BTL)
  std::vector<DecoderInput> measured;   ///< per person, measured activation (conventional decoding)
};

struct TransferOptions {
  std::vector<int> labelledSamples;  ///< sizes of the learning curve, the full training set is added
  int draws = 10;                    ///< random draws per size
  unsigned seed = 1;
  long mantelPermutations = 10000;  ///< where all relabellings are too many; 0 leaves the test out
  int threads = 0;
};

/// One label's estimates and how BTL compares with TL, all r on held-out runs.
struct LabelReport {
  std::string name;
  MatrixD btl, tl, measured;     ///< people x samples
  VectorD btlR, tlR, measuredR;  ///< per person; NaN where the truth is constant over the held-out runs
  MethodComparison comparison;
  std::vector<double> measuredDistances, predictedDistances;  ///< pairs of people, order of mantel.h
  MantelResult individual;                                    ///< are the two alike?
};

/// BTL and TL with a given number of labelled samples.
struct LearningPoint {
  int labelledSamples = 0;
  MethodScores scores;          ///< mean over draws
  MethodComparison comparison;  ///< over all labels
};

struct TransferReport {
  std::vector<LabelReport> labels;
  std::vector<LearningPoint> learningCurve;  ///< rising number of samples
};

/// Estimates all labels through predicted brains and straight from the features: the same decoder family,
/// labelled samples, folds and penalties. Held-out runs enter only as rows to estimate.
/// Errors   BadShape; BadValue, with the label's name in front, if it is known in fewer than 2 training runs;
///          Cancelled
TransferReport compareTransfer(const TransferInputs& inputs, const std::vector<LabelTask>& labels,
                               const TransferOptions& options, const Job& job);

}  // namespace cortexscope
