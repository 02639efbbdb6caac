// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/arrays.

#include <string>
#include <string_view>
#include <vector>

#include "io/arrays/array_file.h"
#include "io/arrays/raw_array.h"

// MATLAB's level 5 files (versions 5 to 7), either byte order, compressed or not.
// Source: "MAT-File Format", The MathWorks.

namespace cortexscope::mat5 {

/// True if the bytes start with the 128-byte header of a level 5 file.
bool isFile(std::string_view start);

/// The variables of a file in memory.
/// Errors   BadFile with the byte;
/// Limits   100,000 variables
std::vector<ArrayInfo> list(std::string_view contents, const std::string& file);

/// One variable that list() calls numeric. `contents` must outlive the result unless the variable is
/// compressed.
/// Errors   BadFile with the place; Unsupported for what is not numeric
RawArray read(std::string_view contents, const std::string& name, const std::string& file);

}  // namespace cortexscope::mat5
