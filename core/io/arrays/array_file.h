// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "io/parsing/number_summary.h"

namespace cortexscope {

/// One array of a file, not read yet.
struct ArrayInfo {
  std::string name;                 ///< its path in the file; empty in .npy files, which hold one
  std::vector<std::int64_t> shape;  ///< as NumPy (npy, npz, HDF5) or MATLAB (mat, both versions) show it
  std::string dtype;  ///< NumPy's name; "object", "|S20", "struct" and the like where there are no numbers
  bool numeric = false;
  std::string note;  ///< why it is not read, where it is not
};

/// What kind of array file this is.
enum class ArrayFormat { Npy, Npz, Hdf5, Matlab5, Matlab73 };
std::string nameOf(ArrayFormat format);

/// By content; an empty optional for other files.
std::optional<ArrayFormat> arrayFormatOf(const std::filesystem::path& file);

/// The arrays of a .npy, .npz, HDF5 or MATLAB (5 and 7.3) file, in the file's order. HDF5 is parsed in a
/// process of its own, so that a crash of its library is an error here and nothing more. Links to other
/// files, storage in other files and filter plugins are never opened; links in a circle are met once. Errors
/// MissingFile; BadFile naming the place; Unsupported (MATLAB 4, other files); Cancelled
std::vector<ArrayInfo> listArrays(const std::filesystem::path& file, const Job& job = {});

/// An array of numbers with any number of dimensions, values in row-major order as float32.
struct NumberArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Reads one array; `name` as listArrays gives it ("" where there is just one).
/// Errors   as listArrays; BadValue for a name that is not there, naming those that are; Unsupported for
///          text, structures, objects, complex and sparse arrays; BadFile if the data are shorter than the
///          shape, if a small file claims a huge array, or for a finite number beyond float32
NumberArray readNumberArray(const std::filesystem::path& file, const std::string& name, const Job& job = {});

/// Same for at most two dimensions: a single number is 1 x 1, a 1-D array one column.
MatrixF readArrayMatrix(const std::filesystem::path& file, const std::string& name, const Job& job = {});

/// Summary of one array, without keeping it as numbers.
NumberSummary summarizeArray(const std::filesystem::path& file, const std::string& name, const Job& job = {});

}  // namespace cortexscope
