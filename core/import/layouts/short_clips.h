// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/layouts.

#include "import/layouts/candidates.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Short clips of the voxelwise tutorials: responses/PERSON_responses.hdf and mappers/PERSON_mappers.hdf.
bool looksLikeShortClips(const SourceScan& scan);
void findShortClips(Source& source, Candidates& found);

}  // namespace cortexscope::importing
