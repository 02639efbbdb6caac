// SPDX-License-Identifier: GPL-3.0-or-later
#include "rules.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string_view>

#include "function_lengths.h"

namespace cortexscope::test {
namespace {

/// Folders of the program from left to right: a file includes its own folder and those to the left. Of ui,
/// scene and surface_view see less (mayInclude).
constexpr std::array<std::string_view, 38> kFolders = {
    "base",          "stats",          "cortex",       "io/parsing",   "io/packing",     "io/arrays",
    "io/images",     "io/surfaces",    "io/tables",    "io/media",     "io/inspect",     "networks/onnx",
    "networks/tfjs", "networks",       "preparation",  "features",     "encoding",       "decoding",
    "simulation",    "study/document", "study/labels", "study/checks", "study/pipeline", "study/export",
    "import/scan",   "import/layouts", "import/plan",  "import/make",  "demo",           "scene",
    "surface_view",  "playback",       "control",      "widgets",      "panels",         "import_dialog",
    "labels",        "window"};
constexpr int kMaxSourceLines = 420;
constexpr int kMaxMainWindowLines = 620;  // and of a test: one long list of small cases reads well
constexpr int kMaxHeaderLines = 150;
constexpr int kMaxTestFunctionLines = 160;  // tables of small cases
constexpr int kMaxFunctionLines = 80;       // except Qt Test's tables of rows, named ..._data

struct Include {
  int line;
  std::string name;
};

std::vector<Include> includesOf(const SourceFile& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> includes;
  std::smatch match;
  for (const Line& line : linesOf(file.text))
    if (std::regex_search(line.text, match, pattern)) includes.push_back({line.number, match[1]});
  return includes;
}

bool isHeader(std::string_view path) {
  return path.ends_with(".h");
}
bool isCpp(std::string_view path) {
  return isHeader(path) || path.ends_with(".cpp");
}

std::ptrdiff_t rankOf(std::string_view folder) {
  return std::find(kFolders.begin(), kFolders.end(), folder) - kFolders.begin();
}
bool isKnown(std::string_view folder) {
  return rankOf(folder) < std::ssize(kFolders);
}
bool isCoreRoom(std::string_view room) {
  const auto core = std::span(kFolders).first(static_cast<std::size_t>(rankOf("scene")));
  return std::any_of(core.begin(), core.end(),
                     [&](std::string_view folder) { return folder.substr(0, folder.find('/')) == room; });
}

/// The known folder that holds a file, given its path below core or ui; "" if there is none.
std::string folderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view folder = slash == path.npos ? std::string_view() : path.substr(0, slash);
  return isKnown(folder) ? std::string(folder) : std::string();
}

bool mayInclude(const std::string& from, const std::string& to) {
  if (from == "scene") return to == "scene" || to == "base" || to == "cortex";
  if (from == "surface_view") return to == "surface_view" || mayInclude("scene", to);
  return rankOf(to) <= rankOf(from);
}

enum class Library { None, Qt, Vtk, OpenCv, Ffmpeg, Hdf5 };

Library libraryOf(const std::string& include) {
  static const std::regex qt(R"(^(Qt?[A-Z]|qcustomplot))");
  static const std::regex ffmpeg(R"(^lib(av|sw)[a-z]+/)");
  if (std::regex_search(include, qt)) return Library::Qt;
  if (include.starts_with("vtk")) return Library::Vtk;
  if (include.starts_with("opencv2/")) return Library::OpenCv;
  if (std::regex_search(include, ffmpeg)) return Library::Ffmpeg;
  if (include.starts_with("hdf5") || include.starts_with("H5")) return Library::Hdf5;
  return Library::None;
}

bool mayUse(const std::string& room, Library library) {
  switch (library) {
    case Library::None:
      return true;
    case Library::Qt:
      return room == "surface_view" || room == "ui" || room == "app";
    case Library::Vtk:
      return room == "scene" || room == "surface_view";
    case Library::OpenCv:
      return room == "networks" || room == "features";
    case Library::Ffmpeg:
      return room == "io";
    case Library::Hdf5:
      return room == "io";
  }
  return false;
}

/// Headers of core and of surface_view that show a library's types (there Qt's are no secret), by the name
/// under which they are included, with their room.
std::map<std::string, std::string> privateHeaders(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> found;
  for (const SourceFile& file : files) {
    const std::string room = moduleOf(file.path);
    if (!isHeader(file.path) || !(isCoreRoom(room) || room == "surface_view")) continue;
    for (const Include& include : includesOf(file)) {
      const Library library = libraryOf(include.name);
      if (library != Library::None && library != Library::Qt)
        found[file.path.substr(file.path.find('/') + 1)] = room;
    }
  }
  return found;
}

}  // namespace

