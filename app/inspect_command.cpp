// SPDX-License-Identifier: GPL-3.0-or-later
#include "inspect_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <new>

#include "base/error.h"
#include "networks/inspect_file.h"

namespace cortexscope {
namespace {

bool inspectOne(const std::string& file, bool asJson) {
  std::string reason;
  try {
    const FileFacts facts = inspectFile(file);
    for (const std::string& warning : facts.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
    std::printf("%s\n", (asJson ? factsJson(facts) : factsText(facts)).c_str());
    return true;
  } catch (const Error& error) {
    reason = error.what();
  } catch (const std::bad_alloc&) {
    reason = file + ": needs more memory than there is";
  } catch (const std::exception&
               error) {  // what the standard library throws, such as a path that cannot be looked at
    reason = file + ": " + error.what();
  }
  std::fprintf(stderr, "cortexscope-cli: %s\n", reason.c_str());
  return false;
}

}  // namespace

void addInspect(CLI::App& app, int badInput) {
  struct Choice {
    std::vector<std::string> files;
    bool asJson = false;
  };
  auto* command =
      app.add_subcommand("inspect", "Say what files are: format, sizes, range of values, places, names");
  const auto choice = std::make_shared<Choice>();
  command->add_option("FILE", choice->files, "Volumes, surfaces, series, arrays, tables, films, networks")
      ->required();
  command->add_flag("--json", choice->asJson, "One JSON object per file and line");
  command->callback([choice, badInput] {
    bool good = true;
    for (const std::string& file : choice->files) good = inspectOne(file, choice->asJson) && good;
    if (!good) throw CLI::RuntimeError(badInput);
  });
}

}  // namespace cortexscope
