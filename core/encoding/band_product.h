// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "encoding/ridge_nodes.h"
#include "encoding/ridge_panels.h"

// Private to encoding.
namespace cortexscope {

/// Panels beside copies of them that are scaled by basis curves: what BandProduct::scale() makes and apply()
/// takes.
template <class Scalar>
struct ScaledPanels {
  Panels<Scalar> plain, copies;
};

/// Products of one matrix with targets, filtered by the curve of every node at once:
///
///   out(node) = matrix * diag(1 / (values + node)) * in        for all nodes
///
/// computed band by band with the few basis curves of each band instead of every node's own curve.
template <class Scalar>
class BandProduct {
 public:
  /// bands     of the columns of the matrices
  /// nodes     their penalties
  /// identity  adds (1 / node) (in2 - matrix * in): the filter of eigenvalues 0 that the matrix leaves out
  BandProduct(std::vector<SpectralBand> bands, const VectorD& nodes, bool identity);

  /// Rows of all scaled copies together.
  Index scaledRows() const { return m_scaledRows; }
  /// Nodes, padded.
  Index nodeRows() const { return m_mix.paddedRows(); }
  double depth() const { return double(m_scaledRows) + (m_identity ? double(m_columns) : 0.0); }
  Index pairs() const { return m_pairs; }

  /// `in` (columns rows) scaled by every basis curve; made once, used for all matrices that share the bands.
  /// memory   holds the copies; grows as needed
  ScaledPanels<Scalar> scale(const Panels<Scalar>& in, AlignedArray<Scalar>& memory) const;

  /// matrix      some rows x columns; with `triangular` upper triangular: rows skip columns before them
  /// scaled      of this product
  /// rest        holds, from row restRow on, the rows of which the identity filter is taken; only read with
  ///             `identity`
  /// nodeStride  at least the matrix's padded rows
  /// memory, scratch   grow as needed; `memory` holds the result
  /// Returns     row node * nodeStride + row
  Panels<Scalar> apply(const PackedOperator<Scalar>& matrix, bool triangular,
                       const ScaledPanels<Scalar>& scaled, const Panels<Scalar>& rest, Index restRow,
                       Index nodeStride, AlignedArray<Scalar>& memory, AlignedArray<Scalar>& scratch) const;

 private:
  void applyRows(const PackedOperator<Scalar>& matrix, Index row, Index end, Index panel, Index firstBand,
                 const ScaledPanels<Scalar>& scaled, Scalar* pairs) const;

  std::vector<SpectralBand> m_bands;
  std::vector<Index> m_scaledFirst;  // per band: row of its first scaled copy
  PackedOperator<Scalar> m_mix;      // nodes x pairs
  Index m_columns = 0, m_scaledRows = 0, m_pairs = 0;
  bool m_identity = false;
};

}  // namespace cortexscope