std::string moduleOf(std::string_view path) {
  const auto folder = [&](std::size_t start) {
    return std::string(path.substr(start, path.find('/', start) - start));
  };
  if (path.starts_with("core/")) return folder(5);
  if (path.starts_with("ui/scene/")) return "scene";
  if (path.starts_with("ui/surface_view/")) return "surface_view";
  if (path.starts_with("ui/")) return "ui";
  return path.starts_with("app/") ? "app" : "";
}

Offenders wrongFolderIncludes(const SourceFile& file) {
  const bool isOurs = file.path.starts_with("core/") || file.path.starts_with("ui/");
  if (!isOurs || !isCpp(file.path)) return {};
  const std::string from = folderOf(file.path.substr(file.path.find('/') + 1));
  if (from.empty()) return {file.path + ": its folder has no place in the order of folders"};
  Offenders offenders;
  for (const Include& include : includesOf(file)) {
    const std::string to = folderOf(include.name);
    if (!to.empty() && !mayInclude(from, to))
      offenders.push_back(at(file, include.line) + from + " must not include " + include.name);
  }
  return offenders;
}

Offenders wrongPrivateIncludes(const std::vector<SourceFile>& files) {
  static const std::regex mark(R"(^//.*\bPrivate to ([a-z_/]+)[.:])");
  std::map<std::string, std::string> owners;
  std::smatch match;
  for (const SourceFile& file : files)
    for (const Line& line : isHeader(file.path) ? linesOf(file.text) : std::vector<Line>())
      if (std::regex_search(line.text, match, mark))
        owners[file.path.substr(file.path.find('/') + 1)] = match[1];
  Offenders offenders;
  for (const SourceFile& file : files) {
    if (moduleOf(file.path).empty() || !isCpp(file.path)) continue;
    const std::string place = file.path.substr(file.path.find('/') + 1);
    for (const Include& include : includesOf(file)) {
      const auto owner = owners.find(include.name);
      if (owner != owners.end() && !place.starts_with(owner->second + "/"))
        offenders.push_back(at(file, include.line) + include.name + " is private to " + owner->second);
    }
  }
  return offenders;
}

Offenders wrongLibraryIncludes(const std::vector<SourceFile>& files) {
  Offenders offenders;
  const auto hidden = privateHeaders(files);
  for (const SourceFile& file : files) {
    const std::string room = moduleOf(file.path);
    if (room.empty() || !isCpp(file.path)) continue;
    for (const Include& include : includesOf(file)) {
      const auto owner = hidden.find(include.name);
      if (!mayUse(room, libraryOf(include.name)))
        offenders.push_back(at(file, include.line) + include.name + " does not belong into " + room);
      if (owner != hidden.end() && owner->second != room)
        offenders.push_back(at(file, include.line) + include.name + " is private to " + owner->second);
    }
  }
  return offenders;
}

Offenders tooLong(const SourceFile& file) {
  Offenders offenders;
  if (!isCpp(file.path)) return offenders;
  const int lines = static_cast<int>(linesOf(file.text).size());
  const bool mainWindow = file.path == "ui/window/main_window.cpp";
  const bool isTest = file.path.starts_with("tests/");
  const int limit = mainWindow || isTest  ? kMaxMainWindowLines
                    : isHeader(file.path) ? kMaxHeaderLines
                                          : kMaxSourceLines;
  if (lines > limit)
    offenders.push_back(file.path + ": " + std::to_string(lines) + " lines; the limit is " +
                        std::to_string(limit));
  for (const FunctionLength& function : functionLengths(file.text))
    if (function.lineCount > (isTest ? kMaxTestFunctionLines : kMaxFunctionLines) &&
        !function.name.ends_with("_data"))
      offenders.push_back(at(file, function.firstLine) + function.name + " has " +
                          std::to_string(function.lineCount) + " lines; the limit is " +
                          std::to_string(kMaxFunctionLines));
  return offenders;
}

Offenders wrongNames(const SourceFile& file) {
  static const std::regex snakeCase(R"(^([a-z0-9_]+/)*[a-z0-9_]+\.(h|cpp)$)");
  if (!isCpp(file.path) || std::regex_match(file.path, snakeCase)) return {};
  return {file.path + ": the name is not snake_case"};
}

Offenders unknownRootEntries(const std::vector<std::string>& entries) {
  static const std::set<std::string> known = {"CMakeLists.txt", "CMakePresets.json",
                                              "README.md",      "LICENSE",
                                              ".clang-format",  ".clang-tidy",
                                              ".gitignore",     ".ci",
                                              ".git",           "app",
                                              "core",           "ui",
                                              "resources",      "packaging",
                                              "tests"};
  Offenders offenders;
  for (const std::string& entry : entries)
    if (!known.contains(entry)) offenders.push_back(entry + ": not an entry of the project's root");
  return offenders;
}

}  // namespace cortexscope::test
