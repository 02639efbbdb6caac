// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cortexscope {

/// Ways of laying out a folder that are recognised, from the most to the least telling.
enum class ImportLayout { Unknown, Hcp, ShortClips, Fmriprep, Parcels, BidsRaw, Plain };
std::string nameOf(ImportLayout layout);  ///< for people

}  // namespace cortexscope
