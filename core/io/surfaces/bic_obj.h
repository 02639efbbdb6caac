// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "cortex/surface.h"

namespace cortexscope::bic {

/// True if the file starts like an MNI/BIC polygon file: 'P' in text form, 'p' in binary form (refused by
/// name).
bool isPolygons(std::string_view contents);

/// Text polygons: colours and the stored normals are passed over, triangles wound against the normals are
/// turned as a whole mesh, so that Surface's outward winding holds.
/// Errors   BadFile with the line, the word and the numbers; Unsupported for the binary form and for other
///          polygons than triangles
Surface readPolygons(std::string_view contents, const std::string& file);

}  // namespace cortexscope::bic
