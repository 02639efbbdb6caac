#pragma once

namespace CLI {
class App;
}

namespace cortexscope {

/// Adds the commands that fit encoders to plain arrays: fit, banded, predict, score.
void addEncodingCommands(CLI::App& app);

}  // namespace cortexscope
