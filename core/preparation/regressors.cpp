// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/regressors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

/// Tables are printed with 6 to 9 digits: a column that repeats others shows up as this much of itself.
constexpr double kDependent = 1e-8;

/// Without the limit on order, for windows that a polynomial may fill.
MatrixD legendre(Index samples, int order) {
  MatrixD basis(samples, order + 1);
  for (Index t = 0; t < samples; ++t) {
    const double x = samples > 1 ? 2.0 * double(t) / double(samples - 1) - 1.0 : 0.0;
    basis(t, 0) = 1;
    if (order > 0) basis(t, 1) = x;
    for (int degree = 2; degree <= order; ++degree)
      basis(t, degree) =
          ((2 * degree - 1) * x * basis(t, degree - 1) - (degree - 1) * basis(t, degree - 2)) / degree;
  }
  return basis;
}

std::string secText(double seconds) {
  return textOf(seconds) + " s";
}

}  // namespace

MatrixD polynomialBasis(Index samples, int order) {
  require(order >= 0, ErrorCode::BadValue,
          [&] { return "a polynomial's order cannot be negative, got " + textOf(order); });
  require(order + 1 < samples, ErrorCode::BadShape, [&] {
    return "a polynomial of order " + textOf(order) + " leaves nothing of a run of " + textOf(samples) +
           " samples";
  });
  return legendre(samples, order);
}

MatrixD cosineBasis(Index samples, double trSec, double cutoffSec) {
  require(trSec > 0 && cutoffSec > 2 * trSec, ErrorCode::BadValue, [&] {
    return "a cosine cut-off of " + secText(cutoffSec) + " must be longer than two samples of " +
           secText(trSec);
  });
  // A run of whole periods must keep its last cosine whatever the rounding of the division.
  const auto last = Index(std::floor(2.0 * double(samples) * trSec / cutoffSec + 1e-9));
  MatrixD basis(samples, last + 1);
  for (Index t = 0; t < samples; ++t)
    for (Index k = 0; k <= last; ++k)
      basis(t, k) =
          std::cos(std::numbers::pi * double(k) * (2.0 * double(t) + 1.0) / (2.0 * double(samples)));
  return basis;
}

Index windowSamples(double windowSec, double trSec) {
  const double samples = windowSec / trSec;
  require(windowSec > 0 && trSec > 0 && samples < 2147483648.0, ErrorCode::BadValue, [&] {
    return "a window of " + secText(windowSec) + " cannot be laid over samples of " + secText(trSec);
  });
  return 2 * Index(std::floor((samples - 1) / 2 + 0.5 + 1e-9)) + 1;
}

SavitzkyGolay::SavitzkyGolay(Index window, int order) {
  require(window > 0 && window % 2 == 1 && order >= 0 && order < window, ErrorCode::BadValue, [&] {
    return "a Savitzky-Golay filter needs an odd window longer than its order, got " + textOf(window) +
           " samples and order " + textOf(order);
  });
  const MatrixD powers = legendre(window, order);
  const MatrixD basis = spannedSpace(powers, powers.colwise().norm().transpose()).basis;
  m_fit = basis * basis.transpose();
}

MatrixD SavitzkyGolay::residual(const MatrixD& series) const {
  const Index window = m_fit.rows(), half = window / 2, samples = series.rows();
  require(window <= samples, ErrorCode::BadShape, [&] {
    return "a Savitzky-Golay window of " + textOf(window) + " samples is longer than the run of " +
           textOf(samples);
  });
  MatrixD result(samples, series.cols());
  for (Index t = 0; t < samples; ++t) {
    const Index first = std::clamp<Index>(t - half, 0, samples - window);
    result.row(t) = series.row(t);
    result.row(t).noalias() -= m_fit.row(t - first) * series.middleRows(first, window);
  }
  return result;
}

Confounds confoundsFromTable(const Table& table, const std::vector<std::string>& columns,
                             const std::filesystem::path& file) {
  Confounds confounds{columns.empty() ? table.columns : columns, {}};
  confounds.values.resize(std::ssize(table.rows), std::ssize(confounds.names));
  for (std::size_t c = 0; c < confounds.names.size(); ++c) {
    const std::vector<double> numbers = numericColumn(table, confounds.names[c], file);
    confounds.values.col(Index(c)) = Eigen::Map<const VectorD>(numbers.data(), std::ssize(numbers));
  }
  return confounds;
}

Confounds chosenConfounds(const Confounds& confounds, const std::vector<std::string>& names) {
  Confounds chosen{names.empty() ? confounds.names : names, {}};
  chosen.values.resize(confounds.values.rows(), std::ssize(chosen.names));
  std::set<std::string> seen;
  for (std::size_t c = 0; c < chosen.names.size(); ++c) {
    const std::string& name = chosen.names[c];
    const auto found = std::find(confounds.names.begin(), confounds.names.end(), name);
    require(found != confounds.names.end(), ErrorCode::BadValue, [&] {
      return "there is no confound \"" + name + "\" among the " + textOf(confounds.names.size()) +
             " of this run";
    });
    require(seen.insert(name).second, ErrorCode::BadValue,
            [&] { return "the confound \"" + name + "\" is named twice"; });
    auto column = chosen.values.col(Index(c));
    column = confounds.values.col(found - confounds.names.begin());
    if (column.size() > 0 && std::isnan(column[0])) column[0] = 0;
    for (Index row = 0; row < column.size(); ++row)
      require(std::isfinite(column[row]), ErrorCode::BadValue, [&] {
        return "the confound \"" + name + "\" is NaN or infinite in row " + textOf(row + 1) + " of " +
               textOf(column.size()) + "; only its first row may be undefined";
      });
  }
  return chosen;
}

SpannedSpace spannedSpace(const MatrixD& columns, const VectorD& lengths) {
  SpannedSpace space;
  Eigen::MatrixXd basis(columns.rows(), std::min(columns.rows(), columns.cols()));
  Index rank = 0;
  for (Index c = 0; c < columns.cols(); ++c) {
    VectorD rest = columns.col(c);
    for (int pass = 0; pass < 2; ++pass)
      for (Index b = 0; b < rank; ++b) rest -= basis.col(b).dot(rest) * basis.col(b);
    const double length = rest.norm();
    if (rank == basis.cols() || !(length > kDependent * lengths[c])) {
      space.dependent.push_back(c);
      continue;
    }
    basis.col(rank++) = rest / length;
  }
  space.basis = basis.leftCols(rank);
  return space;
}

}  // namespace cortexscope
