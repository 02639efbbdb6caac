// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/multiple_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {

std::vector<double> adjustBenjaminiHochberg(std::span<const double> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    require(std::isnan(p[i]) || (p[i] >= 0.0 && p[i] <= 1.0), ErrorCode::BadValue,
            [&] { return "p value " + textOf(i) + " is " + textOf(p[i]) + ", outside 0 to 1"; });
    if (!std::isnan(p[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return p[i] < p[j]; });

  std::vector<double> q(p.size(), std::numeric_limits<double>::quiet_NaN());
  const auto tested = static_cast<double>(order.size());
  double smallest = 1.0;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t i = order[rank - 1];
    smallest = std::min(smallest, p[i] * tested / static_cast<double>(rank));
    q[i] = smallest;
  }
  return q;
}

}  // namespace cortexscope
