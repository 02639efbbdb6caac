// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/panels.h"
#include "encoding/ridge_form.h"
#include "encoding/ridge_nodes.h"

// Private to encoding.
namespace cortexscope {

/// Turns inner products of a fold's series into scores of every penalty.
///
/// Series of a fold: 1, y, then one per node. With residuals the node's y - prediction, else its prediction.
/// Every penalty's residual is a combination of them, so its squares and products are linear in the inner
/// products.
class ScoreRule {
 public:
  ScoreRule(const NodePenalties& nodes, const VectorD& penalties, RidgeMetric metric, bool residuals);

  Index seriesCount() const { return m_seriesCount; }
  Index momentCount() const { return m_seriesCount * (m_seriesCount + 1) / 2; }
  static Index place(Index i, Index j) { return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i; }

  /// Scores of one panel of targets, fold after fold.
  class Sum {
   public:
    Sum(const ScoreRule& rule, Index lanes);
    Index lanes() const { return m_lanes; }
    /// moments   momentCount() x lanes, of a fold with `rows` scored rows
    void add(const double* moments, Index rows);
    /// Best penalty and its score per lane; the larger of penalties that differ by less than 1e-10 per factor
    /// e.
    void choose(TileFit& fit, Index firstTarget, Index count) const;

   private:
    void addCorrelations(const double* moments, Index rows);

    const ScoreRule& m_rule;
    Index m_lanes, m_folds = 0;
    MatrixD m_weighted;       // moments x lanes: sums over folds for the metrics that are linear in moments
    Eigen::ArrayXd m_offset;  // lanes
    MatrixD m_scores;         // penalties x lanes: sums over folds for r
  };

 private:
  VectorD m_penalties;
  RidgeMetric m_metric;
  Index m_seriesCount;
  MatrixD m_squares;  // penalties x moments: gives the sum of squared residuals
  MatrixD m_sums;     // penalties x moments: sum of residuals
  MatrixD m_crosses;  // penalties x moments: sum of residual * y
};

/// Choices of all panels, for the first `targets` lanes.
TileFit chooseAll(const std::vector<ScoreRule::Sum>& sums, Index targets);

}  // namespace cortexscope
