#pragma once

#include <filesystem>

#include "study/document/study.h"

namespace cortexscope {

/// Reads `folder`/study.json and checks it with what it names: files that exist, sizes that agree (responses against
/// surface and runs, label tables against runs, run times against films).
/// Errors   as readStudyFile; MissingFile, BadFile, BadShape (both names and counts)
Study readStudy(const std::filesystem::path& folder);

}  // namespace cortexscope
