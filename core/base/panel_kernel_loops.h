// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "base/panel_kernels.h"

// Compiled once per instruction set, by files that hold nothing else: no code of another header may be
// instantiated here, or the linker could pick the copy that an older processor cannot run.
namespace cortexscope::panel_kernel {
namespace {

/// Number of float32 or float64 sums in a row before they are added to the float64 totals.
constexpr std::ptrdiff_t kChunkRows = 64;

/// `Rows` rows and `Vectors` vectors of a product, held in registers over the whole depth.
template <class Scalar, int Bytes, int Rows, int Vectors>
inline void productBlock(const Scalar* packed, std::ptrdiff_t depth, const Scalar* panel,
                         std::ptrdiff_t panelStride, Scalar* out, std::ptrdiff_t outStride, bool add) {
  typedef Scalar Vector __attribute__((vector_size(Bytes), may_alias));
  constexpr std::ptrdiff_t kLanes = Bytes / sizeof(Scalar);
  Vector sums[Rows][Vectors];
#pragma GCC unroll 12
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sums[r][v] = Vector{};
  for (std::ptrdiff_t k = 0; k < depth; ++k) {
    Vector values[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v)
      values[v] = *reinterpret_cast<const Vector*>(panel + k * panelStride + v * kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r) {
      const Vector factor = packed[k * kOperatorRows + r] - Vector{};
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sums[r][v] += factor * values[v];
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      Vector* to = reinterpret_cast<Vector*>(out + r * outStride + v * kLanes);
      *to = add ? *to + sums[r][v] : sums[r][v];
    }
}

template <class Scalar, int Bytes, int Rows, int Vectors>
void product(const Scalar* packed, std::ptrdiff_t depth, const Scalar* panel, std::ptrdiff_t panelStride,
             Scalar* out, std::ptrdiff_t outStride, bool add) {
  constexpr std::ptrdiff_t kLanes = Vectors * Bytes / std::ptrdiff_t(sizeof(Scalar));
  for (std::ptrdiff_t row = 0; row < kOperatorRows; row += Rows)
    for (std::ptrdiff_t lane = 0; lane < kPanelTargets<Scalar>; lane += kLanes)
      productBlock<Scalar, Bytes, Rows, Vectors>(packed + row, depth, panel + lane, panelStride,
                                                 out + row * outStride + lane, outStride, add);
}

/// Inner products of one vector of targets between four series and four others, over at most kChunkRows rows.
template <class Scalar, int Bytes, int Side>
inline void momentBlock(const Scalar* const* left, const Scalar* const* right, std::ptrdiff_t rows,
                        std::ptrdiff_t offset, Scalar* sums) {
  typedef Scalar Vector __attribute__((vector_size(Bytes), may_alias));
  Vector totals[Side][Side];
#pragma GCC unroll 4
  for (int i = 0; i < Side; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < Side; ++j) totals[i][j] = Vector{};
  for (std::ptrdiff_t row = 0; row < rows; ++row) {
    const std::ptrdiff_t at = offset + row * kPanelTargets<Scalar>;
    Vector a[Side], b[Side];
#pragma GCC unroll 4
    for (int i = 0; i < Side; ++i) {
      a[i] = *reinterpret_cast<const Vector*>(left[i] + at);
      b[i] = *reinterpret_cast<const Vector*>(right[i] + at);
    }
#pragma GCC unroll 4
    for (int i = 0; i < Side; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < Side; ++j) totals[i][j] += a[i] * b[j];
  }
#pragma GCC unroll 4
  for (int i = 0; i < Side; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < Side; ++j)
      *reinterpret_cast<Vector*>(sums + (i * Side + j) * (Bytes / sizeof(Scalar))) = totals[i][j];
}

/// Adds one block's sums to the totals; series beyond `count` are repetitions that fill the last block.
template <class Scalar, int Bytes, int Side>
inline void flushMoments(const Scalar* sums, int firstLeft, int firstRight, int count, std::ptrdiff_t lane,
                         double* totals) {
  constexpr std::ptrdiff_t kLanes = Bytes / std::ptrdiff_t(sizeof(Scalar));
  for (int i = 0; i < Side; ++i)
    for (int j = 0; j < Side; ++j) {
      const std::ptrdiff_t a = firstLeft + i, b = firstRight + j;
      if (a >= count || b > a) continue;
      double* to = totals + (a * (a + 1) / 2 + b) * kPanelTargets<Scalar> + lane;
      const Scalar* from = sums + (i * Side + j) * kLanes;
      for (std::ptrdiff_t l = 0; l < kLanes; ++l) to[l] += double(from[l]);
    }
}

template <class Scalar, int Bytes, int Side>
void moments(const Scalar* const* series, int count, std::ptrdiff_t rows, double* totals) {
  constexpr std::ptrdiff_t kLanes = Bytes / std::ptrdiff_t(sizeof(Scalar));
  alignas(64) Scalar sums[Side * Side * kLanes];
  const Scalar *left[Side], *right[Side];
  for (std::ptrdiff_t first = 0; first < rows; first += kChunkRows) {
    const std::ptrdiff_t chunk = rows - first < kChunkRows ? rows - first : kChunkRows;
    for (int i = 0; i < count; i += Side)
      for (int j = 0; j <= i; j += Side) {
        for (int s = 0; s < Side; ++s) {
          left[s] = series[i + s < count ? i + s : count - 1];
          right[s] = series[j + s < count ? j + s : count - 1];
        }
        for (std::ptrdiff_t lane = 0; lane < kPanelTargets<Scalar>; lane += kLanes) {
          momentBlock<Scalar, Bytes, Side>(left, right, chunk, first * kPanelTargets<Scalar> + lane, sums);
          flushMoments<Scalar, Bytes, Side>(sums, i, j, count, lane, totals);
        }
      }
  }
}

template <class Scalar, int Bytes, int Rows, int Vectors, int Side>
constexpr PanelKernels<Scalar> kernels() {
  return {product<Scalar, Bytes, Rows, Vectors>, moments<Scalar, Bytes, Side>};
}

}  // namespace
}  // namespace cortexscope::panel_kernel
