// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"
#include "encoding/ridge.h"

namespace cortexscope {

/// Features of one space (one layer of one network) as encoders use them: reduced and delayed.
struct EncodingSpace {
  std::string name;      ///< "visual/stage2"
  std::string modality;  ///< "visual" or "auditory"
  MatrixF features;      ///< all samples of the study x (components * delays)
};

/// Feature spaces with everything that people who saw the same film share.
///
/// Designs are fitted on the training runs alone; held-out rows of the features are only ever predicted from.
class EncodingDesign {
 public:
  /// spaces  at least one; all with the study's sample count
  /// runs    all runs of the study
  /// Errors  as RidgeDesign, with the space's name in front
  EncodingDesign(std::vector<EncodingSpace> spaces, const Runs& runs, int penaltyCount, const Job& job);

  const std::vector<EncodingSpace>& spaces() const { return m_spaces; }
  const std::vector<RidgeDesign>& ridges() const { return m_ridges; }
  const Runs& runs() const { return m_runs; }
  const std::vector<Index>& trainingRows() const { return m_trainingRows; }
  /// Columns of all spaces side by side, the rows of Encoder::weights.
  Index featureCount() const;

 private:
  std::vector<EncodingSpace> m_spaces;
  std::vector<RidgeDesign> m_ridges;
  Runs m_runs;
  std::vector<Index> m_trainingRows;
};

/// One person's encoder and how well it did in cross-validation on the training runs.
struct Encoder {
  MatrixF weights;        ///< features of all spaces (in order) x vertices, fusion weights multiplied in
  VectorF intercept;      ///< per vertex
  MatrixF fusionWeights;  ///< spaces x vertices, not negative
  MatrixF spaceR;         ///< spaces x vertices: cross-validated r of each space alone
  MatrixF penalties;      ///< spaces x vertices
  MatrixF outOfFold;  ///< training samples x vertices: fused predictions, each run by fits on the other runs
  VectorF crossValidatedR;  ///< per vertex, of outOfFold
};

/// Fits one person's encoder: ridge per space with a penalty per vertex, fused across spaces by non-negative
/// stacking. Nothing is fitted to held-out rows of `responses`; like all others they must be finite.
///
/// responses  all samples of the study x vertices, z-scored per run
/// Errors     BadShape; BadValue (NaN in the responses: how many, first row and vertex); Cancelled
/// Limits     a constant vertex gets weights 0 and r 0
/// Cost       per space and vertex about 2 samples (4 min(samples, features) + nodes * samples / folds)
///            operations on the dual side, nodes being 10 to 20 whatever the number of penalties; blocks of
///            256 vertices, memory nodes * samples * 1 kB per thread beside the result
Encoder fitEncoder(const EncodingDesign& design, const ConstMatrixRefF& responses, int threads,
                   const Job& job);

/// Predicted responses of all samples of the study: training rows out of fold, held-out rows by the encoder.
MatrixF predictActivation(const EncodingDesign& design, const Encoder& encoder);

}  // namespace cortexscope
