// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge_nodes.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

namespace cortexscope {
namespace {

constexpr Index kSampleCount = 400;
constexpr double kSmallestShare = 1e-12;  // eigenvalues below this part of the largest carry no signal
constexpr double kRoomBelow = 0.1;        // folds' eigenvalues may be smaller than the whole's
constexpr double kLargestCoefficient = 10;
constexpr Index kMaxCuts = 96;
constexpr double kPairOverhead = 32;  // mixing and scaling of one basis curve, in eigenvalues

/// Even steps in log from below the smallest positive eigenvalue to the largest: folds have eigenvalues of
/// their own, between and below those of the whole.
VectorD sampleSpectrum(const VectorD& spectrum) {
  const double largest = spectrum.size() > 0 ? spectrum.maxCoeff() : 0.0;
  if (!(largest > 0)) return VectorD::Ones(1);
  double smallest = largest;
  for (const double value : spectrum)
    if (value > kSmallestShare * largest) smallest = std::min(smallest, value);
  const double low = std::max(kRoomBelow * smallest, kSmallestShare * largest);
  VectorD sample(kSampleCount);
  for (Index i = 0; i < kSampleCount; ++i)
    sample[i] = low * std::pow(largest / low, double(i) / double(kSampleCount - 1));
  return sample;
}

/// Table of the curves 1 / (l + a), each divided by its value at the first eigenvalue: nodes x sample.
MatrixD relativeCurves(const VectorD& values, const VectorD& nodes) {
  MatrixD table(nodes.size(), values.size());
  for (Index node = 0; node < nodes.size(); ++node)
    table.row(node) = (values[0] + nodes[node]) / (values.array() + nodes[node]);
  return table;
}

/// Numerical rank of the nodes' curves between two eigenvalues, from 14 places between them, by Gram-Schmidt
/// with row pivoting: a little above the best possible rank, and fast. A plan asks thousands of times, so
/// memory is kept and inner loops are plain.
class CurveRanks {
 public:
  CurveRanks(const VectorD& nodes, double tolerance)
      : m_nodes(nodes), m_tolerance(tolerance), m_curves(static_cast<std::size_t>(nodes.size() * kPlaces)) {}

  /// The rank, or `most` if it is that or more.
  Index between(double low, double high, Index most) {
    if (high <= low) return 1;
    sample(low, high);
    m_rest = m_curves;
    most = std::min({most, m_nodes.size(), kPlaces});
    for (Index rank = 0; rank < most; ++rank) {
      if (nothingIsLeft()) return std::max<Index>(rank, 1);
      takeOutLargest();
    }
    return most;
  }

 private:
  static constexpr Index kPlaces = 14;

  void sample(double low, double high) {
    double places[kPlaces];
    const double floor = std::max(low, 1e-3 * m_nodes.minCoeff());  // below, every curve is flat
    for (Index i = 0; i < kPlaces; ++i)
      places[i] = floor >= high ? low + (high - low) * double(i) / double(kPlaces - 1)
                                : floor * std::pow(high / floor, double(i) / double(kPlaces - 1));
    places[0] = low;
    double* to = m_curves.data();
    for (const double node : m_nodes)
      for (Index i = 0; i < kPlaces; ++i) *to++ = (low + node) / (places[i] + node);
  }

  bool nothingIsLeft() const {
    const double *rest = m_rest.data(), *curve = m_curves.data();
    for (const double* end = rest + m_rest.size(); rest < end; ++rest, ++curve)
      if (!(std::abs(*rest) < m_tolerance * *curve)) return false;
    return true;
  }

  static double dot(const double* a, const double* b) {
    double sum = 0;
    for (Index i = 0; i < kPlaces; ++i) sum += a[i] * b[i];
    return sum;
  }

  /// What is left of all curves loses its part along the largest rest.
  void takeOutLargest() {
    const double* largest = m_rest.data();
    double most = 0;
    double* const end = m_rest.data() + m_rest.size();
    for (const double* row = m_rest.data(); row < end; row += kPlaces)
      if (const double square = dot(row, row); square > most) most = square, largest = row;
    double direction[kPlaces];
    const double norm = std::sqrt(most);
    for (Index i = 0; i < kPlaces; ++i) direction[i] = largest[i] / norm;
    for (double* row = m_rest.data(); row < end; row += kPlaces) {
      const double along = dot(row, direction);
      for (Index i = 0; i < kPlaces; ++i) row[i] -= along * direction[i];
    }
  }

