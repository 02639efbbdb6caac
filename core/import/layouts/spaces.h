// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <string>

#include "import/scan/bids_name.h"

namespace cortexscope::importing {

/// "space-x_res-y" and the like as one word, fsaverage with a density under its old name.
std::string spaceOf(const BidsName& name);
/// Place of a space in the order of preference; lower is preferred.
int spaceRank(const std::string& space);
/// True where one vertex or voxel is the same place in every person.
bool isSharedSpace(const std::string& space);

}  // namespace cortexscope::importing
