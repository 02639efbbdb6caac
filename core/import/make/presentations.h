// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <cstddef>
#include <vector>

#include "import/make/films.h"
#include "import/make/importing.h"

namespace cortexscope::importing {

/// A film, or a part of it, as it was shown to one person in one recorded run.
struct Presentation {
  std::size_t film = 0;
  double onsetSec = 0;      ///< after the start of the run's first sample
  double filmStartSec = 0;  ///< time in the film at the onset
  double durationSec = 0;   ///< 0: to the film's end
};

struct Presentations {
  std::vector<Film> films;
  std::vector<std::vector<std::vector<Presentation>>> ofRuns;  ///< [person][run], rising onsets
};

/// By the choices, else by the tables of events, else by the names of films, else the only film.
/// Errors   BadValue naming the runs whose film nobody says, or the films that are not there
Presentations findPresentations(const Importing& importing);

}  // namespace cortexscope::importing
