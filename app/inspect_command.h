// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace cortexscope {

/// Adds `inspect FILE... [--json]`, which says what files are. Every file is looked at, also after a bad one;
/// warnings and errors go to standard error, one sentence each, and the status is `badInput` if there was any
/// error.
void addInspect(CLI::App& app, int badInput);

}  // namespace cortexscope
