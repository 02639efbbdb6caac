#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "study/import/import_finding.h"

namespace cortexscope {

std::string nameOf(ImportSeverity severity);  ///< "error", "warning" or "note"

/// "sub-01_bold.nii.gz, sub-01 run-1: what -> advice", for one line.
std::string findingText(const ImportFinding& finding);

/// A list of objects: severity, file, place, what and advice.
nlohmann::ordered_json findingsToJson(const ImportFindings& findings);

/// What is known to be wrong or odd in a study, kept beside study.json in problems.json so that it does not
/// get lost after the import.
void writeProblems(const std::filesystem::path& studyFolder, const ImportFindings& findings);

/// All that is kept; none for a study without such a file.
/// Errors   BadFile naming the file and the place
ImportFindings readProblems(const std::filesystem::path& studyFolder);

/// Nothing is learned from a study with open errors.
/// Errors   BadValue listing them with their advice; as readProblems
void refuseOpenErrors(const std::filesystem::path& studyFolder);

}  // namespace cortexscope
