// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "control/study_actions.h"

namespace cortexscope {

/// What the command line asks of the window.
struct WindowRequest {
  std::filesystem::path study;       ///< empty = start with the welcome page
  std::filesystem::path screenshot;  ///< empty = show the window; else draw it to this PNG file and end
  double timeSec = 0;                ///< study time to show
  int width = 1280, height = 800;    ///< of the screenshot, logical pixels
  std::string label;                 ///< name or title; empty = the first
  std::string layer;                 ///< key of a layer; empty = predicted
};

/// Runs the window program.
/// Returns  the exit status: 0, or 3 with one sentence on stderr (no display, a study or a file that cannot
///          be used).
int runWindow(int& argc, char** argv, const WindowRequest& request, const ProgramFolders& folders);

/// "Qt 6.4.2\nVTK 9.1.0": the libraries that show the window.
std::string windowLibraryVersions();

}  // namespace cortexscope
