// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>

namespace cortexscope {

/// This program's resources: beside an installed program (../share/cortexscope), else those of the source
/// tree it was built from.
inline std::filesystem::path resourceFolder() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = program.parent_path().parent_path() / "share" / "cortexscope";
  if (!error && std::filesystem::exists(installed / "demo")) return installed;
  return CORTEXSCOPE_SOURCE_RESOURCES;
}

/// Where packaging/fetch_materials.sh puts the demo's materials unless told otherwise.
inline std::filesystem::path defaultMaterials() {
  if (const char* folder = std::getenv("CORTEXSCOPE_MATERIALS"); folder != nullptr && *folder != '\0')
    return folder;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0')
    return std::filesystem::path(data) / "cortexscope" / "materials";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".local/share/cortexscope/materials";
}

}  // namespace cortexscope
