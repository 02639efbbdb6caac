// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/job.h"
#include "study/document/study.h"
#include "study/pipeline/step_cache.h"

namespace cortexscope {

/// A file of the folder that packaging/fetch_materials.sh fills.
/// Errors   MissingFile naming it and the script
std::filesystem::path materialFile(const std::filesystem::path& materials, const std::string& name);

/// Which of the materials' networks become feature spaces.
struct MaterialNetworks {
  bool visual = true;
  bool fast = false;  ///< the small image network
  bool auditory = true;
};

/// Imports networks of the materials into `study.folder`/inputs/networks, once, and returns their feature
/// spaces with all layers.
/// recipe   resources/demo/recipe.json: what the networks are
/// Errors   as materialFile and importNetwork; nlohmann's for a recipe that lacks something
std::vector<FeatureSpace> importMaterialNetworks(const Study& study, StepCache& inputs,
                                                 const nlohmann::ordered_json& recipe,
                                                 const std::filesystem::path& materials,
                                                 const MaterialNetworks& choice, const Job& job);

}  // namespace cortexscope
