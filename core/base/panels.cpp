// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/panels.h"

#include <algorithm>
#include <chrono>

#include "base/parallel.h"

namespace cortexscope {
namespace {

constexpr Index kDepthBlock = 480;  // a panel's piece stays in the first two caches
constexpr Index kRowBlock =
    4 * kOperatorRows;  // rows of the operator that all panels see while they are near

template <class Scalar>
PanelKernels<Scalar> choose(const PanelKernels<Scalar>& generic,
                            [[maybe_unused]] const PanelKernels<Scalar>* avx2,
                            [[maybe_unused]] const PanelKernels<Scalar>* avx512) {
#ifdef CORTEXSCOPE_X86_KERNELS
  if (__builtin_cpu_supports("avx512f")) return *avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return *avx2;
#endif
  return generic;
}

#ifdef CORTEXSCOPE_X86_KERNELS
const auto kKernelsF = choose(genericKernelsF(), &avx2KernelsF(), &avx512KernelsF());
const auto kKernelsD = choose(genericKernelsD(), &avx2KernelsD(), &avx512KernelsD());
#else
const auto kKernelsF = choose<float>(genericKernelsF(), nullptr, nullptr);
const auto kKernelsD = choose<double>(genericKernelsD(), nullptr, nullptr);
#endif

}  // namespace

template <>
const PanelKernels<float>& panelKernels<float>() {
  return kKernelsF;
}

template <>
const PanelKernels<double>& panelKernels<double>() {
  return kKernelsD;
}

template <class Scalar>
void multiply(const PackedOperator<Scalar>& matrix, const Panels<Scalar>& in, Index inRow,
              const Panels<Scalar>& out, Index outRow) {
  const auto product = panelKernels<Scalar>().product;
  constexpr Index kWidth = kPanelTargets<Scalar>;
  for (Index block = 0; block < matrix.paddedRows(); block += kRowBlock) {
    const Index end = std::min(block + kRowBlock, matrix.paddedRows());
    for (Index k = 0; k < matrix.depth(); k += kDepthBlock)
      for (Index panel = 0; panel < in.count; ++panel)
        for (Index row = block; row < end; row += kOperatorRows)
          product(matrix.at(row, k), std::min(kDepthBlock, matrix.depth() - k), in.at(panel, inRow + k),
                  kWidth, out.at(panel, outRow + row), kWidth, k > 0);
    if (matrix.depth() == 0)
      for (Index panel = 0; panel < in.count; ++panel)
        std::fill(out.at(panel, outRow + block), out.at(panel, outRow + end), Scalar(0));
  }
}

template void multiply(const PackedOperator<float>&, const Panels<float>&, Index, const Panels<float>&,
                       Index);
template void multiply(const PackedOperator<double>&, const Panels<double>&, Index, const Panels<double>&,
                       Index);

double measuredFlopRate(int threads) {
  constexpr Index kSide = 480, kPanels = 8, kRounds = 24;
  const PackedOperator<float> matrix(MatrixF::Constant(kSide, kSide, 1e-3f));
  const int workers = resolvedThreadCount(threads);
  const auto start = std::chrono::steady_clock::now();
  parallelFor(workers, workers, [&](Index) {
    AlignedArray<float> in(kSide * kPanels * kPanelTargets<float>),
        out(kSide * kPanels * kPanelTargets<float>);
    std::fill_n(in.data(), in.size(), 1.0f);
    for (Index round = 0; round < kRounds; ++round)
      multiply(matrix, Panels<float>{in.data(), kSide, kPanels}, 0, Panels<float>{out.data(), kSide, kPanels},
               0);
  });
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return 2.0 * double(workers * kRounds * kPanels * kPanelTargets<float>) * double(kSide * kSide) /
         taken.count();
}

}  // namespace cortexscope
