// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "import/scan/bids_name.h"

namespace cortexscope {

/// What was scanned once for every person, in most studies while a film was shown.
struct ImportRun {
  std::string id;       ///< "task-film_run-1"
  std::string task;     ///< "film"; empty where names do not say
  std::string session;  ///< only where a person has the same run in several sessions
  std::optional<int> number;
  std::string film{};  ///< name of what was shown, without an ending; empty where the layout does not say it
};

namespace importing {

/// A run named by the entities of a file's name, session apart.
ImportRun runOf(const BidsName& name);
/// A run named by free text: trailing digits are its number.
ImportRun runNamed(const std::string& id, const std::string& task);

}  // namespace importing
}  // namespace cortexscope
