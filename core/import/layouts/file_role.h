// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cortexscope {

/// What a file of a person's run is.
enum class FileRole { Left, Right, Volume, Grayordinates, Array, Mask, Confounds, Events, Mapper };
std::string nameOf(FileRole role);  ///< "left", "right", "volume", ...

}  // namespace cortexscope
