// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace cortexscope {

/// Unpacks LZF, which h5py offers for HDF5. Returns how many bytes came out; 0 if the stream is damaged or
/// does not fit. Source: the format description of LibLZF
std::size_t lzfUnpacked(std::string_view packed, std::span<char> into);

}  // namespace cortexscope
