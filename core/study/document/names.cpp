// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/names.h"

#include <cctype>
#include <set>

#include "base/error.h"

namespace cortexscope {
namespace {

void checkItems(const std::vector<LabelTable>& tables) {
  std::set<std::string> names{"time_sec"};  // the first column of every table of estimates
  for (const LabelTable& table : tables)
    for (const LabelItem& item : table.items)
      require(!item.name.empty() && names.insert(item.name).second, ErrorCode::BadFile, [&] {
        return "label table \"" + table.id + "\": the item name \"" + item.name +
               "\" is empty, used by another item, or the time column's";
      });
}

}  // namespace

std::string fileNameOf(const std::string& name) {
  std::string safe = name;
  for (char& c : safe) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) == 0 && c != '-' && c != '_' && c != '.') c = '_';
  }
  if (safe.starts_with('.')) safe[0] = '_';  // "." and ".." are folders of their own
  return safe;
}

void checkUnique(const std::vector<std::string>& names, const std::string& what) {
  std::set<std::string> met, files;
  for (const std::string& name : names) {
    require(!name.empty(), ErrorCode::BadFile, [&] { return "a name is empty among the " + what; });
    require(met.insert(name).second, ErrorCode::BadFile,
            [&] { return "two " + what + " are named \"" + name + "\""; });
    require(files.insert(fileNameOf(name)).second, ErrorCode::BadFile, [&] {
      return "two " + what + " would write the same file \"" + fileNameOf(name) + "\", one of them \"" +
             name + "\"";
    });
  }
}

void checkNames(const Study& study) {
  const auto ids = [](const auto& values) {
    std::vector<std::string> list;
    for (const auto& value : values) list.push_back(value.id);
    return list;
  };
  checkUnique(ids(study.stimuli), "stimuli");
  checkUnique(ids(study.runs), "runs");
  checkUnique(ids(study.people), "people");
  checkUnique(ids(study.labels), "label tables");
  checkUnique(ids(study.featureSpaces), "feature spaces");
  for (const FeatureSpace& space : study.featureSpaces) checkUnique(space.layers, "layers of " + space.id);
  checkItems(study.labels);
}

}  // namespace cortexscope
