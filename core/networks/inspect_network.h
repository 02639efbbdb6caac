// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to networks.

#include <filesystem>

#include "io/inspect/file_facts.h"

namespace cortexscope {

/// Says what a network in ONNX form is: its inputs, and as layers the outputs of its nodes in their order,
/// with sizes where this program can run the network. What keeps it from being run is a warning, not an
/// error.
/// Errors   as readOnnx: weights in other files are refused, nothing but this file is read
FileFacts inspectNetwork(const std::filesystem::path& file);

}  // namespace cortexscope
