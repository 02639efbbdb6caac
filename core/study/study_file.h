#pragma once

#include <filesystem>

#include "study/study.h"

namespace cortexscope {

/// Reads `folder`/study.json and checks it: version, paths that stay inside the folder, runs without holes, files that
/// exist, sizes that agree (responses against surface and runs, label tables against runs, run times against films).
/// Errors   MissingFile, BadFile (with the place in the JSON), BadShape (both names and counts), Unsupported (a newer
///          version, saying which is needed)
Study readStudy(const std::filesystem::path& folder);

/// Ids and names of items are there, each once, and make different file names.
/// Errors   BadFile, naming what comes twice
void checkNames(const Study& study);

/// Writes `study.folder`/study.json atomically.
void writeStudy(const Study& study);

}  // namespace cortexscope
