// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "study/document/study.h"

namespace cortexscope {

/// Reads `folder`/study.json and checks what can be told without other files: version, paths that stay inside
/// the folder, names, options, runs without holes. checks/read_study.h reads it with everything it names.
/// Errors   MissingFile, BadFile (with the place in the JSON), BadValue, Unsupported (a newer version, saying
///          which is needed)
Study readStudyFile(const std::filesystem::path& folder);

/// Writes `study.folder`/study.json atomically.
void writeStudy(const Study& study);

}  // namespace cortexscope
