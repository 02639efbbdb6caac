// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/job.h"
#include "simulation/cohort.h"
#include "study/document/study.h"

namespace cortexscope {

/// Keeps a cohort's truth in the study folder: inputs/simulation/truth.json and
/// inputs/simulation/drive_of_vertex.npy.
void writeTruth(const Study& study, const CohortTruth& truth, const std::vector<Drive>& drives);

/// How much of a simulated cohort's truth the method got back, or null for a study without one:
/// held-out r against the known ceiling, noise-only vertices, layer order of regions, structure of individual
/// differences.
nlohmann::ordered_json recoveryReport(const Study& study, const nlohmann::json& labelStatistics,
                                      const Job& job);

}  // namespace cortexscope
