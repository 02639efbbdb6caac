// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to networks.

#include <map>
#include <string>

#include "networks/network_info.h"
#include "networks/onnx/file.h"

namespace cortexscope {

/// Key of the metadata entry that holds NetworkInfo.
inline constexpr const char* kNetworkInfoKey = "cortexscope";

/// NetworkInfo as JSON, for the metadata entry.
std::string networkInfoToJson(const NetworkInfo& info);

/// Reads the metadata entry and checks it against the graph: the input's shape, each layer's existence and
/// shape, as many class names as the last layer has values, means and scales finite.
/// Errors   BadFile; Unsupported for an entry of a newer version
NetworkInfo networkInfoOf(const OnnxModel& model, const std::map<std::string, OnnxShape>& shapes);

/// A value's shape as NetworkLayer has it: no batch, and 256x1x1 written as 256.
std::vector<int> layerShape(const OnnxShape& shape);

}  // namespace cortexscope
