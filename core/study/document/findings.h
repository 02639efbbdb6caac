// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace cortexscope {

/// How much a finding matters: with an error the folder cannot be imported as it is; a warning needs a look;
/// a note says what was decided or passed over.
enum class Severity { Error, Warning, Note };

/// One thing that was noticed in a folder to import, in words for its owner.
struct Finding {
  Severity severity = Severity::Note;
  std::string file;    ///< relative to the source, printable; empty where no single file is meant
  std::string place;   ///< person, run, field or array; may be empty
  std::string what;    ///< what was found, with the numbers
  std::string advice;  ///< what to do about it
};

using Findings = std::vector<Finding>;

inline std::size_t countOf(const Findings& findings, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
}
inline bool hasErrors(const Findings& findings) {
  return countOf(findings, Severity::Error) > 0;
}

std::string nameOf(Severity severity);  ///< "error", "warning" or "note"

/// "sub-01_bold.nii.gz, sub-01 run-1: what -> advice", for one line.
std::string findingText(const Finding& finding);

/// A list of objects: severity, file, place, what and advice.
nlohmann::ordered_json findingsToJson(const Findings& findings);

/// What is known to be wrong or odd in a study, kept beside study.json in problems.json so that it does not
/// get lost after the import.
void writeProblems(const std::filesystem::path& studyFolder, const Findings& findings);

/// All that is kept; none for a study without such a file.
/// Errors   BadFile naming the file and the place
Findings readProblems(const std::filesystem::path& studyFolder);

/// Nothing is learned from a study with open errors.
/// Errors   BadValue listing them with their advice; as readProblems
void refuseOpenErrors(const std::filesystem::path& studyFolder);

}  // namespace cortexscope
