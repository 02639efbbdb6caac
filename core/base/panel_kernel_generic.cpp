// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/panel_kernel_loops.h"

namespace cortexscope {

const PanelKernels<float>& genericKernelsF() {
  static constexpr auto kKernels = panel_kernel::kernels<float, 16, 6, 2, 2>();
  return kKernels;
}

const PanelKernels<double>& genericKernelsD() {
  static constexpr auto kKernels = panel_kernel::kernels<double, 16, 6, 2, 2>();
  return kKernels;
}

}  // namespace cortexscope
