// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cortex/parcellation.h"
#include "study/document/study.h"

namespace cortexscope {

/// Regions of both hemispheres in the joint vertex order; without keys if the study has none.
/// Errors   as readParcellation
Parcellation readRegions(const Study& study);

}  // namespace cortexscope
