// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "io/tables/table.h"

// What is taken out of responses: slow drift, and what was measured beside them. All of it concerns one run.

namespace cortexscope {

/// Legendre polynomials of degree 0 to `order` over `samples` even steps: samples x (order + 1).
/// Errors   BadValue for order < 0; BadShape if order + 1 reaches the number of samples
MatrixD polynomialBasis(Index samples, int order);

/// The constant and all cosines whose period is `cutoffSec` or longer: cos(pi k (2 t + 1) / (2 samples)) for
/// k from 0 to 2 samples trSec / cutoffSec. A cut-off beyond twice the run leaves the constant alone.
/// Errors   BadValue unless trSec > 0 and cutoffSec > 2 trSec (faster cosines would explain everything)
MatrixD cosineBasis(Index samples, double trSec, double cutoffSec);

/// Odd number of samples nearest to a window's length; of two that are as near, the larger.
/// Errors   BadValue unless both are positive and the window has fewer than 2^31 samples
Index windowSamples(double windowSec, double trSec);

/// Local polynomials: each sample's smooth value is that of the polynomial fitted to the window around it; in
/// the first and last half window, of the one fitted to the first or last whole window.
/// Source   Savitzky & Golay 1964
class SavitzkyGolay {
 public:
  /// Errors   BadValue for an even window, order < 0 or order >= window
  SavitzkyGolay(Index window, int order);

  /// series (samples x anything) less its smooth values.
  /// Errors   BadShape if the window is longer than the series
  /// Cost     samples x window per column
  MatrixD residual(const MatrixD& series) const;

 private:
  MatrixD m_fit;  ///< window x window: values of the fitted polynomial from the values in the window
};

/// What was measured beside the responses of one run (head motion, signals outside the cortex).
struct Confounds {
  std::vector<std::string> names;
  MatrixD values;  ///< samples x confounds
};

/// The numbers of some columns of a table, of all when none are named.
/// Errors   as numericColumn
Confounds confoundsFromTable(const Table& table, const std::vector<std::string>& columns,
                             const std::filesystem::path& file);

/// The columns with these names in the order asked for (all when none are named), ready for a fit but for
/// centring: NaN in the first row becomes 0, as the difference to a volume before the first is not defined.
/// Errors   BadValue for a name that is not there, a name twice, and NaN or infinite values anywhere else,
///          with the confound's name and the row
Confounds chosenConfounds(const Confounds& confounds, const std::vector<std::string>& names);

/// Orthonormal columns that span the same space; what depends on columns before it is left out.
struct SpannedSpace {
  MatrixD basis;                 ///< samples x rank
  std::vector<Index> dependent;  ///< columns left out
};
/// A column depends on others if less than 1e-8 of `lengths` (its length, or the length it had before it was
/// filtered) is new.
/// Source   Gram & Schmidt with each column made orthogonal twice (Giraud et al. 2005)
SpannedSpace spannedSpace(const MatrixD& columns, const VectorD& lengths);

}  // namespace cortexscope
