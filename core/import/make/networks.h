// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <vector>

#include "import/make/films.h"
#include "import/make/importing.h"

namespace cortexscope::importing {

/// The networks that fit the films: pictures without sound need no network for sound.
void addNetworks(Importing& importing, const std::vector<Film>& films, const Job& job);

}  // namespace cortexscope::importing
