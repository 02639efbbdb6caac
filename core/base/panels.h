// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include "base/matrix.h"
#include "base/panel_kernels.h"

namespace cortexscope {

/// Numbers on a cache-line boundary, not set to anything.
template <class Scalar>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(Index size)
      : m_data(static_cast<Scalar*>(
            ::operator new(static_cast<std::size_t>(size) * sizeof(Scalar), kAlignment))),
        m_size(size) {}

  Scalar* data() { return m_data.get(); }
  const Scalar* data() const { return m_data.get(); }
  Index size() const { return m_size; }
  /// Room for at least `size` numbers; what was there is lost when it grows.
  void reserve(Index size) {
    if (size > m_size) *this = AlignedArray(size);
  }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(Scalar* data) const { ::operator delete(data, kAlignment); }
  };
  std::unique_ptr<Scalar, Free> m_data;
  Index m_size = 0;
};

inline Index roundedUp(Index value, Index step) {
  return (value + step - 1) / step * step;
}

/// The fastest inner loops that this processor runs.
template <class Scalar>
const PanelKernels<Scalar>& panelKernels();

/// A matrix that many panels of targets are multiplied with, stored in the order in which products read it:
/// packed once, so that no product has to copy it.
template <class Scalar>
class PackedOperator {
 public:
  PackedOperator() = default;
  template <class Derived>
  explicit PackedOperator(const Eigen::MatrixBase<Derived>& matrix)
      : m_rows(matrix.rows()), m_depth(matrix.cols()), m_data(paddedRows() * matrix.cols()) {
    for (Index block = 0; block < paddedRows(); block += kOperatorRows)
      for (Index k = 0; k < m_depth; ++k)
        for (Index r = 0; r < kOperatorRows; ++r)
          m_data.data()[block * m_depth + k * kOperatorRows + r] =
              block + r < m_rows ? static_cast<Scalar>(matrix.coeff(block + r, k)) : Scalar(0);
  }

  Index rows() const { return m_rows; }
  Index depth() const { return m_depth; }
  Index paddedRows() const { return roundedUp(m_rows, kOperatorRows); }
  /// Column `k` of the twelve rows from `row` (a multiple of 12).
  const Scalar* at(Index row, Index k) const { return m_data.data() + row * m_depth + k * kOperatorRows; }
  std::size_t byteCount() const { return static_cast<std::size_t>(m_data.size()) * sizeof(Scalar); }

 private:
  Index m_rows = 0, m_depth = 0;
  AlignedArray<Scalar> m_data;
};

/// Some panels of targets that are worked on together by one thread: panel after panel, each `rows` x panel
/// width.
template <class Scalar>
struct Panels {
  Scalar* data = nullptr;
  Index rows = 0;  ///< stride between panels, in rows
  Index count = 0;

  Scalar* at(Index panel, Index row) const { return data + (panel * rows + row) * kPanelTargets<Scalar>; }
};

/// out(rows from outRow) = matrix * in(rows from inRow), for all panels. `out` needs matrix.paddedRows()
/// rows. Depth is cut into fixed pieces and added in order, so bits depend on the numbers alone.
template <class Scalar>
void multiply(const PackedOperator<Scalar>& matrix, const Panels<Scalar>& in, Index inRow,
              const Panels<Scalar>& out, Index outRow);

/// Operations a second that multiply() reaches here in float32 on so many threads (0: one per core), measured
/// in some 50 ms.
double measuredFlopRate(int threads);

}  // namespace cortexscope
