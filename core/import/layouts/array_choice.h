// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/inspect/file_facts.h"

namespace cortexscope {

/// Which data set of an array file (HDF5, MATLAB, npz) holds responses, where a file of a plain folder holds
/// several. Of several choices that fit one file, each is a run.
struct ArrayChoice {
  std::string file;   ///< name of the file, or its path below the source; * stands for any letters. Empty:
                      ///< every file that holds such an array and is named by no other choice
  std::string array;  ///< path in the file, as `inspect` says it
};

/// "P1.h5=group/bold" and "*.mat=bold" for files, "group/bold" for all. What stands before "=" is a file only
/// if it ends as names of array files do, or in *, for paths in files may hold "=" too.
ArrayChoice arrayChoiceOf(const std::string& argument);

/// Is the file meant by the choice's `file`? Never for empty ones.
bool namesFile(const ArrayChoice& choice, const std::filesystem::path& file);

/// A file of several arrays in a folder to import, and which of them were taken as runs.
struct ImportArrayFile {
  std::filesystem::path file;  ///< relative to the source
  std::vector<FileFacts::Dataset> arrays;
  std::vector<std::string> taken;
  bool chosen = false;  ///< by the request
};

/// Why an array cannot be a run (samples x values); empty if it can.
std::string whyNoRun(const FileFacts::Dataset& array);

/// Null if the file holds no array of this name.
const FileFacts::Dataset* arrayNamed(const FileFacts& facts, const std::string& name);

}  // namespace cortexscope
