// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/layouts.

#include "import/layouts/candidates.h"
#include "import/scan/source.h"

namespace cortexscope::importing {

/// Runs named as BIDS does: preprocessed ones, those that came from the scanner, and series of parcels in
/// HDF5.
bool looksLikeFmriprep(const SourceScan& scan);
bool looksLikeBidsRaw(const SourceScan& scan);
bool looksLikeParcels(const SourceScan& scan);

void findFmriprep(Source& source, Candidates& found);
void findBidsRaw(Source& source, Candidates& found);
void findParcels(Source& source, Candidates& found);

}  // namespace cortexscope::importing
