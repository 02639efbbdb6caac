// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace cortexscope::test {

struct SourceFile {
  std::string path;  ///< from the root of the project, with slashes
  std::string text;
};

/// One sentence each, which starts with the file and, where there is one, the line.
using Offenders = std::vector<std::string>;

struct Line {
  int number;
  std::string text;
};

inline std::vector<Line> linesOf(const std::string& text) {
  std::vector<Line> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back({static_cast<int>(lines.size()) + 1, line});
  return lines;
}

/// The start of an offender's sentence.
inline std::string at(const SourceFile& file, int line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

}  // namespace cortexscope::test
