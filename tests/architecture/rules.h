// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source_file.h"

namespace cortexscope::test {

/// Room that a file lives in: "base" ... "study" for core/<room>/..., "scene", "surface_view", "ui", "app",
/// or "".
std::string moduleOf(std::string_view path);

/// A folder of core and ui includes only itself and those to its left:
/// base, stats, cortex, io/..., networks/..., preparation, features, encoding, decoding, simulation,
/// study/..., import/..., demo, then ui's. scene sees base and cortex only, surface_view these and scene. The
/// order inside the rooms stands in rules.cpp. A folder that is not listed there is an offender.
Offenders wrongFolderIncludes(const SourceFile& file);

/// A header whose comment says "Private to FOLDER." (or "Private to FOLDER: ...") is included from there
/// alone, and by tests.
Offenders wrongPrivateIncludes(const std::vector<SourceFile>& files);

/// Qt only in ui and app, VTK in scene and in sources of ui, OpenCV in networks and features, FFmpeg and HDF5
/// in io, whose headers with such types are private: `files` holds all of the program, and no other room may
/// include one of them.
Offenders wrongLibraryIncludes(const std::vector<SourceFile>& files);

/// Source files up to 420 lines (main_window and tests 620), headers up to 150, functions up to 80; tables of
/// Qt Test (..._data) are only bound by their file's limit.
Offenders tooLong(const SourceFile& file);

/// File names in snake_case for C++ sources.
Offenders wrongNames(const SourceFile& file);

/// Entries of the project's root that the layout does not have.
Offenders unknownRootEntries(const std::vector<std::string>& entries);

}  // namespace cortexscope::test
