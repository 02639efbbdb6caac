// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/panel_kernel_loops.h"

namespace cortexscope {

const PanelKernels<float>& avx512KernelsF() {
  static constexpr auto kKernels = panel_kernel::kernels<float, 64, 12, 2, 4>();
  return kKernels;
}

const PanelKernels<double>& avx512KernelsD() {
  static constexpr auto kKernels = panel_kernel::kernels<double, 64, 12, 2, 4>();
  return kKernels;
}

}  // namespace cortexscope
