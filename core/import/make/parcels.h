// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <vector>

#include "base/matrix.h"
#include "cortex/surface.h"
#include "import/make/importing.h"

namespace cortexscope::importing {

/// For each vertex of the cortex the column of its parcel's series, -1 outside all parcels. Looked for in the
/// folder of --surfaces, then in the source: .dlabel.nii, or a pair of .annot or .label.gii files. Columns
/// follow the keys of the named labels, left hemisphere first (one table for both where the hemispheres share
/// no label); labels for the medial wall and for nothing are no parcels.
/// Errors   MissingFile without any; BadShape if none has `parcels` parcels on this mesh, with the numbers of
///          each; BadValue if several have
std::vector<Index> parcelsOfVertices(Importing& importing, const Cortex& cortex, Index parcels);

/// Samples x parcels as samples x vertices; NaN outside all parcels.
MatrixF onVertices(const std::vector<Index>& parcelOf, const MatrixF& parcels);

}  // namespace cortexscope::importing
