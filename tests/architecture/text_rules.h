// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <string>

#include "source_file.h"

namespace cortexscope::test {

/// Paths of one machine: folders of homes, of temporary files and of build machines.
Offenders machinePaths(const SourceFile& file);

/// Functions of the standard library that write or read numbers with the decimal point of the user's locale,
/// in core and ui. The programs of app/ that print never leave the locale of C.
Offenders numbersByLocale(const SourceFile& file);

/// Marks of unfinished work and references that a reader of the repository cannot follow.
Offenders forbiddenWords(const SourceFile& file);

/// Sources and scripts (C++, CMake, shell, Python) whose first line, or the one after "#!", is not the
/// licence's.
Offenders withoutLicence(const SourceFile& file);

/// Relative links of Markdown pages that lead to nothing in `entries`, the files and folders of the project.
/// Those of resources, which is installed alone, must not leave it.
Offenders brokenLinks(const SourceFile& page, const std::set<std::string>& entries);

}  // namespace cortexscope::test
