// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/images.

#include <string>
#include <string_view>

#include "io/images/cifti.h"

namespace cortexscope::cifti {

/// Reads the XML of a CIFTI-2 file. Sizes are those of the XML itself, checked among each other: brain models
/// neither overlap nor leave holes, counts are those of the lists, indices lie within their surface or
/// volume.
/// Errors   BadFile with file, line and numbers; Unsupported for other axes than those of CiftiHeader
CiftiHeader parseHeader(std::string_view xml, const std::string& file);

/// The XML of a dense series or of dense scalars.
std::string headerXml(const CiftiHeader& header);

}  // namespace cortexscope::cifti
