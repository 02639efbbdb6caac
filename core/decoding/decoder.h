// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// What a decoder reads, reduced to inner products: everything ridge needs, whatever the number of columns.
///
/// A decoder for brains reads the chosen vertices at several lags after the label; a decoder for features
/// reads the components at the same moments. Both are kernel ridge: the same family, folds and penalties.
struct DecoderInput {
  MatrixD kernel;  ///< samples x samples over all samples of the study, inputs centred on training rows
  Runs runs;       ///< all runs of the study
};

/// responses  all samples x vertices
/// vertices   columns to read
/// lags       responses at t + lag describe the label at t; rows past a run's end count as 0
DecoderInput decoderInput(const ConstMatrixRefF& responses, const std::vector<Index>& vertices,
                          const std::vector<int>& lags, const Runs& runs);

/// Which samples a decoder may learn from, and how they are cut for cross-validation.
struct LabelledSamples {
  std::vector<Index> rows;  ///< rising, training rows only
  std::vector<int> fold;    ///< per row, 0 .. foldCount - 1
  int foldCount = 0;
};

/// All training samples whose label is known (a number), one fold per training run that holds any.
LabelledSamples allTrainingSamples(const Runs& runs, const VectorD& label);
/// All training samples.
LabelledSamples allTrainingSamples(const Runs& runs);

/// About `count` training samples whose label is known, in blocks of `blockSamples` drawn without replacement
/// (a block gives its known samples); blocks are dealt to at most 5 folds. Same seed and gaps, same draw.
LabelledSamples drawLabelledSamples(const Runs& runs, const VectorD& label, Index count, Index blockSamples,
                                    unsigned seed);
/// Same, for a label that is known everywhere.
LabelledSamples drawLabelledSamples(const Runs& runs, Index count, Index blockSamples, unsigned seed);

/// Estimates of one label for every sample of the study.
struct LabelFit {
  VectorD estimate;  ///< samples: out of fold where the sample was learned from, by the final fit elsewhere
  double penalty = 0;
  double cvScore = 0;  ///< mean over folds of -MSE at the penalty
};

/// Ridge from the inputs to labels; each label's penalty by cross-validation over the folds of `labelled`.
/// What depends on the inputs alone is decomposed once, whatever the number of labels.
class Decoder {
 public:
  /// Errors   BadValue for fewer than 2 folds
  Decoder(const DecoderInput& input, LabelledSamples labelled);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// label    per sample of the study; values outside the labelled samples are not read
  /// Limits   a label that is constant over the labelled samples is estimated by its mean
  /// Errors   BadShape; BadValue (NaN among the labelled values, naming the sample)
  LabelFit fit(const VectorD& label) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// The `count` vertices with the highest positive cross-validated r, ascending by index. NaN never enters.
std::vector<Index> bestVertices(const VectorF& crossValidatedR, Index count);

}  // namespace cortexscope
