// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to networks/tfjs.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cortexscope {

/// One operator of a TensorFlow.js graph model.
struct GraphNode {
  std::string name, op;
  std::vector<std::string> inputs;  ///< names of nodes
  nlohmann::json attributes = nlohmann::json::object();

  /// Attributes by name.
  /// Errors   BadFile or a JSON error if the attribute is of another kind
  std::string text(const char* key, const std::string& fallback) const;
  std::vector<std::int64_t> integers(const char* key, std::vector<std::int64_t> fallback) const;
  std::vector<std::string> texts(const char* key) const;
};

/// A whole number, which this format also writes as a text.
std::int64_t graphInteger(const nlohmann::json& value);

/// The graph's nodes, each after its inputs.
/// Errors   BadFile (missing inputs, names used twice, circles); Unsupported (second outputs of an operator)
/// Limits   100,000 nodes
std::vector<GraphNode> sortedGraphNodes(const nlohmann::json& topology);

}  // namespace cortexscope
