// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "study/document/study.h"

namespace cortexscope {

/// Names as file names: every ASCII character but letters, digits, '-', '_' and '.' becomes '_', a leading
/// '.' too.
std::string fileNameOf(const std::string& name);

/// Names are there, each once, and make different file names. what  what they name, for messages ("people")
/// Errors   BadFile, naming what comes twice
void checkUnique(const std::vector<std::string>& names, const std::string& what);

/// The same for all ids and names of items of a study.
void checkNames(const Study& study);

}  // namespace cortexscope
