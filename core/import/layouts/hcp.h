// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/layouts.

#include "import/layouts/candidates.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// The Human Connectome Project: PERSON/MNINonLinear/Results/RUN.
bool looksLikeHcp(const SourceScan& scan);
void findHcp(Source& source, Candidates& found);

}  // namespace cortexscope::importing
