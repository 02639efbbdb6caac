// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/parallel.h"
#include "io/media/media.h"
#include "networks/network.h"

namespace cortexscope {

/// Core's libraries on which results and readable files depend, one a line.
inline std::string coreLibraryVersions() {
  return networkLibraryVersion() + '\n' + mediaLibraryVersion() + '\n' + linearAlgebraVersion();
}

}  // namespace cortexscope
