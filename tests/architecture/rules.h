#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cortexscope::test {

struct SourceFile {
  std::string path;  ///< from the root of the project, with slashes
  std::string text;
};

/// One sentence each, which starts with the file and, where there is one, the line.
using Offenders = std::vector<std::string>;

/// Room that a file lives in: "base" ... "study" for core/<room>/..., "scene", "surface_view", "ui", "app",
/// or "".
std::string moduleOf(std::string_view path);

/// A folder of core and ui includes only itself and those to its left:
/// base, stats, cortex, io/..., networks/..., preparation, features, encoding, decoding, simulation, study/..., import/...,
/// demo, then ui's. scene sees base and cortex only, surface_view these and scene. The order inside the rooms stands in
/// rules.cpp. A folder that is not listed there is an offender.
Offenders wrongFolderIncludes(const SourceFile& file);

/// A header whose comment says "Private to FOLDER." (or "Private to FOLDER: ...") is included from there alone, and by tests.
Offenders wrongPrivateIncludes(const std::vector<SourceFile>& files);

/// Qt only in ui and app, VTK in scene and in sources of ui, OpenCV in networks and features, FFmpeg and HDF5 in io, whose
/// headers with such types are private: `files` holds all of the program, and no other room may include one
/// of them.
Offenders wrongLibraryIncludes(const std::vector<SourceFile>& files);

/// Source files up to 400 lines (main_window and tests 620), headers up to 150, functions up to 80; tables of
/// Qt Test (..._data) are only bound by their file's limit.
Offenders tooLong(const SourceFile& file);

/// Paths of one machine: folders of homes, of temporary files and of build machines.
Offenders machinePaths(const SourceFile& file);

/// Marks of unfinished work and references that a reader of the repository cannot follow.
Offenders forbiddenWords(const SourceFile& file);

/// File names in snake_case for C++ sources.
Offenders wrongNames(const SourceFile& file);

/// Entries of the project's root that the layout does not have.
Offenders unknownRootEntries(const std::vector<std::string>& entries);

}  // namespace cortexscope::test
