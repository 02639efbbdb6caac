// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/images.

#include <string>
#include <vector>

#include "io/images/cifti.h"

namespace cortexscope::cifti {

/// True for the names of structures that the format defines.
bool isStructure(const std::string& name);

/// Checks columns among themselves; `claimedCounts` has each brain model's IndexCount.
/// Errors   BadFile naming the model and both numbers
void checkColumns(const CiftiColumns& columns, const std::vector<Index>& claimedCounts,
                  const std::string& file);

}  // namespace cortexscope::cifti
