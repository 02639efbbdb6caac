// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_score.h"

#include <algorithm>
#include <cmath>

namespace cortexscope {
namespace {

constexpr double kTieSlope = 1e-10;  // score per unit of log penalty

/// Coefficients of every penalty's residual over 1, y and the nodes' series.
MatrixD residualCoefficients(const NodePenalties& nodes, bool residuals) {
  const MatrixD& mix = nodes.coefficients;
  MatrixD coefficients = MatrixD::Zero(mix.rows(), mix.cols() + 2);
  coefficients.col(1).setOnes();
  if (residuals) coefficients.col(1) -= mix.rowwise().sum();
  coefficients.rightCols(mix.cols()) = residuals ? mix : MatrixD(-mix);
  return coefficients;
}

}  // namespace

ScoreRule::ScoreRule(const NodePenalties& nodes, const VectorD& penalties, RidgeMetric metric, bool residuals)
    : m_penalties(penalties), m_metric(metric), m_seriesCount(nodes.penalties.size() + 2) {
  const MatrixD coefficients = residualCoefficients(nodes, residuals);
  const Index count = penalties.size();
  m_squares = MatrixD::Zero(count, momentCount());
  for (Index i = 0; i < m_seriesCount; ++i)
    for (Index j = 0; j <= i; ++j)
      m_squares.col(place(i, j)) =
          (i == j ? 1.0 : 2.0) * coefficients.col(i).cwiseProduct(coefficients.col(j));
  if (metric != RidgeMetric::R) return;
  m_sums = m_crosses = MatrixD::Zero(count, momentCount());
  for (Index i = 0; i < m_seriesCount; ++i) {
    m_sums.col(place(i, 0)) = coefficients.col(i);
    m_crosses.col(place(i, 1)) = coefficients.col(i);
  }
}

ScoreRule::Sum::Sum(const ScoreRule& rule, Index lanes)
    : m_rule(rule), m_lanes(lanes), m_offset(Eigen::ArrayXd::Zero(lanes)) {
  if (rule.m_metric == RidgeMetric::R)
    m_scores = MatrixD::Zero(rule.m_penalties.size(), lanes);
  else
    m_weighted = MatrixD::Zero(rule.momentCount(), lanes);
}

void ScoreRule::Sum::add(const double* moments, Index rows) {
  ++m_folds;
  if (m_rule.m_metric == RidgeMetric::R) return addCorrelations(moments, rows);
  const Eigen::Map<const MatrixD> all(moments, m_rule.momentCount(), m_lanes);
  Eigen::ArrayXd weight = Eigen::ArrayXd::Constant(m_lanes, 1.0 / double(rows));
  if (m_rule.m_metric == RidgeMetric::R2) {
    const Eigen::ArrayXd sum = all.row(place(1, 0)).transpose();
    const Eigen::ArrayXd squares = all.row(place(1, 1)).transpose();
    const Eigen::ArrayXd total = squares - sum.square() / double(rows);
    weight = (total > 1e-12 * squares).select(total.inverse(), 0.0);
    m_offset += (weight > 0).cast<double>();
  }
  m_weighted.noalias() += all * weight.matrix().asDiagonal();
}

void ScoreRule::Sum::addCorrelations(const double* moments, Index rows) {
  const Eigen::Map<const MatrixD> all(moments, m_rule.momentCount(), m_lanes);
  const MatrixD squares = m_rule.m_squares * all, sums = m_rule.m_sums * all,
                crosses = m_rule.m_crosses * all;
  const double n = double(rows);
  for (Index lane = 0; lane < m_lanes; ++lane) {
    const double y = all(place(1, 0), lane), yy = all(place(1, 1), lane);
    const double varianceY = yy - y * y / n;
    for (Index a = 0; a < m_scores.rows(); ++a) {
      const double sum = y - sums(a, lane), product = yy - crosses(a, lane);
      const double square = yy - 2 * crosses(a, lane) + squares(a, lane);
      const double variance = square - sum * sum / n;
      if (varianceY > 1e-12 * yy && variance > 1e-10 * varianceY)
        m_scores(a, lane) += (product - sum * y / n) / std::sqrt(varianceY * variance);
    }
  }
}

void ScoreRule::Sum::choose(TileFit& fit, Index firstTarget, Index count) const {
  MatrixD scores = m_scores;
  if (m_rule.m_metric != RidgeMetric::R)
    scores = (-(m_rule.m_squares * m_weighted)).rowwise() + m_offset.matrix().transpose();
  scores /= double(m_folds);
  const VectorD ties = kTieSlope * m_rule.m_penalties.array().log();
  for (Index lane = 0; lane < count; ++lane) {
    Index at = 0;
    for (Index a = 1; a < scores.rows(); ++a)
      if (scores(a, lane) + ties[a] >= scores(at, lane) + ties[at]) at = a;
    const double score = scores(at, lane);
    fit.best[static_cast<std::size_t>(firstTarget + lane)] = at;
    fit.score[firstTarget + lane] = score;
    double gain = score;
    if (m_rule.m_metric == RidgeMetric::R) gain = score > 0 ? score * score : 0.0;
    if (m_rule.m_metric == RidgeMetric::NegativeMse) {
      const double plain = m_weighted(place(1, 1), lane) / double(m_folds);
      gain = plain > 0 ? 1 + score / plain : 0.0;
    }
    fit.gain[firstTarget + lane] = gain;
  }
}

TileFit chooseAll(const std::vector<ScoreRule::Sum>& sums, Index targets) {
  TileFit fit;
  fit.best.resize(static_cast<std::size_t>(targets));
  fit.score.resize(targets);
  fit.gain.resize(targets);
  const Index width = sums.empty() ? 1 : sums.front().lanes();
  for (Index first = 0; first < targets; first += width)
    sums[static_cast<std::size_t>(first / width)].choose(fit, first, std::min(width, targets - first));
  return fit;
}

}  // namespace cortexscope
