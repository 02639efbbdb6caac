// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/array_choice.h"

#include <algorithm>

#include "base/text.h"
#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope {
namespace {

/// A pattern of letters and * against a whole text, in at most pattern x text steps.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string withoutSlash(std::string path) {
  path.erase(0, std::min(path.size(), path.find_first_not_of('/')));
  return path;
}

}  // namespace

ArrayChoice arrayChoiceOf(const std::string& argument) {
  for (std::size_t at = argument.find('='); at != std::string::npos; at = argument.find('=', at + 1)) {
    const std::string file = lowerCase(argument.substr(0, at));
    if (isArrayName(file) || file.ends_with('*'))
      return {argument.substr(0, at), withoutSlash(argument.substr(at + 1))};
  }
  return {"", withoutSlash(argument)};
}

bool namesFile(const ArrayChoice& choice, const std::filesystem::path& file) {
  if (choice.file.empty()) return false;
  return fits(choice.file, file.filename().string()) || fits(choice.file, file.generic_string());
}

std::string whyNoRun(const FileFacts::Dataset& array) {
  if (!array.note.empty()) return array.note;
  if (array.shape.size() != 2)
    return "has " + textOf(array.shape.size()) + (array.shape.size() == 1 ? " dimension" : " dimensions") +
           "; a run has two, samples x values";
  if (array.shape[0] < 2 || array.shape[1] < 2)
    return "is " + importing::sizesText(array.shape) + "; a run has several samples of several values";
  return {};
}

const FileFacts::Dataset* arrayNamed(const FileFacts& facts, const std::string& name) {
  for (const FileFacts::Dataset& array : facts.datasets)
    if (array.name == name) return &array;
  return nullptr;
}

}  // namespace cortexscope
