// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/band_product.h"

#include <algorithm>

namespace cortexscope {
namespace {

constexpr Index kDepthBlock = 480;
constexpr Index kScratchNumbers = Index{96} << 10;  // basis products of some rows stay in the second cache

}  // namespace

template <class Scalar>
BandProduct<Scalar>::BandProduct(std::vector<SpectralBand> bands, const VectorD& nodes, bool identity)
    : m_bands(std::move(bands)), m_identity(identity) {
  const Index own = pairCount(m_bands);
  m_pairs = own + (identity ? 2 : 0);
  MatrixD mix = MatrixD::Zero(nodes.size(), m_pairs);
  for (const SpectralBand& band : m_bands) {
    m_scaledFirst.push_back(m_scaledRows);
    m_scaledRows += band.basis.size();
    m_columns = band.first + band.count;
    mix.middleCols(band.firstPair, band.mix.cols()) = band.mix;
  }
  if (identity) {
    mix.col(own) = -nodes.cwiseInverse();
    mix.col(own + 1) = nodes.cwiseInverse();
  }
  m_mix = PackedOperator<Scalar>(mix);
}

template <class Scalar>
ScaledPanels<Scalar> BandProduct<Scalar>::scale(const Panels<Scalar>& in,
                                                AlignedArray<Scalar>& memory) const {
  const Panels<Scalar> copies = panelsIn(memory, m_scaledRows, in.count);
  for (Index panel = 0; panel < in.count; ++panel)
    for (std::size_t b = 0; b < m_bands.size(); ++b) {
      const SpectralBand& band = m_bands[b];
      for (Index j = 0; j < band.basis.rows(); ++j)
        for (Index i = 0; i < band.count; ++i) {
          const Scalar* from = in.at(panel, band.first + i);
          Scalar* to = copies.at(panel, m_scaledFirst[b] + j * band.count + i);
          const auto factor = Scalar(band.basis(j, i));
          for (Index lane = 0; lane < kPanelTargets<Scalar>; ++lane) to[lane] = factor * from[lane];
        }
    }
  return {in, copies};
}

/// Basis products of rows [row, end): per twelve rows, pair after pair, 12 x panel width.
template <class Scalar>
void BandProduct<Scalar>::applyRows(const PackedOperator<Scalar>& matrix, Index row, Index end, Index panel,
                                    Index firstBand, const ScaledPanels<Scalar>& scaled,
                                    Scalar* pairs) const {
  const auto product = panelKernels<Scalar>().product;
  constexpr Index kWidth = kPanelTargets<Scalar>, kSlab = kOperatorRows * kWidth;
  for (auto b = static_cast<std::size_t>(firstBand); b < m_bands.size(); ++b) {
    const SpectralBand& band = m_bands[b];
    for (Index j = 0; j < band.basis.rows(); ++j)
      for (Index k = 0; k < band.count; k += kDepthBlock)
        for (Index r = row; r < end; r += kOperatorRows)
          product(matrix.at(r, band.first + k), std::min(kDepthBlock, band.count - k),
                  scaled.copies.at(panel, m_scaledFirst[b] + j * band.count + k), kWidth,
                  pairs + ((r - row) / kOperatorRows * m_pairs + band.firstPair + j) * kSlab, kWidth, k > 0);
  }
  if (!m_identity) return;
  if (m_columns == 0)
    for (Index r = row; r < end; r += kOperatorRows)
      std::fill_n(pairs + ((r - row) / kOperatorRows * m_pairs + m_pairs - 2) * kSlab, kSlab, Scalar(0));
  for (Index k = 0; k < m_columns; k += kDepthBlock)
    for (Index r = row; r < end; r += kOperatorRows)
      product(matrix.at(r, k), std::min(kDepthBlock, m_columns - k), scaled.plain.at(panel, k), kWidth,
              pairs + ((r - row) / kOperatorRows * m_pairs + m_pairs - 2) * kSlab, kWidth, k > 0);
}

template <class Scalar>
Panels<Scalar> BandProduct<Scalar>::apply(const PackedOperator<Scalar>& matrix, bool triangular,
                                          const ScaledPanels<Scalar>& scaled, const Panels<Scalar>& rest,
                                          Index restRow, Index nodeStride, AlignedArray<Scalar>& memory,
                                          AlignedArray<Scalar>& scratch) const {
  const Panels<Scalar> out = panelsIn(memory, nodeRows() * nodeStride, scaled.plain.count);
  const auto product = panelKernels<Scalar>().product;
  constexpr Index kWidth = kPanelTargets<Scalar>, kSlab = kOperatorRows * kWidth;
  const Index block =
      kOperatorRows * std::clamp<Index>(kScratchNumbers / std::max<Index>(m_pairs * kSlab, 1), 1, 8);
  scratch.reserve(block * std::max<Index>(m_pairs, 1) * kWidth);
  for (Index row = 0; row < matrix.paddedRows(); row += block) {
    const Index end = std::min(row + block, matrix.paddedRows());
    Index firstBand = 0;
    if (triangular)
      while (firstBand + 1 < Index(m_bands.size()) && m_bands[std::size_t(firstBand + 1)].first <= row)
        ++firstBand;
    const Index firstPair = m_bands.empty() ? 0 : m_bands[static_cast<std::size_t>(firstBand)].firstPair;
    for (Index panel = 0; panel < out.count; ++panel) {
      applyRows(matrix, row, end, panel, firstBand, scaled, scratch.data());
      for (Index r = row; r < end; ++r) {
        Scalar* pairs =
            scratch.data() + (r - row) / kOperatorRows * m_pairs * kSlab + (r - row) % kOperatorRows * kWidth;
        if (m_identity && r < matrix.rows())
          std::copy_n(rest.at(panel, restRow + r), kWidth, pairs + (m_pairs - 1) * kSlab);
        else if (m_identity)
          std::fill_n(pairs + (m_pairs - 1) * kSlab, kWidth, Scalar(0));
        for (Index node = 0; node < m_mix.paddedRows(); node += kOperatorRows)
          product(m_mix.at(node, firstPair), m_pairs - firstPair, pairs + firstPair * kSlab, kSlab,
                  out.at(panel, node * nodeStride + r), nodeStride * kWidth, false);
      }
    }
  }
  return out;
}

template class BandProduct<float>;
template class BandProduct<double>;

}  // namespace cortexscope