  const VectorD& m_nodes;
  double m_tolerance;
  std::vector<double> m_curves, m_rest;  // nodes x places: 1 / (l + a) over its value at the first place
};

SpectralBand makeBand(const VectorD& values, Index first, Index count, const VectorD& nodes,
                      double tolerance) {
  SpectralBand band{first, count, 0, {}, {}};
  const VectorD inside = values.segment(first, count);
  const MatrixD table = relativeCurves(inside, nodes);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(table * table.transpose());
  Index rank = 1;
  MatrixD directions;
  for (;; ++rank) {
    directions = eigen.eigenvectors().rightCols(rank);
    band.basis = directions.transpose() * table;
    if (rank == nodes.size()) break;
    if (((directions * band.basis - table).array().abs() < tolerance * table.array()).all()) break;
  }
  band.mix = (inside[0] + nodes.array()).inverse().matrix().asDiagonal() * directions;
  return band;
}

/// Places where a band may start: evenly over rank.
std::vector<Index> possibleCuts(Index count) {
  const Index cuts = std::min(count, kMaxCuts);
  std::vector<Index> places;
  for (Index i = 0; i <= cuts; ++i) places.push_back(i * count / std::max<Index>(cuts, 1));
  return places;
}

}  // namespace

NodePenalties chooseNodes(const VectorD& penalties, const VectorD& spectrum, double tolerance,
                          bool relative) {
  const Index count = penalties.size();
  const VectorD sample = sampleSpectrum(spectrum);
  MatrixD curves(count, sample.size());
  for (Index a = 0; a < count; ++a) curves.row(a) = sample.array() / (sample.array() + penalties[a]);
  VectorD scale = VectorD::Ones(count);
  if (relative) scale = curves.rowwise().maxCoeff();
  curves = scale.cwiseInverse().asDiagonal() * curves;
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> pivoted(curves.transpose());
  const auto order = pivoted.colsPermutation().indices();
  if (tolerance > 0) {
    for (Index rank = 1; rank < std::min(count, sample.size()); ++rank) {
      Eigen::MatrixXd chosen(sample.size(), rank);
      for (Index j = 0; j < rank; ++j) chosen.col(j) = curves.row(order[j]).transpose();
      const MatrixD coefficients = chosen.householderQr().solve(curves.transpose()).transpose();
      if ((coefficients * chosen.transpose() - curves).cwiseAbs().maxCoeff() >= tolerance) continue;
      if (coefficients.cwiseAbs().maxCoeff() > kLargestCoefficient) continue;
      NodePenalties nodes{VectorD(rank), scale.asDiagonal() * coefficients};
      for (Index j = 0; j < rank; ++j) {
        nodes.penalties[j] = penalties[order[j]];
        nodes.coefficients.col(j) /= scale[order[j]];
      }
      return nodes;
    }
  }
  return {penalties, MatrixD::Identity(count, count)};
}

std::vector<SpectralBand> planBands(const VectorD& values, const VectorD& nodes, double tolerance) {
  if (values.size() == 0) return {};
  const std::vector<Index> cuts = possibleCuts(values.size());
  std::vector<double> cost(cuts.size(), std::numeric_limits<double>::infinity());
  std::vector<std::size_t> from(cuts.size(), 0);
  cost[0] = 0;
  CurveRanks ranks(nodes, tolerance);
  for (std::size_t end = 1; end < cuts.size(); ++end)
    for (std::size_t start = end; start-- > 0;) {
      const double low = values[cuts[start]], high = values[cuts[end] - 1];
      const double perRank = double(cuts[end] - cuts[start]) + kPairOverhead;
      const double affordable = std::min((cost[end] - cost[start]) / perRank, double(nodes.size()));
      const double total = cost[start] + double(ranks.between(low, high, 1 + Index(affordable))) * perRank;
      if (total < cost[end]) cost[end] = total, from[end] = start;
    }
  std::vector<SpectralBand> bands;
  for (std::size_t end = cuts.size() - 1; end > 0; end = from[end])
    bands.push_back(makeBand(values, cuts[from[end]], cuts[end] - cuts[from[end]], nodes, tolerance));
  std::reverse(bands.begin(), bands.end());
  Index pair = 0;
  for (SpectralBand& band : bands) {
    band.firstPair = pair;
    pair += band.basis.rows();
  }
  return bands;
}

Index pairCount(const std::vector<SpectralBand>& bands) {
  return bands.empty() ? 0 : bands.back().firstPair + bands.back().basis.rows();
}

Index pairDepth(const std::vector<SpectralBand>& bands) {
  Index depth = 0;
  for (const SpectralBand& band : bands) depth += band.basis.size();
  return depth;
}

}  // namespace cortexscope
