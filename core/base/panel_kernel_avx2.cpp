// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/panel_kernel_loops.h"

namespace cortexscope {

const PanelKernels<float>& avx2KernelsF() {
  static constexpr auto kKernels = panel_kernel::kernels<float, 32, 6, 2, 2>();
  return kKernels;
}

const PanelKernels<double>& avx2KernelsD() {
  static constexpr auto kKernels = panel_kernel::kernels<double, 32, 6, 2, 2>();
  return kKernels;
}

}  // namespace cortexscope
