// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/job.h"
#include "study/document/study.h"

namespace cortexscope {

/// For each step of the pipeline the digest of everything its results depend on: contents of files, options,
/// and the version of the step itself. Made once per walk over a study and handed to its steps. The same in
/// every locale.
struct StudyKeys {
  std::vector<std::vector<std::string>> extraction;  ///< [feature space][run]: raw layer values
  std::string features;                              ///< reduced layers with their delays, all spaces
  std::map<std::string, std::string> encoder;        ///< by person
  std::map<std::string, std::string> activation;     ///< by person
  std::string labels;                                ///< label estimates and their statistics
};

/// Reads every input file of the study once, from its start to its end.
/// Errors   MissingFile, BadFile, Io of an input, with the person where it is one's; Cancelled
StudyKeys studyKeys(const Study& study, const Job& job);

}  // namespace cortexscope
