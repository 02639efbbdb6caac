// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

namespace cortexscope {

/// The most bytes that are believed to come out of packed ones: deflate packs at most 1032 into one, and
/// beyond 256 MiB numbers that somebody measured do not shrink to a two-hundredth, so that a small file
/// cannot take a whole memory.
constexpr std::uintmax_t mostUnpackedFrom(std::uintmax_t packedBytes) {
  constexpr std::uintmax_t kMostPerByte = 1032, kPlausiblePerByte = 200, kSmall = std::uintmax_t{256} << 20;
  const std::uintmax_t bounded = std::min(packedBytes, UINTMAX_MAX / kMostPerByte);
  return std::min(bounded * kMostPerByte, std::max(kSmall, bounded * kPlausiblePerByte));
}

}  // namespace cortexscope
