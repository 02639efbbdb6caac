// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <filesystem>
#include <string>
#include <vector>

#include "import/make/importing.h"

namespace cortexscope::importing {

/// A film in the source or given by hand.
struct Film {
  std::filesystem::path file;  ///< absolute
  std::string id;
  double durationSec = 0;  ///< 0 if it does not say
  bool hasPicture = false, hasSound = false;
  std::vector<std::filesystem::path> pictures{};  ///< of a folder of pictures, in their order; none for films
};

/// What is known of a film by its header; pictures of a folder are in natural order of their names.
/// file     absolute
/// Errors   BadValue for a folder of pictures without a rate, MissingFile for one without pictures; as
///          probeMedia
Film filmOf(const Importing& importing, const std::filesystem::path& file);

/// Copies films into the study (links them where the disk can), makes films of folders of pictures, and lists
/// them there.
void addFilms(Importing& importing, const std::vector<Film>& films, const Job& job);

}  // namespace cortexscope::importing
