// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/job.h"
#include "study/pipeline/results.h"

namespace cortexscope {

struct ExportOptions {
  bool cifti = false;  ///< series and maps of both hemispheres in one CIFTI-2 file each, besides GIFTI
};

/// Writes what was computed as a BIDS derivative: per person predicted responses of each run and held-out r
/// as GIFTI of each hemisphere, label estimates as a table, JSON beside each, dataset_description.json above
/// all.
///
///   sub-01/func/sub-01_task-film_run-1_hemi-L_space-fsaverage_den-10k_desc-predicted_bold.func.gii
///   sub-01/func/sub-01_hemi-L_space-fsaverage_den-10k_desc-heldoutR_stat.shape.gii
///   sub-01/func/sub-01_desc-labelEstimates_timeseries.tsv
///
/// Names made from simulated responses say "simulated" in `desc`, and every JSON says it.
/// Errors   BadValue for a study without predictions; Io if the folder holds anything already; Cancelled. The
///          folder appears whole or not at all
void exportDerivatives(const Study& study, const Results& results, const std::filesystem::path& folder,
                       const ExportOptions& options, const Job& job);

}  // namespace cortexscope
