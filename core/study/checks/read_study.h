// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "study/document/findings.h"
#include "study/document/study.h"

namespace cortexscope {

/// Reads `folder`/study.json and checks it with all that it names: files that exist, sizes that agree
/// (responses against surface and runs, regions and inflated surfaces against the surface, label tables
/// against runs, run times against films). What is computed from a study starts here.
/// Errors   as readStudyFile; MissingFile, BadFile, BadShape (both names and counts) for the first thing that
///          does not fit
Study readStudy(const std::filesystem::path& folder);

/// A study to look at, and what is wrong with its films, networks and label tables. What pipeline/results.h
/// loads of the cortex and of people is checked there.
struct OpenedStudy {
  Study study;
  Findings problems;
};

/// Like readStudy, but a misfit is no reason not to open it.
/// Errors   as readStudyFile
OpenedStudy openStudy(const std::filesystem::path& folder);

}  // namespace cortexscope
