// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

// What the kernels' translation units share with the rest. Must not include anything that holds inline code.
namespace cortexscope {

/// Targets side by side in one panel: two cache lines, whatever the number type.
template <class Scalar>
inline constexpr std::ptrdiff_t kPanelTargets = 128 / std::ptrdiff_t(sizeof(Scalar));

/// Rows of an operator that are worked on together; operators are padded to a multiple with zeros.
inline constexpr std::ptrdiff_t kOperatorRows = 12;

/// Inner loops for one number type and instruction set. Every target is a lane of its own: its sums are the
/// same bits whatever stands beside it.
template <class Scalar>
struct PanelKernels {
  /// out (12 rows) = or += packed (depth x 12) transposed * panel (depth rows); strides are between rows, in
  /// numbers.
  void (*product)(const Scalar* packed, std::ptrdiff_t depth, const Scalar* panel, std::ptrdiff_t panelStride,
                  Scalar* out, std::ptrdiff_t outStride, bool add);
  /// totals[i (i + 1) / 2 + j] += sum over rows of series[i] * series[j], j <= i, per target of the panel.
  /// Sums of 64 rows in the number type, of these in float64.
  void (*moments)(const Scalar* const* series, int count, std::ptrdiff_t rows, double* totals);
};

const PanelKernels<float>& genericKernelsF();
const PanelKernels<double>& genericKernelsD();
const PanelKernels<float>& avx2KernelsF();
const PanelKernels<double>& avx2KernelsD();
const PanelKernels<float>& avx512KernelsF();
const PanelKernels<double>& avx512KernelsD();

}  // namespace cortexscope
