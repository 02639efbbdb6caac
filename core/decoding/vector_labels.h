// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"

namespace cortexscope {

/// How well a label with several dimensions (a word vector) is estimated, on held-out samples whose truth is
/// known.
///
/// Vectors are compared by the cosine of their differences from the mean training vector, because that mean
/// is what a decoder says that learned nothing.
struct VectorScores {
  VectorD meanR;   ///< per person: r over time, mean over dimensions; NaN if no dimension has a defined r
  VectorD cosine;  ///< per person: cosine with the truth, mean over samples
  VectorD rankAccuracy;  ///< per person: how many of the other vectors shown are less like the estimate than
                         ///< the true one is, as a fraction, mean over samples; NaN with fewer than 2
                         ///< different vectors
  double meanRankAccuracy = 0;  ///< over people
  double chance = 0;  ///< the same with estimates moved in time: 0.5, but for habits of the estimates
  double p = 1;       ///< of meanRankAccuracy, one-sided: (b + 1) / (n + 1) over moves in time
};

struct VectorScoreOptions {
  int permutations = 1000;
  unsigned seed = 1;
  int threads = 0;  ///< 0 = one per core; the result does not depend on it
};

/// The chance level moves every person's estimates along each held-out run by one random number of samples,
/// past the end and in again at the start: estimates and truth keep their slowness, and people who share a
/// film move together. Short runs allow few moves and so no small p.
///
/// truth, estimates  per person, samples x dimensions over all samples of the study; truth NaN = unknown
/// Errors   BadShape; Cancelled
VectorScores scoreVectors(const std::vector<MatrixD>& truth, const std::vector<MatrixD>& estimates,
                          const Runs& runs, const VectorScoreOptions& options, const Job& job);

/// Rank accuracy of one person if each truth is compared with the estimate of the same sample, spelled out by
/// sample; NaN where the truth is unknown or the sample is not held out.
VectorD rankAccuracyBySample(const MatrixD& truth, const MatrixD& estimates, const Runs& runs);

/// Cosine of each sample's truth and estimate, as in VectorScores; NaN where the truth is unknown.
VectorD cosineBySample(const MatrixD& truth, const MatrixD& estimates, const Runs& runs);

/// Distance of every pair of people's estimates of one vector label, pairs in the order of mantel.h: 1 -
/// Pearson r over dimensions, mean over `rows`.
/// Source   individual-difference reflection of vector labels, bioRxiv 2022.05.16.492029
std::vector<double> vectorPairDistances(const std::vector<MatrixD>& estimates,
                                        const std::vector<Index>& rows);

/// A row of `vectors` near a vector, with the cosine of the two.
struct NearRow {
  Index row = 0;
  float cosine = 0;
};

/// For every row of `estimates` the `count` rows of `vectors` with the highest cosine, nearest first, equal
/// ones by row. Rows of `vectors` without length are never near; a row of `estimates` without length has no
/// neighbours.
/// Errors   BadShape for different numbers of columns; Cancelled
std::vector<std::vector<NearRow>> nearestRows(const ConstMatrixRefF& estimates,
                                              const ConstMatrixRefF& vectors, Index count, const Job& job);

}  // namespace cortexscope
