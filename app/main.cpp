// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <cmath>
#include <string>

#include "base/abandon.h"
#include "library_versions.h"
#include "program_paths.h"
#include "program_version.h"
#include "window/window_program.h"

namespace {

using namespace cortexscope;

constexpr int kWrongUsage = 2;

/// "1280x800"; throws a usage error for anything else.
void parseSize(const std::string& text, WindowRequest& request) {
  int used = 0;
  const bool read = std::sscanf(text.c_str(), "%dx%d%n", &request.width, &request.height, &used) == 2;
  const bool whole = static_cast<std::size_t>(used) == text.size();
  if (!read || !whole || request.width < 640 || request.height < 480 || request.width > 8192 ||
      request.height > 8192)
    throw CLI::ValidationError("--size", "wants WIDTHxHEIGHT from 640x480 to 8192x8192, got " + text);
}

void addOptions(CLI::App& app, WindowRequest& request) {
  app.add_option("STUDY", request.study, "Study folder to open");
  auto* screenshot =
      app.add_option("--screenshot", request.screenshot, "Draw the window to this PNG file and end");
  app.add_option("--time", request.timeSec, "Study time to show, seconds")
      ->check(CLI::NonNegativeNumber)
      ->needs(screenshot);
  app.add_option_function<std::string>(
         "--size", [&request](const std::string& text) { parseSize(text, request); },
         "WIDTHxHEIGHT of the picture")
      ->needs(screenshot);
  app.add_option("--label", request.label, "Label to show, by name or title")->needs(screenshot);
  app.add_option("--layer", request.layer, "What colours the brains")
      ->check(CLI::IsMember({"predicted", "measured", "difference", "heldout-r"}))
      ->needs(screenshot);
  app.callback([&request] {
    if (!request.screenshot.empty() && request.study.empty())
      throw CLI::ValidationError("--screenshot", "needs a STUDY");
    if (!std::isfinite(request.timeSec)) throw CLI::ValidationError("--time", "must be a finite number");
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("CortexScope: films, brains and labels of several people on one clock");
  WindowRequest request;
  addOptions(app, request);
  app.set_version_flag("--version", [] {
    return versionLine("cortexscope") + '\n' + windowLibraryVersions() + '\n' + coreLibraryVersions();
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  const int status = runWindow(argc, argv, request, {defaultMaterials(), resourceFolder()});
  endPastAbandonedWork(status);
  return status;
}
