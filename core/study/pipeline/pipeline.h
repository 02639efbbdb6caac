// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/job.h"
#include "study/document/study.h"

namespace cortexscope {

enum class PipelineStep { Features, Encoders, Activation, Labels };

struct PipelineOptions {
  int threads = 0;  ///< 0 = one per core; results do not depend on it
  PipelineStep until = PipelineStep::Labels;
};

/// The whole method: film -> features -> one encoder per person -> predicted activation -> labels, TL and BTL
/// -> results/summary.json. A step (per run, per person) whose key is in results/manifest.json is not
/// computed again, so a cancelled or killed run goes on where it stopped.
/// Errors   BadValue for a study with open problems, listing them; as the steps', with the person or film in
///          front; Cancelled. What was finished stays.
void runPipeline(const Study& study, const PipelineOptions& options, const Job& job);

/// People and steps whose results were computed from other inputs or options than the study has now, in words
/// ("encoder of P01", "label estimates"); empty if all that is there is up to date. Reads every input file
/// once.
/// Errors   MissingFile, BadFile, Io of an input; Cancelled
std::vector<std::string> outdatedResults(const Study& study, const Job& job);

}  // namespace cortexscope
