// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/packing/lzf.h"

#include <algorithm>

namespace cortexscope {

std::size_t lzfUnpacked(std::string_view packed, std::span<char> into) {
  std::size_t in = 0, out = 0;
  const auto byte = [&] { return static_cast<std::size_t>(static_cast<unsigned char>(packed[in++])); };
  while (in < packed.size()) {
    const std::size_t control = byte();
    if (control < 32) {  // a run of control + 1 bytes as they are
      const std::size_t run = control + 1;
      if (run > packed.size() - in || run > into.size() - out) return 0;
      std::copy_n(packed.data() + in, run, into.data() + out);
      in += run;
      out += run;
      continue;
    }
    // A repeat: length in the upper three bits (7: one more byte), distance in the lower five and the next
    // byte.
    std::size_t length = control >> 5;
    if (in + (length == 7 ? 2 : 1) > packed.size()) return 0;
    if (length == 7) length += byte();
    const std::size_t distance = ((control & 31) << 8 | byte()) + 1;
    length += 2;
    if (distance > out || length > into.size() - out) return 0;
    for (std::size_t i = 0; i < length; ++i, ++out) into[out] = into[out - distance];  // may overlap itself
  }
  return out;
}

}  // namespace cortexscope
