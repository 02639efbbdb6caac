// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/arrays.

namespace cortexscope::hdf5 {

/// Makes the library able to unpack the LZF filter (number 32000), which h5py writes and the library lacks.
/// Nothing is ever packed with it.
void registerLzf();

}  // namespace cortexscope::hdf5
