#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace cortexscope {

/// How much a finding matters: with an error the folder cannot be imported as it is; a warning needs a look;
/// a note says what was decided or passed over.
enum class ImportSeverity { Error, Warning, Note };

/// One thing that was noticed in a folder to import, in words for its owner.
struct ImportFinding {
  ImportSeverity severity = ImportSeverity::Note;
  std::string file;    ///< relative to the source, printable; empty where no single file is meant
  std::string place;   ///< person, run, field or array; may be empty
  std::string what;    ///< what was found, with the numbers
  std::string advice;  ///< what to do about it
};

using ImportFindings = std::vector<ImportFinding>;

inline std::size_t countOf(const ImportFindings& findings, ImportSeverity severity) {
  return static_cast<std::size_t>(std::ranges::count(findings, severity, &ImportFinding::severity));
}
inline bool hasErrors(const ImportFindings& findings) { return countOf(findings, ImportSeverity::Error) > 0; }

}  // namespace cortexscope
