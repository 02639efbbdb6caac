// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace cortexscope {

/// The other side of network_trial.h, for the program cortexscope-network-trial alone: loads the network, runs
/// it once on zeros and writes a sign after each step and at last the network's digest to its standard output.
/// Errors   as Network
void tryNetworkHere(const std::filesystem::path& onnxFile);

}  // namespace cortexscope
