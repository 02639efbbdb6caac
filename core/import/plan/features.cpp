// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/features.h"

#include "import/scan/names.h"

namespace cortexscope::importing {

void findFeatures(Source& source, const std::set<std::filesystem::path>& used, ImportPlan& plan) {
  for (const ScannedFile& file : source.files()) {
    const std::string name = lowerCase(file.name());
    if (lowerFolderName(file.path) != "features" || used.contains(file.path)) continue;
    if (!isArrayName(name)) continue;
    const FileFacts* facts = source.header(file.path);
    if (facts == nullptr) continue;
    ImportFeatures features{file.path, facts->datasets};
    if (features.arrays.empty() && facts->shape)
      features.arrays.push_back({"", *facts->shape, facts->dtype, std::nullopt, ""});
    plan.features.push_back(std::move(features));
  }
}

}  // namespace cortexscope::importing
