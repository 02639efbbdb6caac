// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_rules.h"

#include <filesystem>
#include <regex>
#include <string_view>

namespace cortexscope::test {
namespace {

Offenders linesWith(const SourceFile& file, const std::regex& pattern, const std::string& what) {
  Offenders offenders;
  std::smatch match;
  for (const Line& line : linesOf(file.text))
    if (std::regex_search(line.text, match, pattern))
      offenders.push_back(at(file, line.number) + what + match.str());
  return offenders;
}

/// What starts a comment in this file, or nothing for files that no compiler or shell reads.
std::string_view commentOf(const SourceFile& file) {
  const std::string& path = file.path;
  if (path.ends_with(".h") || path.ends_with(".cpp")) return "//";
  const bool isScript = path.ends_with("CMakeLists.txt") || path.ends_with(".cmake") ||
                        path.ends_with(".sh") || path.ends_with(".py") || file.text.starts_with("#!");
  return isScript ? "#" : "";
}

}  // namespace

Offenders machinePaths(const SourceFile& file) {
  static const std::regex pattern(R"((^|[^A-Za-z0-9_.}/)-])/(work|tmp|home|root|Users)/[A-Za-z0-9_])");
  return linesWith(file, pattern, "path of one machine: ");
}

Offenders numbersByLocale(const SourceFile& file) {
  const bool isProgram = file.path.starts_with("core/") || file.path.starts_with("ui/");
  static const std::regex pattern(R"(\b(std::to_string|std::stod|std::stof|strtod|s?n?printf)\(.*)");
  if (!isProgram || commentOf(file) != "//") return {};
  Offenders offenders = linesWith(file, pattern, "follows the user's locale (base/text.h does not): ");
  std::erase_if(offenders, [](const std::string& line) {  // of printf, only what writes numbers with a point
    return line.find("printf(") != std::string::npos &&
           !std::regex_search(line, std::regex("%[-+0-9.*]*[efg]"));
  });
  return offenders;
}

Offenders forbiddenWords(const SourceFile& file) {
  // In pieces, so that this file passes its own rule.
  static const std::regex pattern(
      "\\b(TO"
      "DO|FIX"
      "ME|X"
      "XX|Cla"
      "ude|Chat"
      "GPT|L"
      "LM)\\b|\\bissue #[0-9]*");
  return linesWith(file, pattern, "word that does not belong here: ");
}

Offenders withoutLicence(const SourceFile& file) {
  const std::string_view comment = commentOf(file);
  if (comment.empty()) return {};
  const std::string wanted = std::string(comment) + " SPDX-License-Identifier: GPL-3.0-or-later";
  const std::size_t start = file.text.starts_with("#!") ? file.text.find('\n') + 1 : 0;
  if (file.text.substr(start, file.text.find('\n', start) - start) == wanted) return {};
  return {file.path + ": does not start with \"" + wanted + "\""};
}

Offenders brokenLinks(const SourceFile& page, const std::set<std::string>& entries) {
  static const std::regex link(R"(\]\(([^)\s#]+)[^)]*\))");
  static const std::regex elsewhere("^[a-z]+:");
  if (!page.path.ends_with(".md")) return {};
  Offenders offenders;
  for (const Line& line : linesOf(page.text))
    for (std::sregex_iterator found(line.text.begin(), line.text.end(), link), end; found != end; ++found) {
      const std::string target = (*found)[1];
      if (std::regex_search(target, elsewhere)) continue;
      const std::string entry =
          (std::filesystem::path(page.path).parent_path() / target).lexically_normal().string();
      if (!entries.contains(entry)) offenders.push_back(at(page, line.number) + target + " is not there");
      if (page.path.starts_with("resources/") && !entry.starts_with("resources/"))
        offenders.push_back(at(page, line.number) + target + " is not installed with the resources");
    }
  return offenders;
}

}  // namespace cortexscope::test
