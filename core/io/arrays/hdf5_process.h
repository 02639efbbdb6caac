// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/arrays.

#include <filesystem>
#include <string>
#include <vector>

#include "base/job.h"
#include "io/arrays/array_file.h"
#include "io/arrays/raw_array.h"

// HDF5 files, parsed by the program cortexscope-reader. The HDF5 library is no part of this process. Private
// to io.

namespace cortexscope::hdf5 {

/// Errors   as listArrays; BadFile if the library crashed, was silent for 20 s or wrote without end
std::vector<ArrayInfo> listFile(const std::filesystem::path& file, const Job& job);

/// `columnMajor`: MATLAB's order, in which sizes stand the other way round.
RawArray readDataset(const std::filesystem::path& file, const ArrayInfo& dataset, bool columnMajor,
                     const Job& job);

}  // namespace cortexscope::hdf5
