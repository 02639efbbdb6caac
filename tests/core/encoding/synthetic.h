// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/matrix.h"
#include "base/text.h"
#include "base/time_axis.h"

// Small made-up runs and numbers for tests of encoders and decoders.
namespace cortexscope::test {

/// Runs of these lengths; a negative length is a held-out run.
inline Runs runsOf(const std::vector<Index>& counts) {
  Runs runs;
  for (const Index count : counts) {
    Run run;
    run.id = "run-" + textOf(runs.size() + 1);
    run.stimulus = "film";
    run.firstSample = sampleCount(runs);
    run.sampleCount = std::abs(count);
    run.heldOut = count < 0;
    runs.push_back(run);
  }
  return runs;
}

/// `count` numbers from low to high, even in log.
inline VectorD logGrid(double low, double high, Index count) {
  VectorD grid(count);
  for (Index i = 0; i < count; ++i) grid[i] = low * std::pow(high / low, double(i) / double(count - 1));
  return grid;
}

inline double correlation(const VectorD& a, const VectorD& b) {
  const VectorD x = a.array() - a.mean(), y = b.array() - b.mean();
  return x.dot(y) / (x.norm() * y.norm());
}

/// Mean over columns of the correlation of matching columns at some rows.
inline double meanCorrelation(const MatrixF& a, const MatrixF& b, const std::vector<Index>& rows) {
  const MatrixF x = rowsOf(a, rows), y = rowsOf(b, rows);
  double sum = 0;
  for (Index col = 0; col < x.cols(); ++col) {
    const double r = correlation(x.col(col).cast<double>(), y.col(col).cast<double>());
    if (std::isfinite(r)) sum += r;  // a constant prediction explains nothing
  }
  return sum / double(x.cols());
}

}  // namespace cortexscope::test
