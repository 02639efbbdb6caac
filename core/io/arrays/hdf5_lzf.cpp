// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/hdf5_lzf.h"

#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "io/packing/lzf.h"

namespace cortexscope::hdf5 {
namespace {

constexpr H5Z_filter_t kLzfFilter = 32000;
constexpr std::size_t kLargest = std::size_t{512} << 20;

/// The filter's third parameter is the size of an unpacked chunk. The library's contract: a new block from
/// malloc, 0 for failure.
std::size_t unpack(unsigned flags, std::size_t valueCount, const unsigned values[], std::size_t packedBytes,
                   std::size_t* bufferBytes, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0 || valueCount < 3 || values[2] == 0 || values[2] > kLargest) return 0;
  const std::size_t size = values[2];
  auto* unpacked = static_cast<char*>(std::malloc(size));
  if (unpacked == nullptr) return 0;
  const std::size_t got = lzfUnpacked({static_cast<const char*>(*buffer), packedBytes}, {unpacked, size});
  if (got == 0) {
    std::free(unpacked);
    return 0;
  }
  std::free(*buffer);
  *buffer = unpacked;
  *bufferBytes = size;
  return got;
}

}  // namespace

void registerLzf() {
  static const H5Z_class2_t kLzf{H5Z_CLASS_T_VERS, kLzfFilter, 0, 1, "lzf", nullptr, nullptr, &unpack};
  H5Zregister(&kLzf);
}

}  // namespace cortexscope::hdf5
