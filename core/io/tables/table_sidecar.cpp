// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "io/tables/table.h"

namespace cortexscope {

void writeTsvSidecar(const std::filesystem::path& table, const std::vector<ColumnNote>& columns,
                     const std::vector<std::pair<std::string, std::string>>& more) {
  require(table.extension() == ".tsv", ErrorCode::BadValue,
          [&] { return table.string() + ": is no .tsv file, so it has no JSON file beside it"; });
  nlohmann::ordered_json json;
  for (const ColumnNote& column : columns) {
    json[column.name]["Description"] = column.description;
    if (!column.units.empty()) json[column.name]["Units"] = column.units;
  }
  for (const auto& [key, value] : more) json[key] = value;
  std::filesystem::path file = table;
  writeFileAtomically(file.replace_extension(".json"),
                      json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

}  // namespace cortexscope
