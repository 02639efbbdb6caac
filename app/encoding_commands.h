// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace cortexscope {

/// Adds the commands that fit encoders to plain arrays: fit, banded.
void addEncodingCommands(CLI::App& app);
/// And those that use what was fitted: predict, score, components.
void addScoreCommands(CLI::App& app);

}  // namespace cortexscope
