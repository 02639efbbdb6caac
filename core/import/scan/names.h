// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <filesystem>
#include <string>
#include <string_view>

namespace cortexscope {

// Names of files and folders: their order, their bytes, and what they say of the contents.

/// The order people expect of numbered names: "run-2" before "run-10". Names that differ in zeros alone
/// ("run-02", "run-2") are told apart by the plain order of their bytes.
bool naturalLess(std::string_view a, std::string_view b);

/// True for valid UTF-8 without control characters: a name that a table and a JSON file can hold.
bool isPrintableUtf8(std::string_view text);

/// The text with every byte that isPrintableUtf8 refuses shown as '?'.
std::string printable(std::string_view text);

/// ASCII letters made small.
std::string lowerCase(std::string_view text);

/// Name of the folder that holds a file, in small letters; empty at the top of a source.
std::string lowerFolderName(const std::filesystem::path& file);

/// True for names of files that hold films, sound, pictures or arrays.
bool isFilmName(const std::string& lowerName);
bool isSoundName(const std::string& lowerName);
bool isPictureName(const std::string& lowerName);
bool isHdf5Name(const std::string& lowerName);
bool isArrayName(const std::string& lowerName);  ///< HDF5, NumPy or MATLAB

}  // namespace cortexscope
